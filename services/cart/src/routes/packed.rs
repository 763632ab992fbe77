use axum::extract::State;
use cart_api::{Claimed, Packed, PackedLine, Packing, PackingRefusal};
use catalogue_api::Offer;
use kernel::CartId;
use wire::{Fault, House, Json, Path};

use crate::{
    App, db,
    quote::{self, PackedError, Part},
};

/// What is to be paid for what the store has of an order, by what was agreed to: for services of the
/// house. Asks nobody and changes nothing.
pub async fn packed(
    _: House,
    State(app): State<App>,
    Path(cart): Path<CartId>,
    Json(packing): Json<Packing>,
) -> Result<Json<Packed>, Fault<PackingRefusal>> {
    let row = db::cart::cart(&app.db, cart).await?;
    let row = row.filter(|row| row.claimed_by == Some(packing.order));
    let claim = row.and_then(|row| row.claim).ok_or(PackingRefusal::NoSuchCart)?;
    let claimed: Claimed = serde_json::from_str(&claim).map_err(anyhow::Error::from)?;
    let quoted_at = claimed.quoted_at.unwrap_or(packing.placed_at);
    let tariff = db::rules::tariff_at(&app.db, claimed.store, quoted_at).await?;
    let no = |why: &str| PackingRefusal::NotPriced { why: why.to_owned() };
    let tariff = tariff.ok_or_else(|| no("the store has no tariff of taxes and fees"))?;
    let parts = packing.lines.iter().map(|line| part(&claimed, line));
    let parts = parts.collect::<Result<Vec<_>, _>>()?;
    let quote = quote::packed(&claimed.quote, &parts, &tariff).map_err(refusal)?;
    Ok(Json(Packed { quote, trip: claimed.trip }))
}

fn part<'a>(claimed: &'a Claimed, line: &'a PackedLine) -> Result<Part<'a>, PackingRefusal> {
    let product = line.product;
    let ordered = claimed.lines.iter().find(|ordered| ordered.product == product);
    let ordered = ordered.ok_or(PackingRefusal::NotOrdered { product })?;
    let why = || PackingRefusal::NotPriced { why: "what was offered is not known".into() };
    let offer: &Offer = ordered.offer.as_ref().ok_or_else(why)?;
    let instead = line.instead.as_ref().map(|instead| (&instead.offer, instead.quantity));
    Ok(Part { offer, quantity: line.quantity, instead })
}

fn refusal(error: PackedError) -> PackingRefusal {
    match error {
        PackedError::NotOrdered(product) => PackingRefusal::NotOrdered { product },
        PackedError::CostsMore(product, most) => PackingRefusal::CostsMore { product, most },
        other => PackingRefusal::NotPriced { why: other.to_string() },
    }
}
