//! What a row says of a product, and what is wrong or odd about it.

use csv::StringRecord;
use kernel::AlcoholClass;

use super::{
    super::{
        barcode,
        mapping::{Mapping, Unit},
        row::{Identity, Layout, Row},
        text::one_line,
    },
    FIELDS, NewProduct, Product, Survey,
    barcodes::Sharing,
    prices::PLACES,
};
use crate::product::{Container, category_is_valid, class_name, class_named};

/// Drinks without alcohol in the eyes of the law may still have a trace of it.
const TRACE_BP: i32 = 120;

/// Takes what the first reading needs to know of a row.
pub fn surveyed(
    survey: &mut Survey,
    mapping: &Mapping,
    line: u64,
    layout: &Layout,
    record: &StringRecord,
) {
    let mut row = Row::new(line, layout, record);
    if row.is_refused() {
        return;
    }
    if let (Some(gtin), Some(name)) = (valid_gtin(&row), row.raw("name")) {
        survey.barcodes.see(&gtin, &one_line(&name));
    }
    let Some(sleeve) = mapping.warn.sleeve else { return };
    let (price, volume) = (row.number("price", PLACES), volume(&mut row));
    if let (Some(price), Some(ml), Some(category)) = (price, volume, row.raw("category"))
        && ml > sleeve.up_to_ml as i32
    {
        survey.typical.see(&category, price, ml);
    }
}

/// The product of a row, or none where it is refused.
pub fn product(row: &mut Row<'_>, mapping: &Mapping, survey: &Survey) -> Option<NewProduct> {
    let Identity { id, source, key } = row.identity(&mapping.source);
    let (category, class) = category(row, mapping);
    let abv_bp = abv(row);
    let volume_ml = volume(row);
    let gtin = gtin(row, survey);
    let price = row.number("price", PLACES).filter(|price| *price > 0);
    let product = Product {
        name: row.needed("name", 200),
        producer: row.text("producer", 200).unwrap_or_default(),
        category: category?,
        class: class?,
        abv_bp: abv_bp.unwrap_or_default(),
        volume_ml: volume_ml.unwrap_or_default(),
        pack: row.whole("pack", (1, 1000)).unwrap_or(1),
        container: container(row),
        vintage: row.whole("vintage", (1800, 2200)),
        country: country(row),
        region: row.text("region", 100),
        gtin: gtin.clone().ok().flatten(),
        description: row.text("description", 4000).unwrap_or_default(),
        active: row.flag("active").unwrap_or(true),
    };
    judge_strength(row, abv_bp, product.class);
    if volume_ml.is_some_and(|ml| ml < 1) {
        row.refuse("volume-zero", "it has no volume: nothing in it can be sold, taxed or limited");
    }
    warn_of_bundle(row, mapping);
    let dubious = is_dubious(row, mapping, survey, price, volume_ml);
    (!row.is_refused()).then(|| {
        let said = said(row, mapping, gtin.is_err());
        NewProduct { id, source, key, product, said, price, dubious }
    })
}

/// The fields that the file itself speaks of. A barcode that is none says nothing.
fn said(row: &Row<'_>, mapping: &Mapping, no_gtin: bool) -> Vec<&'static str> {
    let classed = |field: &str| field == "class" && mapping.categories.is_some();
    let says = |field: &&'static str| row.says(field) || classed(field);
    FIELDS.iter().copied().filter(says).filter(|it| !(no_gtin && *it == "gtin")).collect()
}

/// Our category and the class of alcohol that the row's category stands for.
fn category(row: &mut Row<'_>, mapping: &Mapping) -> (Option<String>, Option<AlcoholClass>) {
    let named = row.raw("category").map(|name| one_line(&name)).unwrap_or_default();
    if named.is_empty() {
        row.refuse("missing", "the category is empty");
        return (None, None);
    }
    let Some(categories) = &mapping.categories else {
        if !category_is_valid(&named) {
            row.refuse("category-unknown", format!("{named:?} is no path of slugs"));
        }
        return (Some(named), class(row, None));
    };
    let entry = categories.names.get(&named);
    let path = match (entry, &categories.otherwise) {
        (Some(entry), _) => entry.path().to_owned(),
        (None, Some(otherwise)) => {
            row.warn("category-unknown", format!("{named:?} is not in the mapping"));
            otherwise.clone()
        }
        (None, None) => {
            row.refuse("category-unknown", format!("{named:?} is not in the mapping"));
            return (None, None);
        }
    };
    let said = entry.and_then(|entry| entry.class()).or(categories.class.as_deref());
    (Some(path), class(row, said))
}

fn class(row: &mut Row<'_>, of_category: Option<&str>) -> Option<AlcoholClass> {
    let named = row.raw("class").or_else(|| of_category.map(str::to_owned));
    let class = named.as_deref().and_then(|name| class_named(name.trim()));
    if class.is_none() {
        row.refuse("class", "its class of alcohol is not none, beer, wine or spirits");
    }
    class
}

/// Alcohol by volume in hundredths of a percent.
fn abv(row: &mut Row<'_>) -> Option<i32> {
    let hundredths = row.needed_number("abv", 2)?;
    let bp = match row.reading("abv").unit {
        Some(Unit::Proof) => (hundredths + 1).div_euclid(2),
        _ => hundredths,
    };
    if !(0..=10_000).contains(&bp) {
        row.refuse("strength", "its strength is not between nothing and pure alcohol");
        return None;
    }
    i32::try_from(bp).ok()
}

/// Whoever taxes or limits alcohol must know how much there is: an unknown strength is not zero.
fn judge_strength(row: &mut Row<'_>, abv_bp: Option<i32>, class: AlcoholClass) {
    let Some(abv_bp) = abv_bp else { return };
    match class {
        AlcoholClass::None if abv_bp > TRACE_BP => {
            row.refuse("strength", "it has more alcohol than its class may");
        }
        AlcoholClass::Spirits if abv_bp == 0 => {
            row.refuse("strength-missing", "it is a spirit and its strength is 0: that is unknown");
        }
        AlcoholClass::Beer | AlcoholClass::Wine if abv_bp == 0 => {
            row.warn("strength-missing", format!("it is {} without alcohol", class_name(class)));
        }
        _ => {}
    }
}

/// Millilitres of one container, and possibly none.
fn volume(row: &mut Row<'_>) -> Option<i32> {
    let places = match row.reading("volume").unit {
        Some(Unit::L) => 3,
        Some(Unit::Cl) => 1,
        _ => 0,
    };
    let ml = row.needed_number("volume", places)?;
    if !(0..=1_000_000).contains(&ml) {
        row.refuse("range", format!("its volume is {ml} ml"));
        return None;
    }
    i32::try_from(ml).ok()
}

fn container(row: &mut Row<'_>) -> Container {
    let Some(name) = row.raw("container") else { return Container::Bottle };
    Container::named(name.trim()).unwrap_or_else(|| {
        row.refuse("container", format!("{:?} is no kind of container", one_line(&name)));
        Container::Other
    })
}

fn country(row: &mut Row<'_>) -> Option<String> {
    let code = row.raw("country")?.trim().to_owned();
    if code.len() != 2 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        row.refuse("country", "the country is no code of two capitals (ISO 3166-1)");
        return None;
    }
    Some(code)
}

fn valid_gtin(row: &Row<'_>) -> Option<String> {
    barcode::gtin(row.raw("gtin")?.trim(), row.reading("gtin").pad)
}

/// The row's barcode; an error where it has one that is none.
fn gtin(row: &mut Row<'_>, survey: &Survey) -> Result<Option<String>, ()> {
    let Some(raw) = row.raw("gtin") else { return Ok(None) };
    let Some(gtin) = valid_gtin(row) else {
        let why = format!("{:?} is no barcode: its check digit or length is wrong", one_line(&raw));
        row.warn("invalid-barcode", why.chars().take(200).collect::<String>());
        return Err(());
    };
    match survey.barcodes.sharing(&gtin) {
        Some(Sharing::DifferentNames(rows)) => {
            let why =
                format!("{gtin} belongs to {rows} rows with different names: kept, not merged");
            row.warn("shared-barcode", why);
        }
        Some(Sharing::OneName(rows)) => {
            row.warn("repeated-barcode", format!("{gtin} belongs to {rows} rows with this name"));
        }
        None => {}
    }
    Ok(Some(gtin))
}

fn warn_of_bundle(row: &mut Row<'_>, mapping: &Mapping) {
    let Some(name) = row.raw("name") else { return };
    if let Some(mark) = mapping.warn.bundle.iter().find(|mark| name.contains(mark.as_str())) {
        let why = format!("{:?} in its name tells of something else in the package", mark.trim());
        row.warn("bundle", why);
    }
}

/// Whether a small container costs as much as a sleeve of them, and says so.
fn is_dubious(
    row: &mut Row<'_>,
    mapping: &Mapping,
    survey: &Survey,
    price: Option<i64>,
    volume_ml: Option<i32>,
) -> bool {
    let (Some(sleeve), Some(price), Some(ml)) = (mapping.warn.sleeve, price, volume_ml) else {
        return false;
    };
    let category = row.raw("category").unwrap_or_default();
    if ml < 1 || ml > sleeve.up_to_ml as i32 {
        return false;
    }
    match survey.typical.times(&category, price, ml) {
        Some(times) if times >= i64::from(sleeve.times) => {
            let why = format!(
                "{ml} ml cost {times} times as much per litre as larger ones of {category}: the \
                 price of a sleeve?"
            );
            row.warn("sleeve-price", why);
            true
        }
        _ => false,
    }
}
