//! Documents are issued in the transaction that books what they are of: there is none without money
//! that moved, and no money of a sale without its document.

use anyhow::Context;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use kernel::PaymentId;
use store::Tx;

use crate::{
    App,
    books::{Account, Noted},
    db::{
        self,
        document::{DocumentRow, NewDocument, SoldRow},
    },
    document::{self, Amounts, DocumentContents, DocumentKind, DocumentReference, Frame},
    ledger::Movement,
    moves::Step,
    payment::{Payment, Wanted},
};

/// Issues the document of what a locked payment has just done and the books have noted.
///
/// Money that is taken only to go back, for its order has ended or is paid in another way, is no
/// sale: there is no invoice, and so no credit note.
pub async fn issue(
    tx: &mut Tx<'_>,
    payment: &Payment,
    noted: &Noted<'_>,
    now: Timestamp,
) -> anyhow::Result<()> {
    use DocumentKind::{CreditNote, Invoice};
    let source = noted.source;
    let (kind, amount, other, why) = match noted.movement {
        Movement::Captured { captured, .. } if payment.wanted != Wanted::Cancel => {
            (Invoice, captured, None, String::new())
        }
        Movement::Refunded(amount) => {
            let invoice = db::document::of_source(tx, payment.id, Invoice, "").await?;
            (CreditNote, amount, invoice, reason(tx, noted.step).await?)
        }
        Movement::RefundReturned(amount) => {
            let credit = db::document::of_source(tx, payment.id, CreditNote, source).await?;
            (Invoice, amount, credit, "The refund came back.".to_owned())
        }
        _ => return Ok(()),
    };
    let first = matches!(noted.movement, Movement::Captured { .. });
    if amount <= 0 || (!first && other.is_none()) {
        return Ok(());
    }
    let Some(sold) = db::document::sold(tx, payment.order).await? else { return Ok(()) };
    let parts = moved(tx, payment.id, noted, &sold).await?;
    let amounts = Amounts { parts: &parts, total: payment.money(amount) };
    let reference = other.as_ref().map(|other| DocumentReference {
        number: other.number.clone(),
        issued_on: other.issued_on.clone(),
        why,
    });
    // Of the capture there is one; a refund that came back has its own name.
    let source = if first { "" } else { source };
    let write = Write { payment, sold: &sold, kind, source, other: other.as_ref() };
    write.down(tx, &amounts, reference, now).await
}

struct Write<'a> {
    payment: &'a Payment,
    sold: &'a SoldRow,
    kind: DocumentKind,
    source: &'a str,
    other: Option<&'a DocumentRow>,
}

impl Write<'_> {
    async fn down(
        &self,
        tx: &mut Tx<'_>,
        amounts: &Amounts<'_>,
        refers_to: Option<DocumentReference>,
        now: Timestamp,
    ) -> anyhow::Result<()> {
        let sale = &self.sold.body;
        let (issued_on, year) = document::day(now, &sale.time_zone);
        // The buyer of the first document stays, whatever has been forgotten since.
        let known = self.other.and_then(|other| other.contents.as_ref());
        let buyer = known.map_or_else(|| self.sold.buyer(), |contents| contents.buyer.clone());
        let place = db::document::next_place(tx, sale.vendor, self.kind, year).await?;
        let frame = Frame {
            kind: self.kind,
            number: self.kind.number(year, place),
            issued_on,
            seller: self.sold.seller(),
            buyer,
            refers_to,
        };
        let contents: DocumentContents = document::contents(frame, sale, amounts);
        let new = NewDocument {
            payment: self.payment,
            sale,
            year,
            place,
            source: self.source,
            refers_to: self.other.map(|other| other.id),
            contents: &contents,
        };
        Ok(db::document::insert(tx, &new, now).await?)
    }
}

/// How much of each part of the sale the books say has just moved, whichever way.
async fn moved(
    tx: &mut Tx<'_>,
    payment: PaymentId,
    noted: &Noted<'_>,
    sold: &SoldRow,
) -> anyhow::Result<Vec<i64>> {
    let mut parts = vec![0; sold.body.parts().count()];
    let kind = noted.movement.as_str();
    for entry in db::books::made(tx, payment, kind, noted.source).await? {
        let commission = matches!(entry.account, Account::Commissions | Account::CommissionIncome);
        let part = entry.part.and_then(|part| parts.get_mut(usize::try_from(part).ok()?));
        if let Some(part) = part.filter(|_| !commission) {
            // Captures credit a part, refunds debit it.
            *part += entry.amount.abs();
        }
    }
    Ok(parts)
}

/// Why money goes back: as whoever asked for it here said.
async fn reason(tx: &mut Tx<'_>, step: &Step) -> anyhow::Result<String> {
    let Step::Refunded(refund) = step else { return Ok(String::new()) };
    let said = match refund.operation {
        Some(operation) => db::operation::reason(tx, operation).await?,
        None => None,
    };
    let said = said.filter(|said| !said.is_empty());
    Ok(said.unwrap_or_else(|| "Refunded at the payment provider.".into()))
}

/// Takes the contents out of documents that need not be kept any longer: those of years that ended
/// `documents_kept_years` ago.
pub async fn cut_old(app: App) -> anyhow::Result<()> {
    let kept = app.config.documents_kept_years;
    // A year ends last in the zones that are behind: one day more than any is.
    let day = app.clock.now().to_zoned(TimeZone::UTC).date();
    let day = day.checked_sub(1.day()).context("a day")?;
    while db::document::cut(&app.db, day.year() - kept - 1).await? > 0 {}
    Ok(())
}
