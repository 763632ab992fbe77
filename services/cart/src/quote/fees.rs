//! Fees of the whole order, their taxes, and the tip.

use cart_api::{Charge, ChargeKind, ChargeOf, Fee};
use kernel::{Money, Rounding, rate_of};

use super::{
    Basket, QuoteError, Said, added, contained, discount, not_negative, owed, share, sum, tax,
};
use crate::coupon::Code;

/// The charges of an order whose goods cost `goods` after discounts, and whether the coupon took
/// the delivery fee off.
pub fn charges(
    basket: &Basket,
    goods: i64,
    free_delivery: Option<&Code>,
) -> Result<(Vec<Charge>, bool), QuoteError> {
    let currency = basket.currency;
    let mut charges = Vec::new();
    let (delivery, said) = delivery(basket, goods)?;
    charges.push(added(ChargeKind::DeliveryFee, said, delivery, currency));
    let coupon = free_delivery.filter(|_| delivery > 0);
    match coupon {
        Some(code) => {
            charges.push(added(ChargeKind::Coupon, discount::said(code), -delivery, currency));
        }
        None => taxes(basket, delivery, Fee::Delivery, &mut charges)?,
    }
    let service = service(basket, goods)?;
    if service > 0 {
        charges.push(added(ChargeKind::ServiceFee, plain("Service fee"), service, currency));
        taxes(basket, service, Fee::Service, &mut charges)?;
    }
    if basket.tip > 0 {
        charges.push(added(ChargeKind::Tip, plain("Tip for the driver"), basket.tip, currency));
    }
    Ok((charges, coupon.is_some()))
}

/// What its kind says of it already.
fn plain(label: &str) -> Said {
    (label.to_owned(), ChargeOf::default())
}

fn delivery(basket: &Basket, goods: i64) -> Result<(i64, Said), QuoteError> {
    let rule = &basket.tariff.delivery;
    not_negative(&[rule.base, rule.per_km])?;
    if let Some(from) = rule.free_from.filter(|from| goods >= *from) {
        let from = Money::new(from, basket.currency);
        let of = ChargeOf { free_from: Some(from), ..ChargeOf::default() };
        return Ok((0, (format!("Delivery, free from {from}"), of)));
    }
    let beyond = basket.metres.unwrap_or(0).saturating_sub(rule.free_metres);
    let distance = rate_of(rule.per_km, beyond.into(), 1_000, Rounding::HalfUp)?;
    Ok((sum([rule.base, distance])?, plain("Delivery")))
}

fn service(basket: &Basket, goods: i64) -> Result<i64, QuoteError> {
    let rule = &basket.tariff.service;
    not_negative(&[rule.least, rule.most])?;
    Ok(share(goods, rule.ppm)?.max(rule.least).min(rule.most))
}

fn taxes(basket: &Basket, fee: i64, on: Fee, charges: &mut Vec<Charge>) -> Result<(), QuoteError> {
    let Some(class) = &basket.tariff.fee_tax_class else { return Ok(()) };
    let rates = tax::rates(basket.tariff, class)?;
    for rate in rates {
        let (label, of) = tax::said(rate);
        let what = match on {
            Fee::Delivery => "the delivery fee",
            Fee::Service => "the service fee",
        };
        let said = (format!("{label} on {what}"), ChargeOf { fee: Some(on), ..of });
        let charge = if basket.tariff.prices_include_tax {
            let part = tax::within(fee, rate, rates)?;
            contained(ChargeKind::SalesTax, said, part, basket.currency)
        } else {
            added(ChargeKind::SalesTax, said, share(fee, rate.ppm)?, basket.currency)
        };
        if charge.amount.amount > 0 || charge.included.amount > 0 {
            charges.push(owed(charge, rate.authority(), Some(rate.ppm)));
        }
    }
    Ok(())
}
