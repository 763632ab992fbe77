//! What a file says that nobody else does, written into the books.

use jiff::Timestamp;
use kernel::Id;
use store::Tx;
use uuid::Uuid;

use crate::{
    books::{Account, Entry},
    db::{
        self,
        books::NewTransaction,
        settlement::{At, Lines},
    },
    settlement::{self, Booking},
};

/// Books payouts and costs of the lines that no earlier file had, and fees of payments that the
/// provider has not told when it was asked.
pub async fn book(
    tx: &mut Tx<'_>,
    (file, at): (Uuid, At<'_>),
    now: Timestamp,
) -> anyhow::Result<()> {
    let party = format!("{}:{}", at.provider, at.account);
    let lines = db::settlement::lines(tx, Lines::NewOf(file)).await?;
    let lines: Vec<_> =
        lines.into_iter().map(|(payment, line)| (payment.is_some(), line)).collect();
    for booking in settlement::bookings(&lines, &party) {
        let Booking { source, currency, entries } = booking;
        let source = format!("{file} {source}");
        let new = NewTransaction {
            id: Id::<Booking>::new().uuid(),
            payment: None,
            kind: "settled",
            source: &source,
            at: now,
        };
        db::books::insert(tx, &new, currency, &entries).await?;
    }
    for unknown in db::settlement::take_unknown_fees(tx, file, now).await? {
        let id = Id::<Booking>::new().uuid();
        let source = id.to_string();
        let payment = Some(unknown.payment);
        let new = NewTransaction { id, payment, kind: "fee", source: &source, at: now };
        let entry = |account, amount| Entry { account, party: party.clone(), part: None, amount };
        let entries = [
            entry(Account::ProviderFees, unknown.fee),
            entry(Account::ProviderClearing, -unknown.fee),
        ];
        db::books::insert(tx, &new, unknown.currency, &entries).await?;
    }
    Ok(())
}
