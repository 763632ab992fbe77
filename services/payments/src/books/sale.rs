//! What an order's money is made of, as it was told when its payment was started.

use jiff::Timestamp;
use kernel::LineId;
use payments_api::{Part, PartKind, Sale, Start, StartRefusal};
use store::Db;
use wire::{Fault, Problem};

use super::PartStanding;
use crate::db;

/// Checks and keeps the sale of an order; the first stays. The vendor's commission is that of now.
pub async fn keep(db: &Db, start: &Start, now: Timestamp) -> Result<(), Fault<StartRefusal>> {
    let Some(sale) = &start.sale else { return Ok(()) };
    let checked = sale.check(start.amount);
    checked.map_err(|wrong| Problem::invalid(wrong.field, wrong.why))?;
    if sale.vendor != start.vendor {
        return Err(Problem::invalid("sale.vendor", "is not the payment's").into());
    }
    if sale.store != start.store {
        return Err(Problem::invalid("sale.store", "is not the payment's").into());
    }
    Ok(db::sale::insert(db, start.order, (sale, start.amount), now).await?)
}

/// Its parts, none of them taken yet. `asked`: the lines that something is asked back for.
pub fn parts(sale: &Sale, asked: &[LineId]) -> Vec<PartStanding> {
    let part = |(line, part): (Option<LineId>, &Part)| PartStanding {
        kind: part.kind,
        party: party(sale, part),
        of_line: line.is_some(),
        asked: line.is_some_and(|line| asked.contains(&line)),
        agreed: part.amount.amount,
        left: 0,
    };
    sale.parts().map(part).collect()
}

fn party(sale: &Sale, part: &Part) -> String {
    match part.kind {
        PartKind::Goods | PartKind::Deposit => sale.vendor.to_string(),
        PartKind::Excise | PartKind::SalesTax => part.authority.clone().unwrap_or_default(),
        PartKind::DeliveryFee | PartKind::ServiceFee | PartKind::Tip => String::new(),
    }
}
