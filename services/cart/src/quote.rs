//! What a cart costs, and why: one pure function.
//!
//! The order of things, per cart:
//!
//! 1. Each line costs unit price × quantity.
//! 2. Promotions come off, in the order in which they are given (by priority). Each is computed on
//!    what the lines in its scope still cost; its minimum spend is compared with their list price.
//! 3. Coupons come off what is left: percentages, then amounts, among equals by code. Their
//!    minimum spend is compared with the goods after promotions. A coupon that takes nothing off
//!    is not used.
//! 4. No line falls below zero. A discount on several lines is spread over them in proportion to
//!    what they still cost, by largest remainder.
//! 5. Deposits are added per unit. They are neither discounted nor taxed.
//! 6. Excise by litre is added, or is contained in the price; it does not fall with discounts,
//!    but a price contains no more of it than there is left.
//! 7. Sales taxes are computed on the discounted line, each rate rounded on its own, half up.
//! 8. Fees depend on the goods after discounts; a coupon may take the delivery fee off. They are
//!    taxed where the tariff gives them a tax class. The tip is not taxed.
//!
//! Lines are worked on in the order of their product ids, so that the order in which they stand in
//! the cart changes nothing, not even which line gets the odd minor unit.

mod discount;
mod fees;
mod packed;
mod tax;
#[cfg(test)]
mod tests;

use cart_api::{Charge, ChargeKind, ChargeOf, ChargedTax, Quote, QuotedLine};
use catalogue_api::Offer;
use jiff::Timestamp;
use kernel::{Currency, Money, MoneyError, ProductId, Rounding, rate_of};

pub use self::packed::{PackedError, Part, packed};
use crate::{
    coupon::{Code, Coupon},
    promotion::Promotion,
    tariff::{Tariff, WHOLE},
};

/// All that a quote depends on.
#[derive(Debug, Clone, Copy)]
pub struct Basket<'a> {
    pub currency: Currency,
    pub lines: &'a [Wanted<'a>],
    /// By priority.
    pub promotions: &'a [Promotion],
    /// Those that may be used by this customer at this store now.
    pub coupons: &'a [Coupon],
    pub tariff: &'a Tariff,
    /// From store to door along streets; only the base fee without it.
    pub metres: Option<u32>,
    /// Minor units.
    pub tip: i64,
    pub at: Timestamp,
}

/// So many of what the store offers.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    pub offer: &'a Offer,
    pub quantity: u32,
}

/// A quote, and what became of the coupons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    pub quote: Quote,
    /// Coupons that take something off.
    pub used: Vec<Code>,
    /// Coupons for which the goods cost too little.
    pub unmet: Vec<(Code, Money)>,
}

/// Why there is no quote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuoteError {
    #[error("{0} and {1} do not go together")]
    Currencies(Currency, Currency),
    #[error("an amount is too large")]
    TooLarge,
    #[error("an amount is negative")]
    Negative,
    #[error("a line has {0} units")]
    Quantity(u32),
    #[error("a product is on two lines")]
    Twice(ProductId),
    #[error("there is no tax class {0} in the tariff")]
    TaxClass(String),
    #[error("the tax class {0} takes more than the whole price")]
    Rates(String),
}

impl From<MoneyError> for QuoteError {
    fn from(error: MoneyError) -> Self {
        match error {
            MoneyError::Currencies(one, other) => Self::Currencies(one, other),
            MoneyError::TooLarge => Self::TooLarge,
        }
    }
}

/// A line being worked on; amounts in minor units.
struct Working<'a> {
    offer: &'a Offer,
    quantity: u32,
    list: i64,
    /// What is left of `list` after discounts.
    net: i64,
    charges: Vec<Charge>,
    /// Where it stands in the cart.
    place: usize,
}

/// What the basket costs. An empty one costs nothing at all, not even fees.
pub fn quote(basket: &Basket) -> Result<Quoted, QuoteError> {
    same(basket.currency, basket.tariff.currency)?;
    not_negative(&[basket.tip])?;
    let mut lines = begin(basket)?;
    if lines.is_empty() {
        return Ok(Quoted {
            quote: add_up(basket.currency, vec![], vec![])?,
            used: vec![],
            unmet: vec![],
        });
    }
    discount::promotions(basket, &mut lines)?;
    let mut coupons = discount::coupons(basket, &mut lines)?;
    let goods = sum(lines.iter().map(|line| line.net))?;
    for line in &mut lines {
        tax::line(basket, line)?;
    }
    let (charges, delivered_free) = fees::charges(basket, goods, coupons.free_delivery.as_ref())?;
    coupons.used.extend(coupons.free_delivery.filter(|_| delivered_free));
    lines.sort_by_key(|line| line.place);
    let lines = lines.into_iter().map(finished).collect::<Result<Vec<_>, _>>()?;
    let quote = add_up(basket.currency, lines, charges)?;
    Ok(Quoted { quote, used: coupons.used, unmet: coupons.unmet })
}

fn begin<'a>(basket: &Basket<'a>) -> Result<Vec<Working<'a>>, QuoteError> {
    let mut lines = Vec::with_capacity(basket.lines.len());
    for (place, Wanted { offer, quantity }) in basket.lines.iter().enumerate() {
        same(basket.currency, offer.price.currency)?;
        if !(1..=kernel::MAX_QUANTITY).contains(quantity) {
            return Err(QuoteError::Quantity(*quantity));
        }
        let list = offer.price.times(*quantity)?.amount;
        not_negative(&[list])?;
        let charges = Vec::new();
        lines.push(Working { offer, quantity: *quantity, list, net: list, charges, place });
    }
    lines.sort_by_key(|line| line.offer.product);
    match lines.windows(2).find(|pair| pair[0].offer.product == pair[1].offer.product) {
        Some(pair) => Err(QuoteError::Twice(pair[0].offer.product)),
        None => Ok(lines),
    }
}

fn add_up(
    currency: Currency,
    lines: Vec<QuotedLine>,
    charges: Vec<Charge>,
) -> Result<Quote, QuoteError> {
    let money = |amount| Money::new(amount, currency);
    let listed = |line: &QuotedLine| Ok(line.unit_price.times(line.quantity)?.amount);
    let listed = lines.iter().map(listed).collect::<Result<Vec<_>, QuoteError>>()?;
    let subtotal = sum(listed)?;
    let all = || lines.iter().flat_map(|line| &line.charges).chain(&charges);
    let of = |kinds: &[ChargeKind]| {
        sum(all().filter(|charge| kinds.contains(&charge.kind)).map(|charge| charge.amount.amount))
    };
    let tax_included = sum(all().map(|charge| charge.included.amount))?;
    let tax_added = of(&[ChargeKind::Excise, ChargeKind::SalesTax])?;
    let total = lines.iter().map(|line| line.total.amount);
    let total = sum(total.chain(charges.iter().map(|charge| charge.amount.amount)))?;
    Ok(Quote {
        subtotal: money(subtotal),
        discount: money(-of(&[ChargeKind::Promotion, ChargeKind::Coupon])?),
        tax: money(sum([tax_added, tax_included])?),
        tax_included: money(tax_included),
        deposit: money(of(&[ChargeKind::Deposit])?),
        fees: money(of(&[ChargeKind::DeliveryFee, ChargeKind::ServiceFee])?),
        tip: money(of(&[ChargeKind::Tip])?),
        total: money(total),
        lines,
        charges,
    })
}

fn finished(line: Working) -> Result<QuotedLine, QuoteError> {
    let offer = line.offer;
    let money = |amount| Money::new(amount, offer.price.currency);
    let charged = sum(line.charges.iter().map(|charge| charge.amount.amount))?;
    Ok(QuotedLine {
        product: offer.product,
        name: offer.name.clone(),
        drink: offer.drink,
        quantity: line.quantity,
        unit_price: offer.price,
        total: money(sum([line.list, charged])?),
        net_unit_price: money(line.net / i64::from(line.quantity)),
        charges: line.charges,
    })
}

/// What is said of a charge: in English, and by what that is made of.
type Said = (String, ChargeOf);

/// An amount that adds to the total, or takes off it.
fn added(kind: ChargeKind, (label, of): Said, amount: i64, currency: Currency) -> Charge {
    let amount = Money::new(amount, currency);
    Charge { kind, label, of: Some(of), amount, included: Money::zero(currency), tax: None }
}

/// An amount that the price contains.
fn contained(kind: ChargeKind, said: Said, included: i64, currency: Currency) -> Charge {
    let included = Money::new(included, currency);
    Charge { included, ..added(kind, said, 0, currency) }
}

/// The charge as a tax that is owed to somebody.
fn owed(charge: Charge, authority: &str, ppm: Option<u32>) -> Charge {
    Charge { tax: Some(ChargedTax { authority: authority.to_owned(), ppm }), ..charge }
}

/// So many parts per million of an amount, rounded half up.
fn share(amount: i64, ppm: u32) -> Result<i64, QuoteError> {
    Ok(rate_of(amount, ppm.into(), WHOLE.into(), Rounding::HalfUp)?)
}

fn sum(amounts: impl IntoIterator<Item = i64>) -> Result<i64, QuoteError> {
    amounts.into_iter().try_fold(0_i64, i64::checked_add).ok_or(QuoteError::TooLarge)
}

fn same(one: Currency, other: Currency) -> Result<(), QuoteError> {
    if one == other { Ok(()) } else { Err(QuoteError::Currencies(one, other)) }
}

fn not_negative(amounts: &[i64]) -> Result<(), QuoteError> {
    if amounts.iter().all(|amount| *amount >= 0) { Ok(()) } else { Err(QuoteError::Negative) }
}
