//! What promotions and coupons take off the lines.

use cart_api::{ChargeKind, ChargeOf};
use kernel::{Money, Rounding, rate_of, spread};

use super::{Basket, QuoteError, Said, Working, added, not_negative, same, share, sum};
use crate::{
    coupon::{self, Code, Coupon},
    promotion::{Benefit, Promotion},
};

/// What became of the coupons.
#[derive(Default)]
pub struct Coupons {
    pub used: Vec<Code>,
    pub unmet: Vec<(Code, Money)>,
    /// To be taken off the delivery fee, if there is one.
    pub free_delivery: Option<Code>,
}

pub fn promotions(basket: &Basket, lines: &mut [Working]) -> Result<(), QuoteError> {
    for promotion in basket.promotions.iter().filter(|promotion| promotion.holds_at(basket.at)) {
        let scope = &promotion.terms.scope;
        let mut lines: Vec<&mut Working> = lines
            .iter_mut()
            .filter(|line| scope.covers(line.offer.product, &line.offer.category))
            .collect();
        let listed = sum(lines.iter().map(|line| line.list))?;
        if lines.is_empty() || !reached(basket, promotion.terms.min_spend, listed)? {
            continue;
        }
        apply(basket, promotion, &mut lines)?;
    }
    Ok(())
}

fn apply(
    basket: &Basket,
    promotion: &Promotion,
    lines: &mut [&mut Working],
) -> Result<(), QuoteError> {
    let left = sum(lines.iter().map(|line| line.net))?;
    let parts = match promotion.terms.benefit {
        Benefit::Percent { ppm } => parts(share(left, ppm)?, left, lines),
        Benefit::Amount { off } => {
            same(basket.currency, off.currency)?;
            not_negative(&[off.amount])?;
            parts(off.amount, left, lines)
        }
        Benefit::BuyPay { buy, pay } => {
            lines.iter().map(|line| unpaid(line, buy, pay)).collect::<Result<_, _>>()?
        }
    };
    let label = &promotion.terms.label;
    take_off(lines, parts, ChargeKind::Promotion, &(label.clone(), ChargeOf::name(label)));
    Ok(())
}

/// What the units cost that are not paid for, at what a unit costs by now.
fn unpaid(line: &Working, buy: u32, pay: u32) -> Result<i64, QuoteError> {
    let times = line.quantity.checked_div(buy).unwrap_or(0);
    let free = times * buy.saturating_sub(pay);
    Ok(rate_of(line.net, free.into(), line.quantity.into(), Rounding::HalfUp)?)
}

pub fn coupons(basket: &Basket, lines: &mut [Working]) -> Result<Coupons, QuoteError> {
    let mut coupons: Vec<&Coupon> = basket.coupons.iter().collect();
    coupons.sort_by_key(|coupon| {
        let turn = match coupon.terms.benefit {
            coupon::Benefit::Percent { .. } => 0,
            coupon::Benefit::Amount { .. } => 1,
            coupon::Benefit::FreeDelivery {} => 2,
        };
        (turn, &coupon.code)
    });
    let goods = sum(lines.iter().map(|line| line.net))?;
    let mut lines: Vec<&mut Working> = lines.iter_mut().collect();
    let mut became = Coupons::default();
    for Coupon { code, terms, .. } in coupons {
        if !reached(basket, terms.min_spend, goods)? {
            became.unmet.extend(terms.min_spend.map(|wanted| (code.clone(), wanted)));
            continue;
        }
        let left = sum(lines.iter().map(|line| line.net))?;
        let off = match terms.benefit {
            coupon::Benefit::Percent { ppm } => share(left, ppm)?,
            coupon::Benefit::Amount { off } => {
                same(basket.currency, off.currency)?;
                not_negative(&[off.amount])?;
                off.amount
            }
            coupon::Benefit::FreeDelivery {} => {
                became.free_delivery.get_or_insert_with(|| code.clone());
                continue;
            }
        };
        let parts = parts(off, left, &lines);
        if take_off(&mut lines, parts, ChargeKind::Coupon, &said(code)) {
            became.used.push(code.clone());
        }
    }
    Ok(became)
}

fn reached(basket: &Basket, wanted: Option<Money>, spent: i64) -> Result<bool, QuoteError> {
    let Some(wanted) = wanted else { return Ok(true) };
    same(basket.currency, wanted.currency)?;
    Ok(spent >= wanted.amount)
}

/// How `off`, or what is left if that is less, is spread over the lines. No part is more than
/// what its line still costs, for the whole is not more than what all of them do.
fn parts(off: i64, left: i64, lines: &[&mut Working]) -> Vec<i64> {
    let weights: Vec<i64> = lines.iter().map(|line| line.net).collect();
    spread(off.min(left), &weights)
}

/// `Coupon WELCOME10`
pub fn said(code: &Code) -> Said {
    (format!("Coupon {}", code.as_str()), ChargeOf::name(code.as_str()))
}

/// Whether anything came off.
fn take_off(lines: &mut [&mut Working], parts: Vec<i64>, kind: ChargeKind, said: &Said) -> bool {
    let mut any = false;
    for (line, part) in lines.iter_mut().zip(parts).filter(|(_, part)| *part > 0) {
        line.net -= part;
        line.charges.push(added(kind, said.clone(), -part, line.offer.price.currency));
        any = true;
    }
    any
}
