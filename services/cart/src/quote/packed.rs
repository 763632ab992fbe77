//! What is to be paid for what the store has of an order, where that is not all of it.
//!
//! 1. A line that is whole stays as it was agreed to, to the letter.
//! 2. Of a line with fewer units each discount keeps its share for the units that are there, by
//!    largest remainder; deposit, excise and taxes are computed anew on what is left, by the tariff
//!    of the day of the order. A discount once given is not lost because the store has less.
//! 3. What is put in for units that are not there is sold at its own price, taxed by its own class
//!    and litres, with its own deposit; but the goods cost at most what the missing goods cost after
//!    discounts, and all of it together at most what those units would have come to. What its price
//!    is above that is taken off as a discount of its own.
//! 4. Fees and tip stay as they were agreed to.
//!
//! So no line costs more than was agreed to, nor does the whole.

use cart_api::{Charge, ChargeKind, ChargeOf, Quote, QuotedLine};
use catalogue_api::Offer;
use kernel::{Currency, Money, ProductId, spread};

use super::{Basket, QuoteError, Working, add_up, added, finished, not_negative, same, sum, tax};
use crate::tariff::Tariff;

/// What takes the price of what is put in down to that of what it is put in for.
const MATCHED: &str = "At the price of what was ordered";

/// What there is of one line of the quote.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// As it was offered when the order was agreed to.
    pub offer: &'a Offer,
    pub quantity: u32,
    /// What is put in for units that are not there, as it is offered now.
    pub instead: Option<(&'a Offer, u32)>,
}

/// Why there is no price.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackedError {
    #[error(transparent)]
    Quote(#[from] QuoteError),
    /// It has no such line, or not so much of it.
    #[error("so much was not ordered")]
    NotOrdered(ProductId),
    /// What is owed on it whatever its price is more than this.
    #[error("it costs more than what it is put in for")]
    CostsMore(ProductId, Money),
    #[error("the tariff asks for more than was agreed to")]
    Dearer(ProductId),
}

/// The quote with these of its lines in part. Lines that are not named stay; what is put in for a
/// line stands behind it.
pub fn packed(agreed: &Quote, parts: &[Part], tariff: &Tariff) -> Result<Quote, PackedError> {
    let currency = agreed.total.currency;
    same(currency, tariff.currency)?;
    if let Some(strange) = parts.iter().find(|part| line_of(agreed, part).is_none()) {
        return Err(PackedError::NotOrdered(strange.offer.product));
    }
    let basket = basket(currency, tariff);
    let mut lines = Vec::with_capacity(agreed.lines.len() + 1);
    for line in &agreed.lines {
        match parts.iter().find(|part| part.offer.product == line.product) {
            Some(part) => lines.extend(of_line(&basket, line, part)?),
            None => lines.push(line.clone()),
        }
    }
    let twice = |line: &&QuotedLine| lines.iter().filter(|l| l.product == line.product).count() > 1;
    if let Some(line) = lines.iter().find(twice) {
        return Err(QuoteError::Twice(line.product).into());
    }
    Ok(add_up(currency, lines, agreed.charges.clone())?)
}

fn line_of<'a>(agreed: &'a Quote, part: &Part) -> Option<&'a QuotedLine> {
    agreed.lines.iter().find(|line| line.product == part.offer.product)
}

/// Only what taxes depend on.
fn basket(currency: Currency, tariff: &Tariff) -> Basket<'_> {
    let at = jiff::Timestamp::UNIX_EPOCH;
    let (promotions, coupons) = (&[], &[]);
    Basket { currency, lines: &[], promotions, coupons, tariff, metres: None, tip: 0, at }
}

fn of_line(
    basket: &Basket,
    agreed: &QuotedLine,
    part: &Part,
) -> Result<Vec<QuotedLine>, PackedError> {
    let product = agreed.product;
    let put_in = part.instead.map_or(0, |(_, quantity)| quantity);
    if part.quantity.saturating_add(put_in) > agreed.quantity {
        return Err(PackedError::NotOrdered(product));
    }
    let kept = kept(basket, agreed, part)?;
    let missing = agreed.quantity - part.quantity;
    let Some((offer, quantity)) = part.instead else { return Ok(kept.into_iter().collect()) };
    let kept_net = kept.as_ref().map(net).transpose()?.unwrap_or(0);
    let kept_total = kept.as_ref().map_or(0, |line| line.total.amount);
    let of_missing = |all: i64| spread(all, &[quantity.into(), (missing - quantity).into()])[0];
    let limit = Limit {
        net: of_missing(net(agreed)? - kept_net),
        total: of_missing(agreed.total.amount - kept_total),
    };
    let instead = put_in_for(basket, (offer, quantity), limit)?;
    Ok(kept.into_iter().chain([instead]).collect())
}

/// What the goods of a line cost after discounts.
fn net(line: &QuotedLine) -> Result<i64, QuoteError> {
    let list = line.unit_price.times(line.quantity)?.amount;
    let off = line.charges.iter().filter(|charge| is_discount(charge));
    sum([list].into_iter().chain(off.map(|charge| charge.amount.amount)))
}

const fn is_discount(charge: &Charge) -> bool {
    matches!(charge.kind, ChargeKind::Promotion | ChargeKind::Coupon)
}

/// The units that are there; none where there are none.
fn kept(
    basket: &Basket,
    agreed: &QuotedLine,
    part: &Part,
) -> Result<Option<QuotedLine>, PackedError> {
    if part.quantity == 0 {
        return Ok(None);
    }
    if part.quantity == agreed.quantity {
        return Ok(Some(agreed.clone()));
    }
    let offers = Offer { price: agreed.unit_price, drink: agreed.drink, ..part.offer.clone() };
    let mut line = working(basket, &offers, part.quantity)?;
    let discounts: Vec<&Charge> = agreed.charges.iter().filter(|c| is_discount(c)).collect();
    let off: Vec<i64> = discounts.iter().map(|charge| -charge.amount.amount).collect();
    let missing = agreed.quantity - part.quantity;
    let share = spread(sum(off.iter().copied())?, &[part.quantity.into(), missing.into()])[0];
    for (discount, share) in discounts.iter().zip(spread(share, &off)) {
        take_off(&mut line, share, |off| Charge { amount: off, ..(*discount).clone() })?;
    }
    tax::line(basket, &mut line)?;
    let line = finished(line)?;
    if line.total.amount > agreed.total.amount || net(&line)? > net(agreed)? {
        return Err(PackedError::Dearer(agreed.product));
    }
    Ok(Some(line))
}

/// The most that something may cost, in minor units.
#[derive(Clone, Copy)]
struct Limit {
    /// The goods after discounts.
    net: i64,
    /// With taxes and deposit.
    total: i64,
}

/// What it costs: as much as its price and the limit allow. What is paid never falls when the goods
/// cost more, so the most is found by halving.
fn put_in_for(
    basket: &Basket,
    (offer, quantity): (&Offer, u32),
    limit: Limit,
) -> Result<QuotedLine, PackedError> {
    let list = working(basket, offer, quantity)?.list;
    let at = |net: i64| -> Result<QuotedLine, QuoteError> {
        let mut line = working(basket, offer, quantity)?;
        take_off(&mut line, list - net, |off| {
            let of = ChargeOf { matched: true, ..ChargeOf::default() };
            let said = (MATCHED.to_owned(), of);
            added(ChargeKind::Promotion, said, off.amount, off.currency)
        })?;
        tax::line(basket, &mut line)?;
        finished(line)
    };
    let (mut lowest, mut most) = (0, list.min(limit.net));
    let dearest = at(most)?;
    if dearest.total.amount <= limit.total {
        return Ok(dearest);
    }
    if at(lowest)?.total.amount > limit.total {
        let limit = Money::new(limit.total, basket.currency);
        return Err(PackedError::CostsMore(offer.product, limit));
    }
    while most - lowest > 1 {
        let middle = lowest + (most - lowest) / 2;
        if at(middle)?.total.amount <= limit.total { lowest = middle } else { most = middle }
    }
    Ok(at(lowest)?)
}

fn working<'a>(
    basket: &Basket,
    offer: &'a Offer,
    quantity: u32,
) -> Result<Working<'a>, QuoteError> {
    same(basket.currency, offer.price.currency)?;
    let list = offer.price.times(quantity)?.amount;
    not_negative(&[list])?;
    Ok(Working { offer, quantity, list, net: list, charges: Vec::new(), place: 0 })
}

fn take_off(
    line: &mut Working,
    amount: i64,
    charge: impl FnOnce(Money) -> Charge,
) -> Result<(), QuoteError> {
    if amount > 0 {
        line.net = sum([line.net, -amount])?;
        line.charges.push(charge(Money::new(-amount, line.offer.price.currency)));
    }
    Ok(())
}
