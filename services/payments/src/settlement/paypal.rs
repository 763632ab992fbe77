//! PayPal's Settlement Report (the files `STL-…`).
//!
//! Every row begins with its type: `CH` names the columns of the rows `SB` below it, once in each
//! section; headings and sums of the report (`RH`, `FH`, `SH`, `SF`, `SC`, `RF`, `RC`, `FF`) are not
//! needed. Read are `Transaction ID`, `PayPal Reference ID`, `Transaction Event Code`, `Transaction
//! Completion Date`, `Transaction Debit or Credit`, `Gross Transaction Amount`, `Gross Transaction
//! Currency`, `Fee Debit or Credit`, `Fee Amount`, `Fee Currency`. Amounts have no sign and no
//! decimal point: they count the smallest unit that PayPal knows of the currency. Source:
//! developer.paypal.com/docs/reports/sftp-reports/settlement-report and …/reference/tcodes.

use jiff::{Timestamp, fmt::strtime};
use kernel::{Currency, Money};

use super::{
    Kind, Line, Refused, sheet,
    sheet::{Heading, Row},
};

const NEEDED: &[&str] = &[
    "Transaction ID",
    "Transaction Event Code",
    "Transaction Completion Date",
    "Transaction Debit or Credit",
    "Gross Transaction Amount",
    "Gross Transaction Currency",
    "Fee Debit or Credit",
    "Fee Amount",
    "Fee Currency",
];

pub fn read(file: &[u8]) -> Result<Vec<Line>, Refused> {
    let mut heading = None;
    let mut lines = Vec::new();
    sheet::rows(file, |number, record| {
        match (record.get(0).map(str::trim), &heading) {
            (Some("CH"), _) => heading = Some(Heading::of(record, number, NEEDED)?),
            (Some("SB"), Some(heading)) => lines.push(line(&Row { number, heading, record })?),
            (Some("SB"), None) => {
                let why = "no row CH has named the columns".into();
                return Err(Refused { row: number, column: "CH".into(), why });
            }
            _ => {}
        }
        Ok(())
    })?;
    if heading.is_none() {
        let why = "there is no row CH: this is not a settlement report".into();
        return Err(Refused { row: 1, column: "CH".into(), why });
    }
    Ok(lines)
}

fn line(row: &Row<'_>) -> Result<Line, Refused> {
    let (id, code) = (row.needed("Transaction ID")?, row.needed("Transaction Event Code")?);
    let currency = row.currency("Gross Transaction Currency")?;
    let sign = sign(row, "Transaction Debit or Credit")?;
    let gross = sign * minor(row, "Gross Transaction Amount", currency)?;
    let fee = fee(row, currency)?;
    let names = [row.text("PayPal Reference ID"), id];
    Ok(Line {
        row: row.number,
        // One transaction may be held and let go under one id.
        external_id: format!("{id} {code}"),
        kind: kind(code),
        word: code.into(),
        object: id.into(),
        names: names.into_iter().filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        gross,
        fee,
        net: gross - fee,
        currency,
        paid: None,
        payout: None,
        at: row.instant("Transaction Completion Date", instant)?,
    })
}

/// By PayPal's event codes and, where each of a family means the same for us, by families: T1106
/// payment reversal by PayPal, T1107 refund by the merchant, T1108 and T1109 fee reversal and refund,
/// T1110 and T1111 hold for a dispute and its end, T1201 chargeback, T1202 its reversal, T1205 its
/// reimbursement, T1207 and T1208 re-presentment rejected and cancelled, T1105 the end of a general
/// hold (T15).
fn kind(code: &str) -> Kind {
    match code {
        "T1106" | "T1110" | "T1111" | "T1201" | "T1202" | "T1205" | "T1207" | "T1208" => {
            Kind::Dispute
        }
        "T1107" => Kind::Refund,
        "T1108" | "T1109" => Kind::Fee,
        "T1105" => Kind::Adjustment,
        _ => match code.get(..3) {
            Some("T00") => Kind::Payment,
            Some("T01") => Kind::Fee,
            Some("T03" | "T04") => Kind::Payout,
            Some("T02" | "T12" | "T15" | "T21") => Kind::Adjustment,
            _ => Kind::Unknown,
        },
    }
}

fn sign(row: &Row<'_>, column: &str) -> Result<i64, Refused> {
    match row.text(column) {
        "CR" => Ok(1),
        "DR" => Ok(-1),
        other => Err(row.refused(column, format!("“{other}” is neither CR nor DR"))),
    }
}

/// What PayPal keeps: a debit; a credit where it gives a fee back. Empty where there is none.
fn fee(row: &Row<'_>, currency: Currency) -> Result<i64, Refused> {
    if matches!(row.text("Fee Amount"), "" | "0") {
        return Ok(0);
    }
    if row.currency("Fee Currency")? != currency {
        return Err(row.refused("Fee Currency", "is not the currency of the transaction"));
    }
    Ok(-sign(row, "Fee Debit or Credit")? * minor(row, "Fee Amount", currency)?)
}

/// PayPal knows no parts of a forint or a new Taiwan dollar, ISO 4217 does.
fn minor(row: &Row<'_>, column: &str, currency: Currency) -> Result<i64, Refused> {
    let amount = row.whole(column)?;
    let places = match currency.code() {
        "HUF" | "TWD" | "JPY" => Money::zero(currency).decimals(),
        _ => 0,
    };
    amount
        .checked_mul(10_i64.pow(places))
        .filter(|amount| *amount >= 0)
        .ok_or_else(|| row.refused(column, "has a sign, or is too large"))
}

/// `2026/06/15 17:00:00 -0700`.
fn instant(text: &str) -> Option<Timestamp> {
    strtime::parse("%Y/%m/%d %H:%M:%S %z", text).ok()?.to_timestamp().ok()
}
