//! The Settlement Report: sections of rows that begin with their kind. Amounts are in minor units,
//! without sign or point; a column beside says whether it is a debit or a credit.
//! <https://developer.paypal.com/docs/reports/sftp-reports/settlement-report/>

use std::collections::BTreeMap;

use jiff::Timestamp;
use kernel::Money;

use super::state::State;

const COLUMNS: [&str; 22] = [
    "Transaction ID",
    "Invoice ID",
    "PayPal Reference ID",
    "PayPal Reference ID Type",
    "Transaction Event Code",
    "Transaction Initiation Date",
    "Transaction Completion Date",
    "Transaction Debit or Credit",
    "Gross Transaction Amount",
    "Gross Transaction Currency",
    "Fee Debit or Credit",
    "Fee Amount",
    "Fee Currency",
    "Custom Field",
    "Consumer ID",
    "Payment Tracking ID",
    "Store ID",
    "Bank Reference ID",
    "Credit Transactional Fee",
    "Credit Promotional Fee",
    "Credit Term",
    "Seller ID",
];

/// A change of the balance.
struct Line {
    id: String,
    /// The transaction that it goes back to.
    of: String,
    code: &'static str,
    at: Timestamp,
    /// Above zero where it is a credit.
    amount: Money,
    /// What was charged, below zero where it was given back.
    fee: i64,
    invoice: String,
    custom: String,
}

pub fn csv(state: &State, from: Timestamp, to: Timestamp) -> String {
    let mut sections: BTreeMap<&str, Vec<Line>> = BTreeMap::new();
    for line in lines(state).into_iter().filter(|line| from <= line.at && line.at < to) {
        sections.entry(line.amount.currency.code()).or_default().push(line);
    }
    let mut file = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let mut row = |cells: &[&str]| file.write_record(cells).expect("memory");
    row(&["RH", &date(to), "A", &state.merchant, "011", ""]);
    row(&["FH", "01"]);
    let mut all = 0;
    for (currency, lines) in &sections {
        row(&["SH", &date(from), &date(to), &state.merchant, ""]);
        let mut head = vec!["CH"];
        head.extend(COLUMNS);
        row(&head);
        for line in lines {
            let cells = cells(state, line);
            let mut body = vec!["SB"];
            body.extend(cells.iter().map(String::as_str));
            row(&body);
        }
        let sum = |side: i64| {
            let sided = lines.iter().map(|line| line.amount.amount);
            sided.filter(|amount| amount.signum() == side).sum::<i64>().abs().to_string()
        };
        row(&["SF", currency, &sum(1), &sum(-1)]);
        row(&["SC", &lines.len().to_string()]);
        all += lines.len();
    }
    row(&["RC", &all.to_string()]);
    row(&["FF", &all.to_string()]);
    String::from_utf8(file.into_inner().expect("memory")).expect("UTF-8")
}

fn lines(state: &State) -> Vec<Line> {
    let mut lines = Vec::new();
    for order in state.orders.values() {
        let line = |id: &str, of: &str, code, at, amount, fee| Line {
            id: id.into(),
            of: of.into(),
            code,
            at,
            amount,
            fee,
            invoice: order.invoice.clone().unwrap_or_default(),
            custom: order.custom.clone().unwrap_or_default(),
        };
        for one in order.completed() {
            let of = one.authorization.as_deref().unwrap_or_default();
            lines.push(line(&one.id, of, "T0006", one.created, one.amount, one.fee.amount));
        }
        for one in order.refunds.iter().filter(|one| one.status == "COMPLETED") {
            let back = Money::new(-one.amount.amount, one.amount.currency);
            lines.push(line(&one.id, &one.capture, "T1107", one.created, back, 0));
        }
        for one in state.disputes.values().filter(|one| one.order == order.id) {
            let taken = Money::new(-one.amount.amount, one.amount.currency);
            let id = one.id.trim_start_matches("PP-D-");
            lines.push(line(id, &one.capture, "T1201", one.created, taken, one.fee.amount));
            let Some(ended) = one.ended else { continue };
            if ended.back.amount != 0 || ended.more.amount != 0 {
                let code = if ended.back.amount > 0 { "T1202" } else { "T1207" };
                let (id, more) = (format!("{id}R"), ended.more.amount);
                lines.push(line(&id, &one.capture, code, one.updated, ended.back, more));
            }
        }
    }
    lines.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    lines
}

fn cells(state: &State, line: &Line) -> [String; 22] {
    let side = |credit: bool| if credit { "CR" } else { "DR" }.to_owned();
    let (at, currency) = (date(line.at), line.amount.currency.code().to_owned());
    let fee = line.fee != 0;
    let reference = if line.of.is_empty() { "" } else { "TXN" };
    let empty = String::new;
    [
        line.id.clone(),
        line.invoice.clone(),
        line.of.clone(),
        reference.into(),
        line.code.into(),
        at.clone(),
        at,
        side(line.amount.amount > 0),
        line.amount.amount.abs().to_string(),
        currency.clone(),
        if fee { side(line.fee < 0) } else { empty() },
        if fee { line.fee.abs().to_string() } else { empty() },
        if fee { currency } else { empty() },
        line.custom.clone(),
        empty(),
        empty(),
        empty(),
        empty(),
        empty(),
        empty(),
        empty(),
        state.merchant.clone(),
    ]
}

fn date(at: Timestamp) -> String {
    at.strftime("%Y/%m/%d %H:%M:%S +0000").to_string()
}
