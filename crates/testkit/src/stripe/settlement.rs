//! The itemised payout reconciliation report: a line per change of the balance, amounts in whole
//! units of the currency with its decimals, times in UTC.

use jiff::Timestamp;
use kernel::{Currency, Money};

use super::state::{State, Transaction, unit};

const COLUMNS: [&str; 19] = [
    "automatic_payout_id",
    "automatic_payout_effective_at",
    "balance_transaction_id",
    "created_utc",
    "created",
    "available_on_utc",
    "available_on",
    "currency",
    "gross",
    "fee",
    "net",
    "reporting_category",
    "source_id",
    "description",
    "customer_facing_amount",
    "customer_facing_currency",
    "charge_id",
    "payment_intent_id",
    "payment_metadata[order]",
];

pub fn csv(state: &State, from: i64, to: i64) -> String {
    let mut file = csv::Writer::from_writer(Vec::new());
    file.write_record(COLUMNS).unwrap();
    let of_time = state.transactions.values().filter(|one| (from..to).contains(&one.created));
    for one in of_time {
        file.write_record(line(state, one)).unwrap();
    }
    String::from_utf8(file.into_inner().unwrap()).unwrap()
}

fn line(state: &State, one: &Transaction) -> [String; 19] {
    let intent = &state.intents[&one.intent];
    let amount = |amount: i64| decimal(amount, &one.currency);
    let (created, available) = (utc(one.created), utc(one.created + 2 * 86_400));
    let day = one.created / 86_400 + 2;
    [
        format!("po_{day:08}"),
        utc(day * 86_400),
        one.id.clone(),
        created.clone(),
        created,
        available.clone(),
        available,
        one.currency.clone(),
        amount(one.amount),
        amount(one.fee),
        amount(one.amount - one.fee),
        one.category.into(),
        one.source.clone(),
        intent.description.clone().unwrap_or_default(),
        amount(one.amount),
        one.currency.clone(),
        one.charge.clone(),
        one.intent.clone(),
        intent.metadata.get("order").cloned().unwrap_or_default(),
    ]
}

fn utc(seconds: i64) -> String {
    Timestamp::from_second(seconds).unwrap().strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn decimal(amount: i64, currency: &str) -> String {
    let code = Currency::from_code(&currency.to_ascii_uppercase()).unwrap_or(Currency::USD);
    let text = Money::new(amount / unit(currency), code).to_string();
    text.split_once(' ').map_or(text.clone(), |(number, _)| number.to_owned())
}
