//! A store's listings as a CSV file that a spreadsheet opens: reading and writing, no I/O.

use kernel::{Currency, Money, ProductId};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::import::{text::unescaped, watch::Watch};

/// The columns, in the order in which they are written; read in any order. `name` is for people.
pub const COLUMNS: [&str; 9] = [
    "product",
    "sku",
    "name",
    "price",
    "tax_class",
    "deposit",
    "active",
    "on_hand",
    "low_threshold",
];

/// The most rows of one file.
pub const MOST_ROWS: usize = 5_000;

/// The largest amounts that a listing may have, in minor units.
const MOST_PRICE: i64 = 1_000_000_000_000;
const MOST_DEPOSIT: i64 = 1_000_000_000;
/// The largest number of units.
const MOST_COUNT: i32 = 1_000_000;

/// The longest cell that any column needs.
const LONGEST_CELL: usize = 400;

/// How a row names its product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    Product(ProductId),
    /// The key of the product where it was imported from.
    Sku(String),
}

/// One row that could be read. What is not given stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub key: Key,
    pub price_minor: Option<i64>,
    pub tax_class: Option<String>,
    pub deposit: Deposit,
    pub active: Option<bool>,
    pub on_hand: Option<i32>,
    pub low_threshold: Option<i32>,
}

/// What a row says of the deposit: a file without the column says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deposit {
    Kept,
    Set(Option<i64>),
}

/// A row's place in the file, what it calls its product, and the row or why it cannot be taken.
#[derive(Debug, Clone)]
pub struct Numbered {
    pub line: u64,
    pub name: Option<String>,
    pub sku: Option<String>,
    pub row: Result<Row, RowRefusal>,
}

/// Why a row is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RowRefusal {
    /// Stable: `row-length`, `cell-too-long`, `control-characters`, `no-product`, `not-an-id`,
    /// `not-an-amount`, `above-most`, `not-a-tax-class`, `not-yes-or-no`, `not-a-count`,
    /// `named-twice`, `no-such-product`, `sku-of-several`, `price-needed` or `stock-promised`.
    pub code: &'static str,
    /// The column at fault, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub column: Option<&'static str>,
    /// What stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub cell: Option<String>,
    /// What the sentence names: `most`, `promised`, `cells`, `wanted`, `currency`.
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schema(required = false, value_type = Object)]
    pub facts: Map<String, Value>,
    /// A sentence for people.
    #[serde(skip)]
    pub message: String,
}

impl RowRefusal {
    /// Of the row as a whole.
    pub fn row(code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, column: None, cell: None, facts: Map::new(), message }
    }

    /// Of one column.
    pub fn column(code: &'static str, column: &'static str, why: &str) -> Self {
        Self { column: Some(column), ..Self::row(code, format!("{column}: {why}")) }
    }

    fn reading(mut self, cell: &str) -> Self {
        self.cell = Some(cell.into());
        self
    }

    /// `facts` is an object.
    pub fn with(mut self, facts: Value) -> Self {
        self.facts = if let Value::Object(facts) = facts { facts } else { Map::new() };
        self
    }
}

/// Reads a whole file, or says why it is no such file at all. Nothing of a file that cannot be
/// read to its end is used.
pub fn read(bytes: &[u8], currency: Currency) -> Result<Vec<Numbered>, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| "is not UTF-8 text")?;
    let delimiter = delimiter(text);
    // It notices a quote that was left open, which would hide the rows behind it.
    let watched = Watch::new(text.as_bytes(), delimiter);
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(watched);
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    let columns = columns(&header)?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let mut record = record.map_err(|error| error.to_string())?;
        if delimiter == SEMICOLON {
            record = with_points(&record, &columns);
        }
        let line = record.position().map_or(0, csv::Position::line);
        if rows.len() == MOST_ROWS {
            return Err(format!("has more than {MOST_ROWS} rows"));
        }
        if record.len() == header.len() {
            rows.push(numbered(line, &columns, &record, currency));
        } else {
            let (cells, wanted) = (record.len(), header.len());
            let why = format!("has {cells} cells where the first line has {wanted}");
            let why = RowRefusal::row("row-length", why);
            let row = Err(why.with(json!({"cells": cells, "wanted": wanted})));
            rows.push(Numbered { line, name: None, sku: None, row });
        }
    }
    Ok(rows)
}

/// What a spreadsheet writes between cells where people write a comma within amounts.
const SEMICOLON: u8 = b';';

fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    if header.contains(';') && !header.contains(',') { SEMICOLON } else { b',' }
}

/// The amounts of a row as they are written elsewhere: `19.99` for `19,99`.
fn with_points(record: &csv::StringRecord, columns: &Columns) -> csv::StringRecord {
    let is_amount = |place| {
        COLUMNS
            .iter()
            .zip(columns)
            .any(|(name, at)| matches!(*name, "price" | "deposit") && *at == Some(place))
    };
    let point = |(place, cell): (usize, &str)| {
        if is_amount(place) && !cell.contains('.') {
            cell.replacen(',', ".", 1)
        } else {
            cell.to_owned()
        }
    };
    let mut pointed: csv::StringRecord = record.iter().enumerate().map(point).collect();
    pointed.set_position(record.position().cloned());
    pointed
}

/// Where each of [`COLUMNS`] is in the file.
fn columns(header: &csv::StringRecord) -> Result<[Option<usize>; COLUMNS.len()], String> {
    let mut places = [None; COLUMNS.len()];
    for (place, name) in header.iter().enumerate() {
        let known = COLUMNS.iter().position(|column| *column == name.to_lowercase());
        let Some(column) = known else {
            let name: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
            return Err(format!("has a column \"{name}\"; known are {}", COLUMNS.join(", ")));
        };
        if places[column].replace(place).is_some() {
            return Err(format!("has the column {} twice", COLUMNS[column]));
        }
    }
    if places[0].is_none() && places[1].is_none() {
        return Err("has neither a column product nor a column sku".into());
    }
    Ok(places)
}

type Columns = [Option<usize>; COLUMNS.len()];

fn numbered(
    line: u64,
    columns: &Columns,
    record: &csv::StringRecord,
    currency: Currency,
) -> Numbered {
    // However wrong it is, people find it by what it is called.
    let label = |name: &str| {
        let text = cell(columns, record, name)?;
        Some(text.chars().filter(|c| !c.is_control()).take(LONGEST_CELL).collect())
    };
    let (name, sku) = (label("name"), label("sku"));
    Numbered { line, name, sku, row: row(columns, record, currency) }
}

fn cell<'a>(columns: &Columns, record: &'a csv::StringRecord, name: &str) -> Option<&'a str> {
    let column = COLUMNS.iter().position(|column| *column == name)?;
    let text = unescaped(record.get(columns[column]?)?);
    (!text.is_empty()).then_some(text)
}

fn row(
    columns: &Columns,
    record: &csv::StringRecord,
    currency: Currency,
) -> Result<Row, RowRefusal> {
    if record.iter().any(|cell| cell.chars().count() > LONGEST_CELL) {
        let why = format!("has a cell of more than {LONGEST_CELL} characters");
        return Err(RowRefusal::row("cell-too-long", why).with(json!({"most": LONGEST_CELL})));
    }
    if record.iter().any(|cell| cell.chars().any(char::is_control)) {
        return Err(RowRefusal::row("control-characters", "has a cell with control characters"));
    }
    let cell = |name: &str| cell(columns, record, name);
    let given =
        |name: &str| columns[COLUMNS.iter().position(|c| *c == name).unwrap_or(0)].is_some();
    let key =
        match (cell("product"), cell("sku")) {
            (Some(id), _) => Key::Product(id.parse().map_err(|_| {
                RowRefusal::column("not-an-id", "product", "is not an id").reading(id)
            })?),
            (None, Some(sku)) => Key::Sku(sku.into()),
            (None, None) => return Err(RowRefusal::row("no-product", "names no product")),
        };
    let amount = |name: &'static str, most: i64| {
        cell(name).map(|text| within(name, text, Money::new(most, currency))).transpose()
    };
    let deposit = amount("deposit", MOST_DEPOSIT)?;
    let tax_class = cell("tax_class").map(str::to_owned);
    if tax_class.as_deref().is_some_and(|name| !tax_class_is_valid(name)) {
        let why = "is not the name of a tax class";
        let why = RowRefusal::column("not-a-tax-class", "tax_class", why);
        return Err(why.reading(tax_class.as_deref().unwrap_or_default()));
    }
    Ok(Row {
        key,
        price_minor: amount("price", MOST_PRICE)?,
        tax_class,
        deposit: if given("deposit") { Deposit::Set(deposit) } else { Deposit::Kept },
        active: cell("active").map(yes_or_no).transpose()?,
        on_hand: cell("on_hand").map(|text| count("on_hand", text)).transpose()?,
        low_threshold: cell("low_threshold")
            .map(|text| count("low_threshold", text))
            .transpose()?,
    })
}

/// An amount of at most `most`.
fn within(name: &'static str, text: &str, most: Money) -> Result<i64, RowRefusal> {
    let code = most.currency.code();
    let Some(amount) = minor(text, most.currency) else {
        let why = format!("is not an amount of {code}");
        let why = RowRefusal::column("not-an-amount", name, &why).reading(text);
        return Err(why.with(json!({"currency": code})));
    };
    if amount > most.amount {
        let why = RowRefusal::column("above-most", name, &format!("is more than {most}"));
        return Err(why.reading(text).with(json!({"most": most})));
    }
    Ok(amount)
}

fn yes_or_no(text: &str) -> Result<bool, RowRefusal> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        _ => {
            let why = "is neither true nor false";
            Err(RowRefusal::column("not-yes-or-no", "active", why).reading(text))
        }
    }
}

fn count(name: &'static str, text: &str) -> Result<i32, RowRefusal> {
    let number = text.parse().ok().filter(|number| (0..=MOST_COUNT).contains(number));
    number.ok_or_else(|| {
        let why = format!("is not a whole number from 0 to {MOST_COUNT}");
        let why = RowRefusal::column("not-a-count", name, &why).reading(text);
        why.with(json!({"most": MOST_COUNT}))
    })
}

pub fn tax_class_is_valid(name: &str) -> bool {
    let mut bytes = name.bytes();
    let first = bytes.next().is_some_and(|byte| byte.is_ascii_lowercase());
    let plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
    first && name.len() <= 40 && bytes.all(plain)
}

/// `19.99` in minor units; none for what is not a positive amount with no more decimals than the
/// currency has.
fn minor(text: &str, currency: Currency) -> Option<i64> {
    let places = Money::zero(currency).decimals() as usize;
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty()
        || whole.len() > 13
        || part.len() > places
        || !digits(whole)
        || !digits(part)
    {
        return None;
    }
    let minor: i64 = format!("{whole}{part:0<places$}").parse().ok()?;
    (minor > 0).then_some(minor)
}

/// An amount without its currency: `19.99`.
pub fn amount(minor: i64, currency: Currency) -> String {
    let text = Money::new(minor, currency).to_string();
    text.split(' ').next().unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const USD: Currency = Currency::USD;

    #[test]
    fn amounts_are_exact_or_refused() {
        assert_eq!(minor("19.99", USD), Some(1999));
        assert_eq!(minor("19.9", USD), Some(1990));
        assert_eq!(minor("7", USD), Some(700));
        assert_eq!(minor("500", Currency::JPY), Some(500));
        assert_eq!(minor("1.5", Currency::KWD), Some(1500));
        for bad in
            ["", "0", "0.00", "-1", "1.999", "1,99", "$5", "1e3", "99999999999999", ".5", "٣"]
        {
            assert_eq!(minor(bad, USD), None, "{bad}");
        }
        assert_eq!(minor("5.0", Currency::JPY), None);
    }

    #[test]
    fn semicolons_come_with_commas_in_amounts() {
        let id = ProductId::new();
        let file = format!(
            "product;name;price;deposit;on_hand\r\n{id};Rye, old;19,99;0,05;3\r\n{id};;1.299,00;;\r\n"
        );
        let rows = read(file.as_bytes(), USD).unwrap();
        assert_eq!((rows[0].line, rows[0].name.as_deref()), (2, Some("Rye, old")));
        let first = rows[0].row.clone().unwrap();
        assert_eq!((first.price_minor, first.on_hand), (Some(1999), Some(3)));
        assert_eq!(first.deposit, Deposit::Set(Some(5)));
        let refused = rows[1].row.clone().unwrap_err();
        assert_eq!((rows[1].line, refused.code), (3, "not-an-amount"), "no guess at thousands");
        // A comma between cells is one, whatever else is in the line.
        let commas = read(format!("product,name,price\n{id},a;b,9.99\n").as_bytes(), USD).unwrap();
        assert_eq!(commas[0].row.clone().unwrap().price_minor, Some(999));
    }

    #[test]
    fn a_bad_row_takes_no_other_with_it() {
        let id = ProductId::new();
        let file =
            format!("product,price,on_hand\n{id},9.99,3\nnonsense,1.00,1\n{id},x,\n{id},5\n");
        let rows = read(file.as_bytes(), USD).unwrap();
        let lines: Vec<u64> = rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [2, 3, 4, 5]);
        let first = rows[0].row.clone().unwrap();
        assert_eq!((first.price_minor, first.on_hand, first.active), (Some(999), Some(3), None));
        let codes: Vec<_> = rows[1..].iter().map(|row| row.row.clone().unwrap_err().code).collect();
        assert_eq!(codes, ["not-an-id", "not-an-amount", "row-length"]);
        let price = rows[2].row.clone().unwrap_err();
        assert_eq!((price.column, price.cell.as_deref()), (Some("price"), Some("x")));
        assert_eq!(price.message, "price: is not an amount of USD");
    }

    #[test]
    fn what_is_no_such_file_is_refused_whole() {
        for (bad, why) in [
            (&b"product,price\n\xff\xfe,1\n"[..], "UTF-8"),
            (b"price,on_hand\n1,1\n", "neither"),
            (b"product,product\n", "twice"),
            (b"product,=cmd()\n", "known are"),
            (b"", "neither"),
        ] {
            assert!(read(bad, USD).unwrap_err().contains(why), "{why}");
        }
        let long = format!("sku\n{}", "a\n".repeat(MOST_ROWS + 1));
        assert!(read(long.as_bytes(), USD).unwrap_err().contains("more than"));
    }

    #[test]
    fn a_quote_left_open_swallows_no_row_unseen() {
        for open in ["\"a,1.00\nb,2.00\n", "a,\"1.00\nb,2.00\n", "a,\"1\nb,\"2\"\n"] {
            let why = read(format!("sku,price\n{open}").as_bytes(), USD).unwrap_err();
            assert!(why.starts_with("line 2"), "{why}");
        }
    }

    proptest! {
        #[test]
        fn amounts_come_back(minor_units in 1_i64..1_000_000_000_000) {
            for currency in [USD, Currency::JPY, Currency::KWD] {
                let text = amount(minor_units, currency);
                prop_assert_eq!(minor(&text, currency), Some(minor_units));
            }
        }
    }
}
