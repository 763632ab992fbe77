//! What a file says that nobody else does, written into the books.

use std::collections::BTreeSet;

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
    settlement::{self, Booking, Kind, Line},
};

/// Books the payouts that a file's `lines` tell of, costs of the lines that no earlier file had, and
/// fees of payments that the provider has not told when it was asked.
pub async fn book(
    tx: &mut Tx<'_>,
    (file, at): (Uuid, At<'_>),
    lines: &[Line],
    now: Timestamp,
) -> anyhow::Result<()> {
    let party = format!("{}:{}", at.provider, at.account);
    let new = db::settlement::lines(tx, Lines::NewOf(file)).await?;
    let new: Vec<_> = new.into_iter().map(|(payment, line)| (payment.is_some(), line)).collect();
    for cost in settlement::costs(&new, &party) {
        settled(tx, file, cost, now).await?;
    }
    pay_out(tx, (file, at), (lines, &party), now).await?;
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

/// Brings what the books have of these payouts to what all files of the account say of them.
async fn pay_out(
    tx: &mut Tx<'_>,
    (file, at): (Uuid, At<'_>),
    (lines, party): (&[Line], &str),
    now: Timestamp,
) -> anyhow::Result<()> {
    let named = lines.iter().filter_map(|line| match line.kind {
        Kind::Payout => Some(&line.object),
        _ => line.payout.as_ref(),
    });
    let named: BTreeSet<&String> = named.collect();
    let named: Vec<String> = named.into_iter().cloned().collect();
    for payout in db::settlement::payouts(tx, at, &named).await? {
        let rest = payout.rest(party);
        if rest.is_empty() {
            continue;
        }
        for booking in rest {
            settled(tx, file, booking, now).await?;
        }
        db::settlement::stands(tx, at, (&payout, payout.stand()), now).await?;
    }
    Ok(())
}

/// Once per file and source.
async fn settled(
    tx: &mut Tx<'_>,
    file: Uuid,
    booking: Booking,
    now: Timestamp,
) -> anyhow::Result<()> {
    let Booking { source, currency, entries } = booking;
    let source = format!("{file} {source}");
    let id = Id::<Booking>::new().uuid();
    let new = NewTransaction { id, payment: None, kind: "settled", source: &source, at: now };
    Ok(db::books::insert(tx, &new, currency, &entries).await?)
}
