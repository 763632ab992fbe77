//! What a store has of an order, where that is not all of it: what may stand in for what, and what
//! the order is made of then. Pure.

mod refusal;
#[cfg(test)]
mod tests;

use anyhow::{Context as _, ensure};
use cart_api::{IfMissing, PackedLine, Quote};
use catalogue_api::{HoldLine, Offer};
use compliance_api::is_alcohol;
use kernel::{LineId, Money, ProductId};
use orders_api::{LineChange, OrderLine, Replacement};
use serde::{Deserialize, Serialize};
use wire::Problem;

pub use refusal::{PackRefusal, WhyNot};

/// What is kept of an order that was packed other than it was ordered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// What the customer had agreed to.
    pub agreed: Quote,
    pub changes: Vec<LineChange>,
}

/// What the store says of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picked {
    pub line: LineId,
    /// Units of it that are there.
    pub quantity: u32,
    /// What is put in for units that are not, and how many.
    pub instead: Option<(ProductId, u32)>,
}

/// A line of which not all is there.
#[derive(Debug, Clone, Copy)]
pub struct Short<'a> {
    /// Where it stands in what the store said.
    pub place: usize,
    pub line: &'a OrderLine,
    pub picked: Picked,
}

/// What an order is made of once it is picked.
#[derive(Debug, Clone, PartialEq)]
pub struct Repacked {
    pub quote: Quote,
    pub lines: Vec<OrderLine>,
    pub changes: Vec<LineChange>,
}

impl Repacked {
    /// For the stock.
    pub fn hold_lines(&self) -> Vec<HoldLine> {
        let line = |line: &OrderLine| HoldLine { product: line.product, quantity: line.quantity };
        self.lines.iter().map(line).collect()
    }

    /// What was ordered and is not there, for the stock.
    pub fn missing(&self) -> Vec<HoldLine> {
        let missing = |change: &LineChange| HoldLine {
            product: change.product,
            quantity: change.ordered - change.packed,
        };
        self.changes.iter().map(missing).collect()
    }
}

/// Those of the lines of which not all is there; or what is wrong with what was said.
pub fn short<'a>(lines: &'a [OrderLine], said: &[Picked]) -> Result<Vec<Short<'a>>, Problem> {
    let mut short: Vec<Short> = Vec::new();
    for (place, picked) in said.iter().copied().enumerate() {
        let line = lines.iter().find(|line| line.line == picked.line);
        let field = |name: &str| format!("lines[{place}].{name}");
        let line =
            line.ok_or_else(|| Problem::invalid(field("line"), "is no line of the order"))?;
        if said[..place].iter().any(|other| other.line == picked.line) {
            return Err(Problem::invalid(field("line"), "is named twice"));
        }
        if picked.quantity > line.quantity {
            return Err(Problem::invalid(field("picked"), "is more than was ordered"));
        }
        let put_in = picked.instead.map_or(0, |(_, quantity)| quantity);
        if picked.quantity + put_in > line.quantity {
            let why = "is more than what is missing";
            return Err(Problem::invalid(field("instead.quantity"), why));
        }
        if picked.quantity < line.quantity {
            short.push(Short { place, line, picked });
        }
    }
    Ok(short)
}

/// Whether nothing at all is left to be packed.
pub fn nothing_left(lines: &[OrderLine], short: &[Short]) -> bool {
    let empty = |short: &Short| short.picked.quantity == 0 && short.picked.instead.is_none();
    short.len() == lines.len() && short.iter().all(empty)
}

/// Whether what is said is how the order of these lines was packed.
pub fn packed_so(said: &[Picked], lines: &[OrderLine], changes: &[LineChange]) -> bool {
    let whole = |picked: &Picked| {
        let same = |line: &OrderLine| (line.line, line.quantity) == (picked.line, picked.quantity);
        picked.instead.is_none() && lines.iter().any(same)
    };
    let so = |picked: &Picked| match changes.iter().find(|change| change.line == picked.line) {
        Some(change) => {
            let instead = change.instead.as_ref().map(|put_in| (put_in.product, put_in.quantity));
            (change.packed, instead) == (picked.quantity, picked.instead)
        }
        None => whole(picked),
    };
    let named = |change: &LineChange| said.iter().any(|picked| picked.line == change.line);
    said.iter().all(so) && changes.iter().all(named)
}

/// Why this may not be put in for that line of the order; none where it may, as far as the law is
/// not asked.
pub fn why_not(lines: &[OrderLine], line: &OrderLine, offer: &Offer) -> Option<WhyNot> {
    if is_alcohol(&line.drink) != is_alcohol(&offer.drink) {
        return Some(WhyNot::AlcoholOnlyByAlcohol);
    }
    // Two lines of one product would be one.
    lines.iter().any(|other| other.product == offer.product).then_some(WhyNot::AlreadyOrdered)
}

/// What is put in for each line, where all of it may be.
pub fn put_in(
    lines: &[OrderLine],
    short: &[Short],
    offers: &[Offer],
) -> Result<Vec<PackedLine>, PackRefusal> {
    let mut taken: Vec<ProductId> = Vec::new();
    let mut packed = Vec::new();
    for Short { place, line, picked } in short {
        let mut instead = None;
        if let Some((product, quantity)) = picked.instead {
            if line.if_missing == IfMissing::None {
                return Err(PackRefusal::ReplacementNotWanted { line: *place });
            }
            let offer = offers.iter().find(|offer| offer.product == product);
            let offer = offer.ok_or(PackRefusal::NotOffered { line: *place })?;
            let twice = taken.contains(&product).then_some(WhyNot::AlreadyOrdered);
            if let Some(why) = why_not(lines, line, offer).or(twice) {
                return Err(why.refusal(*place));
            }
            taken.push(product);
            instead = Some(cart_api::Instead { offer: offer.clone(), quantity });
        }
        packed.push(PackedLine { product: line.product, quantity: picked.quantity, instead });
    }
    Ok(packed)
}

/// The order of what is packed. `quote` is that of the packed lines, in which what is put in for a
/// line stands behind it.
pub fn repacked(
    lines: &[OrderLine],
    packed: &[PackedLine],
    quote: Quote,
) -> anyhow::Result<Repacked> {
    let mut left = quote.lines.iter();
    let mut next = |like: OrderLine| {
        let quoted = left.next().filter(|quoted| quoted.product == like.product);
        let quoted = quoted.with_context(|| format!("{} is not in the quote", like.product))?;
        anyhow::Ok(OrderLine {
            name: quoted.name.clone(),
            drink: quoted.drink,
            quantity: quoted.quantity,
            net_unit_price: quoted.net_unit_price,
            total: quoted.total,
            ..like
        })
    };
    let (mut now, mut changes) = (Vec::new(), Vec::new());
    for line in lines {
        let Some(change) = packed.iter().find(|packed| packed.product == line.product) else {
            now.push(next(line.clone())?);
            continue;
        };
        let mut total = Money::zero(line.total.currency);
        if change.quantity > 0 {
            let kept = next(line.clone())?;
            total = total.plus(kept.total)?;
            now.push(kept);
        }
        let mut instead = None;
        if let Some(put_in) = &change.instead {
            let put_in = next(new_line(line, &put_in.offer))?;
            total = total.plus(put_in.total)?;
            instead = Some(replacement(&put_in));
            now.push(put_in);
        }
        changes.push(LineChange {
            line: line.line,
            product: line.product,
            name: line.name.clone(),
            ordered: line.quantity,
            packed: change.quantity,
            instead,
            agreed: line.total,
            total,
        });
    }
    ensure!(left.next().is_none(), "the quote has lines that are not packed");
    Ok(Repacked { quote, lines: now, changes })
}

/// A line for what is put in, less its amounts.
fn new_line(line: &OrderLine, offer: &Offer) -> OrderLine {
    OrderLine {
        line: LineId::new(),
        product: offer.product,
        category: offer.category.clone(),
        delivered: 0,
        if_missing: IfMissing::None,
        ..line.clone()
    }
}

fn replacement(line: &OrderLine) -> Replacement {
    let (name, total) = (line.name.clone(), line.total);
    Replacement { line: line.line, product: line.product, name, quantity: line.quantity, total }
}
