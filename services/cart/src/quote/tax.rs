//! Deposits, excise and sales taxes of one line.

use cart_api::{ChargeKind, ChargeOf};
use kernel::{Rounding, rate_of};

use super::{
    Basket, QuoteError, Said, Working, added, contained, not_negative, owed, same, share, sum,
};
use crate::tariff::{Excise, ExciseBasis, Tariff, TaxRate, WHOLE, percent};

/// Adds what the law and the container add to a line that has all its discounts.
pub fn line(basket: &Basket, line: &mut Working) -> Result<(), QuoteError> {
    deposit(basket, line)?;
    if basket.tariff.prices_include_tax {
        return included(basket, line);
    }
    let rates = rates(basket.tariff, &line.offer.tax_class)?;
    let mut taxed = line.net;
    for duty in duties(basket, line) {
        let amount = excise(line, duty)?;
        if amount > 0 {
            let charge = added(ChargeKind::Excise, duty_said(duty), amount, basket.currency);
            line.charges.push(owed(charge, duty.authority(), None));
        }
        if basket.tariff.tax_on_excise {
            taxed = sum([taxed, amount])?;
        }
    }
    for rate in rates {
        let amount = share(taxed, rate.ppm)?;
        if amount > 0 {
            let charge = added(ChargeKind::SalesTax, said(rate), amount, basket.currency);
            line.charges.push(owed(charge, rate.authority(), Some(rate.ppm)));
        }
    }
    Ok(())
}

/// The taxes that the price contains: the sales taxes first, then as much excise as is left.
fn included(basket: &Basket, line: &mut Working) -> Result<(), QuoteError> {
    let mut left = line.net;
    let mut charges = Vec::new();
    let rates = rates(basket.tariff, &line.offer.tax_class)?;
    for rate in rates {
        let part = within(line.net, rate, rates)?;
        left -= part;
        let charge = contained(ChargeKind::SalesTax, said(rate), part, basket.currency);
        charges.push(owed(charge, rate.authority(), Some(rate.ppm)));
    }
    for duty in duties(basket, line) {
        let part = excise(line, duty)?.min(left);
        left -= part;
        let charge = contained(ChargeKind::Excise, duty_said(duty), part, basket.currency);
        charges.push(owed(charge, duty.authority(), None));
    }
    line.charges.extend(charges.into_iter().filter(|charge| charge.included.amount > 0));
    Ok(())
}

fn deposit(basket: &Basket, line: &mut Working) -> Result<(), QuoteError> {
    let Some(deposit) = &line.offer.deposit else { return Ok(()) };
    same(basket.currency, deposit.per_unit.currency)?;
    let amount = deposit.per_unit.times(line.quantity)?.amount;
    not_negative(&[amount])?;
    if amount > 0 {
        let label = format!("Deposit, {} each", deposit.per_unit);
        let of = ChargeOf { each: Some(deposit.per_unit), ..ChargeOf::default() };
        line.charges.push(added(ChargeKind::Deposit, (label, of), amount, basket.currency));
    }
    Ok(())
}

fn duties<'a>(basket: &Basket<'a>, line: &Working) -> impl Iterator<Item = &'a Excise> + use<'a> {
    let class = line.offer.drink.class;
    basket.tariff.excise.iter().filter(move |duty| duty.class == class)
}

/// Exact up to the last step: millionths of a minor unit per litre, times what there is in
/// millilitres or in ten-thousandths of a millilitre of pure alcohol.
fn excise(line: &Working, duty: &Excise) -> Result<i64, QuoteError> {
    not_negative(&[duty.micros_per_litre])?;
    let drink = line.offer.drink;
    let (unit, per_litre) = match duty.per {
        ExciseBasis::Volume => (drink.unit_ml(), 1_000_i128),
        ExciseBasis::PureAlcohol => {
            let millilitres = drink.unit_ml().checked_mul(drink.abv_bp.into());
            (millilitres.ok_or(QuoteError::TooLarge)?, 10_000_000)
        }
    };
    let amount = i128::from(unit) * i128::from(line.quantity);
    let denominator = per_litre * i128::from(WHOLE);
    Ok(rate_of(duty.micros_per_litre, amount, denominator, Rounding::HalfUp)?)
}

/// The rates of a tax class. Together they are not more than the whole price: then what they add
/// up to, each rounded on its own, is not more than a price that contains them.
pub fn rates<'a>(tariff: &'a Tariff, class: &str) -> Result<&'a [TaxRate], QuoteError> {
    let rates = tariff.rates(class).ok_or_else(|| QuoteError::TaxClass(class.to_owned()))?;
    let sum: u64 = rates.iter().map(|rate| u64::from(rate.ppm)).sum();
    if sum > u64::from(WHOLE) {
        return Err(QuoteError::Rates(class.to_owned()));
    }
    Ok(rates)
}

/// How much of an amount that contains all of `rates` is the tax of one of them.
pub fn within(amount: i64, rate: &TaxRate, rates: &[TaxRate]) -> Result<i64, QuoteError> {
    let all: i128 = rates.iter().map(|rate| i128::from(rate.ppm)).sum();
    let whole = i128::from(WHOLE) + all;
    Ok(rate_of(amount, rate.ppm.into(), whole, Rounding::HalfUp)?)
}

/// `Sales tax 7 %`
pub fn said(rate: &TaxRate) -> Said {
    (format!("{} {}", rate.label, percent(rate.ppm)), ChargeOf::name(&rate.label))
}

fn duty_said(duty: &Excise) -> Said {
    (duty.label.clone(), ChargeOf::name(&duty.label))
}
