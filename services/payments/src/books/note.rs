//! What happens to payments, written into the books.

use jiff::Timestamp;
use kernel::{DriverId, Id, LineId};
use store::Tx;
use uuid::Uuid;

use super::{Account, Entry, Event, PartStanding, Scope, Standing, postings, sale};
use crate::{
    db::{self, books::NewTransaction},
    ledger::Movement,
    moves::Step,
    payment::Payment,
};

/// What a step of a payment was, and under which source; each is noted once.
pub struct Noted<'a> {
    pub movement: Movement,
    pub source: &'a str,
    pub step: &'a Step,
}

/// Notes what a locked payment has just done, in the transaction in which it did.
pub async fn note(
    tx: &mut Tx<'_>,
    payment: &Payment,
    noted: &Noted<'_>,
    now: Timestamp,
) -> anyhow::Result<()> {
    let (scope, asked) = scope(tx, noted.step).await?;
    let made = match noted.movement {
        Movement::RefundReturned(_) => {
            db::books::made(tx, payment.id, "refunded", noted.source).await?
        }
        _ => Vec::new(),
    };
    let event = event(noted.movement, scope, made);
    let id = Id::<Standing>::new().uuid();
    // What the provider keeps or holds may change to and fro.
    let own = id.to_string();
    let changes = matches!(event, Event::Fee(_) | Event::DisputeChanged { .. });
    let source = if changes { &own } else { noted.source };
    let kind = noted.movement.as_str();
    let new = NewTransaction { id, payment: Some(payment.id), kind, source, at: now };
    write(tx, payment, (&event, &asked), &new).await
}

/// A movement with what the books have to know of it: what goes back first, and the entries of the
/// refund that came back.
pub(super) fn event(movement: Movement, scope: Scope, made: Vec<Entry>) -> Event {
    match movement {
        Movement::Authorised(amount) => Event::Authorised(amount),
        Movement::Captured { authorised, captured } => Event::Captured { authorised, captured },
        Movement::Voided(amount) => Event::Voided(amount),
        Movement::Refunded(amount) => Event::Refunded { amount, scope },
        Movement::RefundReturned(_) => Event::RefundReturned(made),
        Movement::Fee(amount) | Movement::DisputeFee(amount) => Event::Fee(amount),
        Movement::Disputed { amount, fee } => Event::Disputed { amount, fee },
        Movement::DisputeWon(amount) => Event::DisputeWon(amount),
        Movement::DisputeLost(amount) => Event::DisputeLost(amount),
        Movement::DisputeChanged { amount, lost } => Event::DisputeChanged { amount, lost },
    }
}

/// The order changed hands: its driver is owed the tip, and `pay`. Once for each job.
pub async fn delivered(
    tx: &mut Tx<'_>,
    payment: &Payment,
    (job, driver, pay): (Uuid, DriverId, i64),
    now: Timestamp,
) -> anyhow::Result<()> {
    let event = Event::Delivered { driver: driver.to_string(), pay };
    let (id, source) = (Id::<Standing>::new().uuid(), job.to_string());
    let payment_id = Some(payment.id);
    let new =
        NewTransaction { id, payment: payment_id, kind: "delivered", source: &source, at: now };
    write(tx, payment, (&event, &[]), &new).await
}

async fn write(
    tx: &mut Tx<'_>,
    payment: &Payment,
    (event, asked): (&Event, &[LineId]),
    new: &NewTransaction<'_>,
) -> anyhow::Result<()> {
    let standing = standing(tx, payment, asked).await?;
    let entries = postings(event, &standing);
    if !entries.is_empty() {
        db::books::insert(tx, new, payment.currency, &entries).await?;
    }
    Ok(())
}

/// What came back from the door, was lost, or was not packed is goods; what a customer asked back for
/// some lines is of those; whoever else refunds means all of it.
async fn scope(tx: &mut Tx<'_>, step: &Step) -> anyhow::Result<(Scope, Vec<LineId>)> {
    let none = (Scope::All, Vec::new());
    let Step::Refunded(refund) = step else { return Ok(none) };
    let Some(operation) = refund.operation else { return Ok(none) };
    let source = db::books::source_of(tx, operation).await?.unwrap_or_default();
    if source == "rest" || source.starts_with("event:") {
        return Ok((Scope::Lines, Vec::new()));
    }
    let request = source.strip_prefix("operator:").and_then(|id| id.parse().ok());
    let Some(request) = request else { return Ok(none) };
    let asked = db::complaint::lines_of_request(tx, request).await?;
    Ok(if asked.is_empty() { none } else { (Scope::Asked, asked) })
}

/// How the books stand with a payment.
async fn standing(
    tx: &mut Tx<'_>,
    payment: &Payment,
    asked: &[LineId],
) -> anyhow::Result<Standing> {
    let sale = db::sale::of(tx, payment).await?;
    let left = db::books::left(tx, payment.id, sale.is_none()).await?;
    let vendor = payment.vendor.map(|vendor| vendor.to_string()).unwrap_or_default();
    let mut parts = match &sale {
        Some(sale) => sale::parts(&sale.body, asked),
        None => vec![PartStanding {
            kind: payments_api::PartKind::Goods,
            party: vendor.clone(),
            of_line: true,
            asked: false,
            agreed: payment.amount,
            left: 0,
        }],
    };
    let (mut commission, mut beyond) = (0, 0);
    for (account, part, amount) in left {
        if account == Account::Commissions.as_str() {
            commission -= amount;
        } else if account == db::books::BEYOND {
            beyond += amount;
        } else if let Some(part) = parts.get_mut(part as usize) {
            part.left += amount;
        }
    }
    Ok(Standing {
        customer: payment.customer.to_string(),
        clearing: format!("{}:{}", payment.provider, payment.account),
        commission_bp: sale.as_ref().map_or(0, |sale| sale.commission_bp),
        vendor: sale.map_or(vendor, |sale| sale.body.vendor.to_string()),
        commission,
        beyond,
        parts,
    })
}
