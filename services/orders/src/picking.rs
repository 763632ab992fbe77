//! Brings the stock to what is picked of an order, before the order is packed.
//!
//! A pick has a number, and only the one with the last number packs the order. The catalogue makes
//! no pick that is older than one that it has made. So two people who pack one order at once, or
//! one whose process is killed on the way, leave an order that is still to be packed, of which
//! whoever packs it next says again what is there.

use cart_api::{PackedLine, Packing, PackingRefusal};
use catalogue_api::{HoldLine, HoldRefusal, Offer, OffersWanted, Pick};
use compliance_api::{Facts, Moment};
use delivery_api::Estimate;
use orders_api::OrderLine;
use wire::{CallError, Fault, Problem};

use crate::{
    App,
    db::{self, OrderRow},
    order::{self, Contents},
    packing::{self, PackRefusal, Repacked, Short},
};

type Answer<T> = Result<T, Fault<PackRefusal>>;

/// What the order will be made of, priced and judged, with its stock; and the number of the pick.
pub async fn pick(
    app: &App,
    row: &OrderRow,
    lines: &[OrderLine],
    short: &[Short<'_>],
) -> Answer<(i32, Box<Repacked>)> {
    let contents = row.contents.as_ref();
    let contents = contents.ok_or_else(|| anyhow::anyhow!("a placed order has contents"))?;
    let made = made(app, row, contents, (lines, short)).await?;
    let number = follow(app, row, (made.hold_lines(), made.missing())).await?;
    Ok((number, Box::new(made)))
}

/// The number of the pick of an order of which nothing is there; its stock is not there either.
pub async fn nothing(app: &App, row: &OrderRow, lines: &[OrderLine]) -> Answer<i32> {
    let missing = |line: &OrderLine| HoldLine { product: line.product, quantity: line.quantity };
    follow(app, row, (Vec::new(), lines.iter().map(missing).collect())).await
}

/// Lets the stock follow what is packed and what is missing.
async fn follow(
    app: &App,
    row: &OrderRow,
    (lines, missing): (Vec<HoldLine>, Vec<HoldLine>),
) -> Answer<i32> {
    let number = db::begin_pick(&app.db, row.id).await?.ok_or(PackRefusal::PickedAnew)?;
    let pick = Pick { number, lines, missing };
    app.catalogue.pick(row.id, &pick).await.map_err(|error| {
        Fault::from_call(error, |refusal| match refusal {
            HoldRefusal::OutOfStock { short } => PackRefusal::OutOfStock { short }.into(),
            // It is ending, or packed otherwise at this moment.
            _ => PackRefusal::PickedAnew.into(),
        })
    })?;
    Ok(number)
}

async fn made(
    app: &App,
    row: &OrderRow,
    contents: &Contents,
    (lines, short): (&[OrderLine], &[Short<'_>]),
) -> Answer<Repacked> {
    if short.is_empty() {
        // Whole again, after a pick that came to nothing.
        let (quote, lines) = (contents.quote.clone(), lines.to_vec());
        return Ok(Repacked { quote, lines, changes: Vec::new() });
    }
    let offers = offers(app, contents, short).await?;
    let packed = packing::put_in(lines, short, &offers)?;
    let packing = Packing {
        order: row.id,
        placed_at: row.placed_at.unwrap_or(row.created_at),
        lines: packed.clone(),
    };
    let priced = app.carts.packed(row.cart, &packing).await;
    let priced = priced.map_err(|error| unpriced(error, short, &packed))?;
    if priced.quote.total.amount <= 0 {
        let why = "nothing would be left to be paid".into();
        return Err(PackRefusal::NotPriced { why }.into());
    }
    let made = packing::repacked(lines, &packed, priced.quote)?;
    if offers.is_empty() {
        return Ok(made);
    }
    lawful(app, row, (contents, &made), priced.trip).await?;
    Ok(made)
}

/// What the store offers of what is to be put in; not asked where nothing is.
async fn offers(app: &App, contents: &Contents, short: &[Short<'_>]) -> Answer<Vec<Offer>> {
    let products: Vec<_> = short.iter().filter_map(|short| Some(short.picked.instead?.0)).collect();
    if products.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = OffersWanted { store: contents.store.store, products, door: None };
    let offers = app.catalogue.offers(&wanted).await;
    let offers = offers.map_err(|error| match error {
        CallError::Unavailable(service) => Problem::unavailable(service),
        CallError::Refused(refusal) => refusal.into(),
    })?;
    Ok(offers.offers)
}

fn unpriced(
    error: CallError<PackingRefusal>,
    short: &[Short<'_>],
    packed: &[PackedLine],
) -> Fault<PackRefusal> {
    Fault::from_call(error, |refusal| match refusal {
        PackingRefusal::CostsMore { product, most } => {
            let put_in = |line: &PackedLine| {
                line.instead.as_ref().is_some_and(|instead| instead.offer.product == product)
            };
            let place = packed.iter().position(put_in).and_then(|place| short.get(place));
            PackRefusal::CostsMore { line: place.map_or(0, |short| short.place), most }.into()
        }
        PackingRefusal::NotPriced { why } => PackRefusal::NotPriced { why }.into(),
        // Its customer was erased long ago.
        PackingRefusal::NoSuchCart => {
            PackRefusal::NotPriced { why: "what was agreed to is kept no more".into() }.into()
        }
        other @ PackingRefusal::NotOrdered { .. } => {
            anyhow::anyhow!("the cart does not fit its order: {other:?}").into()
        }
    })
}

/// The law is asked again about what has become another sale, as when a driver takes it out, now or
/// for the slot in which it is wanted.
async fn lawful(
    app: &App,
    row: &OrderRow,
    (contents, made): (&Contents, &Repacked),
    trip: Estimate,
) -> Answer<()> {
    let now = app.clock.now();
    let (store, destination) = (&contents.store, &contents.destination);
    let leaving = order::leaving(contents.slot.map(|agreed| agreed.slot), trip, now, now);
    let facts = Facts {
        moment: Moment::Dispatch,
        subject: row.id.to_string(),
        store: store.store,
        store_place: store.place,
        door_place: Some(destination.place),
        address_kind: destination.kind,
        customer: row.customer.cast(),
        at: leaving.first,
        back_by: Some(leaving.back_by),
        shown_date_of_birth: None,
        shown_valid_until: None,
        items: made.lines.iter().map(OrderLine::item).collect(),
    };
    let verdict = app.compliance.judge_leaving(facts, leaving).await;
    let verdict = verdict.map_err(|_| Problem::unavailable("compliance"))?;
    if verdict.allowed {
        return Ok(());
    }
    let (reasons, verdict) = (verdict.reasons, verdict.verdict);
    Err(PackRefusal::Unlawful { reasons, verdict }.into())
}
