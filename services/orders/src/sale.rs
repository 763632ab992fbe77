//! What an order's money is made of, for the books. Pure.

use anyhow::{Context as _, ensure};
use cart_api::{Charge, ChargeKind, Quote};
use kernel::Money;
use orders_api::OrderLine;
use payments_api::{Part, PartKind, Sale, SaleLine};

use crate::order::Contents;

/// The parts of what was agreed to. Every minor unit of the total is in one of them: discounts and
/// the taxes that a price contains are taken out of the goods, and out of the fees.
pub fn of(contents: &Contents, lines: &[OrderLine], number: &str) -> anyhow::Result<Sale> {
    let Contents { store, destination, quote, .. } = contents;
    let sale = Sale {
        vendor: store.vendor,
        store: store.store,
        store_name: store.name.clone(),
        store_address: store.address.clone(),
        time_zone: store.time_zone.clone(),
        number: number.to_owned(),
        recipient: destination.recipient.clone(),
        address: destination.address.clone(),
        lines: sale_lines(quote, lines)?,
        charges: charges(&quote.charges)?,
    };
    let checked = sale.check(quote.total);
    checked.map_err(|wrong| anyhow::anyhow!("{} {}", wrong.field, wrong.why))?;
    Ok(sale)
}

fn sale_lines(quote: &Quote, lines: &[OrderLine]) -> anyhow::Result<Vec<SaleLine>> {
    let line = |quoted: &cart_api::QuotedLine| {
        let line = lines.iter().find(|line| line.product == quoted.product);
        let line = line.context("a quoted product has no line")?.line;
        let listed = quoted.unit_price.times(quoted.quantity)?;
        let mut pot = Pot { kind: PartKind::Goods, label: quoted.name.clone(), left: listed };
        let mut parts = Vec::new();
        for charge in &quoted.charges {
            pot.take(charge, &mut parts)?;
        }
        pot.close(&mut parts)?;
        let (name, unit_price) = (quoted.name.clone(), quoted.unit_price);
        let (quantity, total) = (quoted.quantity, quoted.total);
        Ok(SaleLine { line, name, quantity, unit_price, total, parts })
    };
    quote.lines.iter().map(line).collect()
}

/// A fee is followed by what belongs to it: a coupon, or its taxes.
fn charges(charges: &[Charge]) -> anyhow::Result<Vec<Part>> {
    let mut parts = Vec::new();
    let mut pot: Option<Pot> = None;
    for charge in charges {
        match (fee(charge.kind), &mut pot) {
            (Some(kind), _) => {
                if let Some(before) = pot.take() {
                    before.close(&mut parts)?;
                }
                pot = Some(Pot { kind, label: charge.label.clone(), left: charge.amount });
            }
            (None, Some(pot)) => pot.take(charge, &mut parts)?,
            (None, None) => parts.extend(part(charge, charge.amount)?),
        }
    }
    if let Some(last) = pot {
        last.close(&mut parts)?;
    }
    Ok(parts)
}

/// What others are taken out of.
struct Pot {
    kind: PartKind,
    label: String,
    left: Money,
}

impl Pot {
    fn take(&mut self, charge: &Charge, parts: &mut Vec<Part>) -> anyhow::Result<()> {
        match charge.kind {
            ChargeKind::Promotion | ChargeKind::Coupon => {
                self.left = self.left.plus(charge.amount)?;
            }
            _ => {
                self.left = self.left.minus(charge.included)?;
                parts.extend(part(charge, charge.amount.plus(charge.included)?)?);
            }
        }
        Ok(())
    }

    fn close(self, parts: &mut Vec<Part>) -> anyhow::Result<()> {
        ensure!(self.left.amount >= 0, "{} costs less than nothing", self.label);
        let Self { kind, label, left: amount } = self;
        let part = Part { kind, authority: None, label, ppm: None, amount };
        parts.extend((amount.amount > 0).then_some(part));
        Ok(())
    }
}

/// A part that stands for itself; none where it is nothing.
fn part(charge: &Charge, amount: Money) -> anyhow::Result<Option<Part>> {
    let kind = match charge.kind {
        ChargeKind::Deposit => PartKind::Deposit,
        ChargeKind::Excise => PartKind::Excise,
        ChargeKind::SalesTax => PartKind::SalesTax,
        other => fee(other).context("a discount on nothing")?,
    };
    // A quote from before taxes named whom they are owed to has only their label.
    let named = charge.tax.as_ref().map(|tax| tax.authority.clone());
    let authority = kind.is_tax().then(|| named.unwrap_or_else(|| charge.label.clone()));
    let ppm = charge.tax.as_ref().and_then(|tax| tax.ppm);
    let part = Part { kind, authority, label: charge.label.clone(), ppm, amount };
    Ok((amount.amount > 0).then_some(part))
}

const fn fee(kind: ChargeKind) -> Option<PartKind> {
    match kind {
        ChargeKind::DeliveryFee => Some(PartKind::DeliveryFee),
        ChargeKind::ServiceFee => Some(PartKind::ServiceFee),
        ChargeKind::Tip => Some(PartKind::Tip),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
