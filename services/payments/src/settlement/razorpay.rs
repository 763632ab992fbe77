//! Razorpay's settlement reconciliation, as its API names the columns.
//!
//! Read are `entity_id`, `type`, `debit`, `credit`, `amount`, `currency`, `fee`, `tax`, `settled`,
//! `created_at`; and where they are there `payment_id`, `order_id`, `dispute_id`, `settlement_id`.
//! Amounts are in the smallest unit of the currency that is settled in, whatever was paid in; `fee`
//! contains `tax`; times are seconds since 1970. Types are `payment`, `refund`, `transfer`, which is
//! of accounts that we do not use, and `adjustment`. Source: Razorpay's documentation “Fetch
//! settlement recon details”.

use jiff::Timestamp;

use super::{Kind, Line, Refused, sheet, sheet::Row};

const NEEDED: &[&str] =
    &["entity_id", "type", "debit", "credit", "amount", "currency", "fee", "settled", "created_at"];

pub fn read(file: &[u8]) -> Result<Vec<Line>, Refused> {
    let mut lines = Vec::new();
    sheet::table(file, NEEDED, |row| {
        lines.extend(line(row)?);
        Ok(())
    })?;
    Ok(lines)
}

/// None for what is held back: it comes again in the file of the day on which it is settled.
fn line(row: &Row<'_>) -> Result<Option<Line>, Refused> {
    let (id, word) = (row.needed("entity_id")?, row.needed("type")?);
    match row.text("settled").to_ascii_lowercase().as_str() {
        "true" | "1" => {}
        "false" | "0" => return Ok(None),
        _ => return Err(row.refused("settled", "is neither true nor false")),
    }
    let currency = row.currency("currency")?;
    let fee = row.whole("fee")?;
    let net = row.whole("credit")? - row.whole("debit")?;
    let amount = row.whole("amount")?;
    let gross = net + fee;
    if gross.abs() != amount.abs() {
        return Err(row.refused("amount", "is not what debit, credit and fee add up to"));
    }
    let (dispute, payout) = (row.text("dispute_id"), row.text("settlement_id"));
    let names = [row.text("payment_id"), id, row.text("order_id"), dispute];
    let kind = match word {
        "payment" => Kind::Payment,
        "refund" => Kind::Refund,
        "adjustment" if !dispute.is_empty() => Kind::Dispute,
        "adjustment" => Kind::Adjustment,
        _ => Kind::Unknown,
    };
    Ok(Some(Line {
        row: row.number,
        external_id: id.into(),
        kind,
        word: word.into(),
        object: if kind == Kind::Dispute { dispute.into() } else { id.into() },
        names: names.into_iter().filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        gross,
        fee,
        net,
        currency,
        paid: None,
        payout: (!payout.is_empty()).then(|| payout.to_owned()),
        at: row.instant("created_at", |text| Timestamp::from_second(text.parse().ok()?).ok())?,
    }))
}
