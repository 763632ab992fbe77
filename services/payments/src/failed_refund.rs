//! Money of a payment's own that could not be given back: the provider refused it, or its bank did, at
//! once, days later, or after it was done.

use jiff::Timestamp;
use serde_json::json;
use store::Tx;

use crate::{
    db,
    db::operation::Operation,
    pace,
    payment::{Kind, Payment},
};

/// What people of the house ask for begins so; they learn what came of it, and ask again themselves.
const OPERATOR: &str = "operator:";

/// A refund has failed. People are told, and what the house owes is asked for again, later and later;
/// but at once where it was only more than is left, for somebody had given money back at the provider.
pub async fn failed(
    tx: &mut Tx<'_>,
    payment: &Payment,
    refund: &Operation,
    now: Timestamp,
) -> anyhow::Result<()> {
    let promised = db::outcome::promised(tx, payment.id).await?;
    let amount = refund.amount.min(payment.left(promised));
    let is_owed = !refund.source.starts_with(OPERATOR);
    if is_owed && amount <= 0 {
        return Ok(());
    }
    if is_owed && amount < refund.amount {
        db::outcome::insert_again(tx, refund.id, amount, (now, now)).await?;
        return Ok(());
    }
    alert(tx, payment, refund, now).await?;
    if is_owed {
        let asked = (Kind::Refund, refund.source.as_str());
        let (failed, _) = db::outcome::asked(tx, payment.id, asked).await?;
        let due = now + pace::after(failed);
        db::outcome::insert_again(tx, refund.id, amount, (now, due)).await?;
    }
    Ok(())
}

/// Once for each that was asked for, however often it fails.
async fn alert(
    tx: &mut Tx<'_>,
    payment: &Payment,
    refund: &Operation,
    now: Timestamp,
) -> anyhow::Result<()> {
    let Operation { id, source, amount, .. } = refund;
    let what = format!("refund-failed {source}");
    let facts = json!({"operation": id, "amount": amount});
    if db::payment::insert_mismatch(tx, payment.id, &what, &facts, now).await? {
        tracing::error!(
            payment = %payment.id, order = %payment.order, operation = %id, source, amount,
            "money could not be given back: a person must look"
        );
    }
    Ok(())
}
