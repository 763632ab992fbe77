//! What stands where on an invoice or a credit note.

use kernel::Money;

use super::{
    font,
    sheet::{FAINT, LEFT, Look, PLAIN, RIGHT, STRONG, Sheet},
    table::Table,
};
use crate::document::{DocumentContents, DocumentKind, DocumentLine, DocumentTax};

const LEADING: f32 = 13.0;
/// How wide a block of text may be beside another.
const HALF: f32 = (RIGHT - LEFT) / 2.0 - 15.0;

pub fn document(sheet: &mut Sheet, contents: &DocumentContents) {
    letterhead(sheet, contents);
    buyer(sheet, contents);
    lines(sheet, contents);
    totals(sheet, contents);
    taxes(sheet, contents);
}

/// Who sells, and what paper this is.
fn letterhead(sheet: &mut Sheet, contents: &DocumentContents) {
    let top = sheet.y;
    let title = match contents.kind {
        DocumentKind::Invoice => "Invoice",
        DocumentKind::CreditNote => "Credit note",
    };
    sheet.text_to(RIGHT, top + 18.0, Look { size: 20.0, bold: true, grey: false }, title);
    let mut facts = vec![
        ("Number", contents.number.clone()),
        ("Date", contents.issued_on.clone()),
        ("Order", contents.order.clone()),
    ];
    if let Some(other) = &contents.refers_to {
        facts.push(("Refers to", format!("{} · {}", other.number, other.issued_on)));
    }
    let mut y = top + 40.0;
    let widest = facts.iter().map(|(_, fact)| font::width(fact, 9.0, false)).fold(0.0, f32::max);
    for (name, fact) in &facts {
        sheet.text_to(RIGHT - widest - 12.0, y, FAINT, name);
        sheet.text(RIGHT - widest, y, PLAIN, fact.as_str());
        y += LEADING;
    }
    let seller = &contents.seller;
    let name = Look { size: 14.0, bold: true, grey: false };
    let mut left = block(sheet, (LEFT, top + 14.0), name, (&seller.name, 18.0));
    left = block(sheet, (LEFT, left), PLAIN, (&seller.address, LEADING));
    if let Some(number) = seller.tax_number.as_deref().filter(|number| !number.is_empty()) {
        let text = format!("Tax number {number}");
        left = block(sheet, (LEFT, left), FAINT, (&text, LEADING));
    }
    sheet.y = y.max(left) + 6.0;
    sheet.rule(sheet.y, LEFT, true);
    sheet.y += 10.0;
}

/// Rows of text below each other on the left half; where the next one goes.
fn block(
    sheet: &mut Sheet,
    (x, mut y): (f32, f32),
    look: Look,
    (text, leading): (&str, f32),
) -> f32 {
    for row in font::wrapped(text, look.size, look.bold, HALF) {
        sheet.text(x, y, look, row);
        y += leading;
    }
    y
}

/// Who buys; on a credit note also why.
fn buyer(sheet: &mut Sheet, contents: &DocumentContents) {
    let top = sheet.y + LEADING;
    sheet.text(LEFT, top, FAINT, "Customer");
    let mut left =
        block(sheet, (LEFT, top + LEADING + 1.0), STRONG, (&contents.buyer.name, LEADING));
    left = block(sheet, (LEFT, left), PLAIN, (&contents.buyer.address, LEADING));
    let mut right = top;
    if let Some(other) = &contents.refers_to {
        let x = LEFT + HALF + 30.0;
        sheet.text(x, top, FAINT, "Reason");
        right = block(sheet, (x, top + LEADING + 1.0), PLAIN, (&other.why, LEADING));
    }
    sheet.y = left.max(right) + 10.0;
}

fn lines(sheet: &mut Sheet, contents: &DocumentContents) {
    let any = |of: fn(&DocumentLine) -> bool| contents.lines.iter().any(of);
    let shown = [
        any(|line| line.quantity.is_some()),
        any(|line| line.quantity.is_some()),
        true,
        any(|line| line.tax.amount != 0),
        any(|line| line.deposit.amount != 0),
        true,
    ];
    let keep = |cells: Vec<String>| {
        let (first, rest) = cells.split_first().expect("a first cell");
        let rest = rest.iter().zip(shown).filter_map(|(cell, shown)| shown.then_some(cell));
        std::iter::once(first).chain(rest).cloned().collect::<Vec<String>>()
    };
    let names = ["Description", "Quantity", "Unit price", "Net", "Tax", "Deposit", "Amount"];
    let heading = keep(names.map(str::to_owned).to_vec());
    let mut rows: Vec<Vec<String>> = contents.lines.iter().map(|line| keep(cells(line))).collect();
    for charge in &contents.charges {
        let mut row = vec![String::new(); heading.len()];
        row[0].clone_from(&charge.label);
        row[heading.len() - 1] = number(charge.amount);
        rows.push(row);
    }
    let heading: Vec<&str> = heading.iter().map(String::as_str).collect();
    Table { heading: &heading, rows }.write(sheet);
}

fn cells(line: &DocumentLine) -> Vec<String> {
    let some = |amount: Money| if amount.amount == 0 { String::new() } else { number(amount) };
    vec![
        line.name.clone(),
        line.quantity.map(|quantity| quantity.to_string()).unwrap_or_default(),
        line.unit_price.map(number).unwrap_or_default(),
        number(line.goods),
        some(line.tax),
        some(line.deposit),
        number(line.total),
    ]
}

/// What it all comes to, kept together.
fn totals(sheet: &mut Sheet, contents: &DocumentContents) {
    let mut rows = vec![("Net", contents.goods)];
    rows.extend([
        ("Fees", contents.fees),
        ("Tax", contents.tax),
        ("Deposits", contents.deposits),
        ("Tip", contents.tip),
    ]);
    rows.retain(|(name, amount)| *name == "Net" || amount.amount != 0);
    if !sheet.has_room(LEADING.mul_add(rows.len() as f32 + 2.0, 14.0)) {
        sheet.next_page();
    }
    sheet.y += 6.0;
    let from = RIGHT - 200.0;
    for (name, amount) in rows {
        sheet.y += LEADING + 1.0;
        sheet.text(from, sheet.y, FAINT, name);
        sheet.text_to(RIGHT - 5.0, sheet.y, PLAIN, &number(amount));
    }
    sheet.y += 7.0;
    sheet.rule(sheet.y, from, true);
    sheet.y += LEADING + 3.0;
    let look = Look { size: 11.0, bold: true, grey: false };
    sheet.text(from, sheet.y, look, format!("Total {}", contents.total.currency.code()));
    sheet.text_to(RIGHT - 5.0, sheet.y, look, &number(contents.total));
    sheet.y += 22.0;
}

fn taxes(sheet: &mut Sheet, contents: &DocumentContents) {
    if contents.taxes.is_empty() {
        return;
    }
    let row = |tax: &DocumentTax| {
        let name = format!("{} · {}", tax.label, tax.authority);
        vec![name, tax.ppm.map(rate).unwrap_or_default(), number(tax.net), number(tax.amount)]
    };
    let rows = contents.taxes.iter().map(row).collect();
    Table { heading: &["Tax", "Rate", "Net", "Amount"], rows }.write(sheet);
}

/// `6 %`, `8.875 %`.
fn rate(ppm: u32) -> String {
    let (whole, part) = (ppm / 10_000, ppm % 10_000);
    let part = format!("{part:04}");
    let part = part.trim_end_matches('0');
    if part.is_empty() { format!("{whole} %") } else { format!("{whole}.{part} %") }
}

/// `-1 234.50`, with the decimals of the currency; the currency itself stands with the total.
pub fn number(amount: Money) -> String {
    let text = amount.to_string();
    let digits = text.split(' ').next().unwrap_or_default();
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let (whole, part) = digits.split_once('.').map_or((digits, None), |(a, b)| (a, Some(b)));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            grouped.push('\u{a0}');
        }
        grouped.push(digit);
    }
    part.map_or_else(|| format!("{sign}{grouped}"), |part| format!("{sign}{grouped}.{part}"))
}
