//! Stripe's itemised payout reconciliation report, and its itemised balance report, which has the
//! same columns but those of payouts.
//!
//! Read are `balance_transaction_id`, `reporting_category`, `currency`, `gross`, `fee`, `net`,
//! `created_utc`; and where they are there `source_id`, `charge_id`, `payment_intent_id`,
//! `customer_facing_amount`, `customer_facing_currency`, `automatic_payout_id`. Amounts are in whole
//! units of the currency, times in UTC. Source: docs.stripe.com/reports/report-types (columns) and
//! docs.stripe.com/reports/reporting-categories (words).

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use kernel::Money;

use super::{Kind, Line, Refused, sheet, sheet::Row};

const NEEDED: &[&str] = &[
    "balance_transaction_id",
    "created_utc",
    "currency",
    "gross",
    "fee",
    "net",
    "reporting_category",
];

pub fn read(file: &[u8]) -> Result<Vec<Line>, Refused> {
    let mut lines = Vec::new();
    sheet::table(file, NEEDED, |row| {
        lines.push(line(row)?);
        Ok(())
    })?;
    Ok(lines)
}

fn line(row: &Row<'_>) -> Result<Line, Refused> {
    let id = row.needed("balance_transaction_id")?;
    let word = row.needed("reporting_category")?;
    let currency = row.currency("currency")?;
    let (gross, fee) = (row.decimal("gross", currency)?, row.decimal("fee", currency)?);
    let net = row.decimal("net", currency)?;
    if gross - fee != net {
        return Err(row.refused("net", "is not gross less fee"));
    }
    let names = ["payment_intent_id", "charge_id", "source_id"].map(|column| row.text(column));
    let payout = row.text("automatic_payout_id");
    let (kind, source) = (kind(word), row.text("source_id"));
    Ok(Line {
        row: row.number,
        external_id: id.into(),
        kind,
        word: word.into(),
        // By that a payout is known.
        object: if kind == Kind::Payout && source.is_empty() { id } else { source }.into(),
        names: names.into_iter().filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        gross,
        fee,
        net,
        currency,
        paid: paid(row, currency)?,
        payout: (!payout.is_empty()).then(|| payout.to_owned()),
        at: row.instant("created_utc", utc)?,
    })
}

fn kind(word: &str) -> Kind {
    match word {
        "charge" | "charge_failure" | "partial_capture_reversal" => Kind::Payment,
        "refund" | "refund_failure" => Kind::Refund,
        "dispute" | "dispute_reversal" => Kind::Dispute,
        "fee" | "network_cost" => Kind::Fee,
        "payout" | "payout_reversal" => Kind::Payout,
        "other_adjustment"
        | "connect_reserved_funds"
        | "payment_network_reserved_funds"
        | "risk_reserved_funds" => Kind::Adjustment,
        _ => Kind::Unknown,
    }
}

/// What the customer saw, where that is another currency than ours. It has no sign of its own.
fn paid(row: &Row<'_>, ours: kernel::Currency) -> Result<Option<Money>, Refused> {
    if row.text("customer_facing_currency").is_empty() {
        return Ok(None);
    }
    let currency = row.currency("customer_facing_currency")?;
    if currency == ours || row.text("customer_facing_amount").is_empty() {
        return Ok(None);
    }
    let amount = row.decimal("customer_facing_amount", currency)?;
    Ok(Some(Money::new(amount, currency)))
}

/// `2026-06-15 17:00:00`, in UTC.
fn utc(text: &str) -> Option<Timestamp> {
    let civil = DateTime::strptime("%Y-%m-%d %H:%M:%S", text).ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
}
