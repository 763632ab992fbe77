//! What taxes, excise and fees a store's sales carry: data that an operator sets.

use garde::Validate;
use kernel::{AlcoholClass, Currency};
use serde::{Deserialize, Serialize};

/// A million is the whole.
pub const WHOLE: u32 = 1_000_000;
/// No amount in a tariff is larger, in minor units.
pub const MOST_AMOUNT: i64 = 1_000_000_000_000;

/// Taxes, excise and fees of a store. Every amount is in minor units of `currency`, every rate in
/// parts per million.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tariff {
    #[garde(skip)]
    #[schema(value_type = String, min_length = 3, max_length = 3, example = "USD")]
    pub currency: Currency,
    /// Whether listed prices contain sales tax and excise, as in Europe, or both come on top.
    #[garde(skip)]
    pub prices_include_tax: bool,
    /// Whether excise that comes on top is itself part of what sales tax is computed from.
    #[garde(skip)]
    #[serde(default)]
    pub tax_on_excise: bool,
    /// A product whose class is not among these cannot be sold.
    #[garde(length(min = 1, max = 50), dive, custom(named_once))]
    #[schema(min_items = 1, max_items = 50)]
    pub tax_classes: Vec<TaxClass>,
    #[garde(length(max = 20), dive)]
    #[schema(max_items = 20)]
    #[serde(default)]
    pub excise: Vec<Excise>,
    /// The tax class of the fees; without one they are not taxed.
    #[garde(inner(custom(class_name)))]
    #[schema(pattern = "^[a-z][a-z0-9_-]{0,39}$")]
    #[serde(default)]
    pub fee_tax_class: Option<String>,
    #[garde(dive)]
    pub delivery: DeliveryFee,
    #[garde(dive)]
    pub service: ServiceFee,
    /// The largest tip that is taken for meant.
    #[garde(range(min = 0, max = MOST_AMOUNT))]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    pub most_tip: i64,
}

/// The sales taxes on products of one class: each is computed and rounded on its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxClass {
    /// As listings name it, such as `standard`.
    #[garde(custom(class_name))]
    #[schema(pattern = "^[a-z][a-z0-9_-]{0,39}$", example = "standard")]
    pub name: String,
    /// None at all is untaxed. Together they are not more than the whole price.
    #[garde(length(max = 10), dive, custom(at_most_whole))]
    #[schema(max_items = 10)]
    pub rates: Vec<TaxRate>,
}

/// One sales tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxRate {
    /// For people; the percentage is added.
    #[garde(length(chars, min = 1, max = 60), custom(wire::plain_text))]
    #[schema(min_length = 1, max_length = 60, example = "Iowa sales tax")]
    pub label: String,
    #[garde(range(max = WHOLE))]
    #[schema(maximum = 1_000_000, example = 60_000)]
    pub ppm: u32,
    /// Who is owed it; the label's own words unless told.
    #[garde(inner(length(chars, min = 1, max = 60), custom(wire::plain_text)))]
    #[schema(min_length = 1, max_length = 60, example = "Iowa Department of Revenue")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
}

impl TaxRate {
    /// Who is owed it.
    pub fn authority(&self) -> &str {
        self.authority.as_deref().unwrap_or(&self.label)
    }
}

/// A duty on a class of drinks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Excise {
    #[garde(length(chars, min = 1, max = 60), custom(wire::plain_text))]
    #[schema(min_length = 1, max_length = 60, example = "Spirits litre tax")]
    pub label: String,
    #[garde(skip)]
    pub class: AlcoholClass,
    #[garde(skip)]
    pub per: ExciseBasis,
    /// Millionths of a minor unit per litre: 3.7708 dollars are 377,080,000.
    #[garde(range(min = 0, max = MOST_AMOUNT))]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    pub micros_per_litre: i64,
    /// Who is owed it; the label's own words unless told.
    #[garde(inner(length(chars, min = 1, max = 60), custom(wire::plain_text)))]
    #[schema(min_length = 1, max_length = 60)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
}

impl Excise {
    /// Who is owed it.
    pub fn authority(&self) -> &str {
        self.authority.as_deref().unwrap_or(&self.label)
    }
}

/// What the litres of an excise are litres of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExciseBasis {
    PureAlcohol,
    Volume,
}

/// What bringing it costs: `base`, and `per_km` for every kilometre beyond the free ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryFee {
    #[garde(range(min = 0, max = MOST_AMOUNT))]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    pub base: i64,
    #[garde(range(min = 0, max = MOST_AMOUNT))]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    pub per_km: i64,
    #[garde(range(max = 1_000_000))]
    #[schema(maximum = 1_000_000)]
    pub free_metres: u32,
    /// Free when the goods cost as much after discounts.
    #[garde(inner(range(min = 0, max = MOST_AMOUNT)))]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    #[serde(default)]
    pub free_from: Option<i64>,
}

/// What the platform asks: a share of the goods after discounts, within bounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceFee {
    #[garde(range(max = WHOLE))]
    #[schema(maximum = 1_000_000)]
    pub ppm: u32,
    #[garde(range(min = 0, max = MOST_AMOUNT))]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    pub least: i64,
    /// Wins over `least` where it is the smaller.
    #[garde(range(min = 0, max = MOST_AMOUNT))]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    pub most: i64,
}

impl Tariff {
    /// The sales taxes of a class.
    pub fn rates(&self, class: &str) -> Option<&[TaxRate]> {
        let class = self.tax_classes.iter().find(|known| known.name == class)?;
        Some(&class.rates)
    }

    /// The fees' tax class is one that there is: garde looks at fields one by one.
    pub fn fees_are_taxable(&self) -> bool {
        self.fee_tax_class.as_deref().is_none_or(|class| self.rates(class).is_some())
    }
}

/// `60000` is `6 %`, `62500` is `6.25 %`.
pub fn percent(ppm: u32) -> String {
    let (whole, part) = (ppm / 10_000, ppm % 10_000);
    if part == 0 {
        return format!("{whole} %");
    }
    let part = format!("{part:04}");
    format!("{whole}.{} %", part.trim_end_matches('0'))
}

fn class_name(name: &str, (): &()) -> garde::Result {
    let mut letters = name.bytes();
    let fits = letters.next().is_some_and(|first| first.is_ascii_lowercase())
        && name.len() <= 40
        && letters.all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'));
    if fits {
        return Ok(());
    }
    Err(garde::Error::new("must be 1 to 40 of a-z, 0-9, _ and -, a letter first"))
}

fn named_once(classes: &[TaxClass], (): &()) -> garde::Result {
    let mut names: Vec<&str> = classes.iter().map(|class| class.name.as_str()).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(garde::Error::new("names a class twice"));
    }
    Ok(())
}

fn at_most_whole(rates: &[TaxRate], (): &()) -> garde::Result {
    let sum: u64 = rates.iter().map(|rate| u64::from(rate.ppm)).sum();
    if sum > u64::from(WHOLE) {
        return Err(garde::Error::new("add up to more than the whole price"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn rates_read_as_percentages() {
        let read = [60_000, 62_500, 255, 0, 1_000_000].map(percent);
        assert_eq!(read, ["6 %", "6.25 %", "0.0255 %", "0 %", "100 %"]);
    }
}
