use std::collections::BTreeSet;

use axum::extract::State;
use cart_api::{CartFilled, IfMissing};
use catalogue_api::{Offers, OffersRefusal, OffersWanted};
use garde::Validate;
use kernel::{CartId, ProductId, StoreId};
use serde::{Deserialize, Serialize};
use wire::{CallError, Fault, IfMatch, Json, Path, Problem, Signed, etag};

use crate::{
    App,
    cart::{Cart, Tagged},
    change::Change,
    db::{self, cart::Line},
    refill::{Refilled, Wanted, refill},
    refusal::ChangeRefusal,
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FillCart {
    #[garde(length(min = 1, max = 100), dive)]
    #[schema(min_items = 1, max_items = 100)]
    lines: Vec<FillLine>,
}

/// So many of a product.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FillLine {
    #[garde(skip)]
    product: ProductId,
    #[garde(range(min = 1, max = kernel::MAX_QUANTITY))]
    #[schema(minimum = 1, maximum = 999)]
    quantity: u32,
    /// What is wanted where the store turns out not to have all of it. As it was, or `none`, where
    /// nothing is said.
    #[garde(skip)]
    #[serde(default)]
    #[schema(nullable = false)]
    if_missing: Option<IfMissing>,
}

/// The cart, and what became of each line.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Filled {
    #[serde(flatten)]
    cart: Cart,
    /// In the order in which they were wanted.
    refilled: Vec<Refilled>,
}

/// Makes sure that so many of each product are in the cart, as far as the store has them.
///
/// What it does not sell, or has too few of, is told line by line and keeps nothing else out. Nothing
/// is taken out of the cart, and the same sent again changes nothing more.
#[utoipa::path(
    post, path = "/v1/cart/carts/{cart}/lines", tag = "cart", operation_id = "fill_cart",
    params(
        ("cart" = CartId, Path),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read"),
    ),
    request_body = FillCart,
    responses(
        (status = OK, body = Filled),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn fill_cart(
    State(app): State<App>,
    actor: Signed,
    Path(cart): Path<CartId>,
    if_match: Option<IfMatch>,
    Json(FillCart { lines }): Json<FillCart>,
) -> Result<Tagged<Filled>, Fault<ChangeRefusal>> {
    let row = db::cart::cart(&app.db, cart).await?;
    let row = row.filter(|row| row.customer == actor.customer());
    let store = row.ok_or_else(|| Problem::not_found("cart"))?.store;
    let wanted: Vec<Wanted> = lines
        .into_iter()
        .map(|FillLine { product, quantity, if_missing }| Wanted { product, quantity, if_missing })
        .collect();
    let offers = offers(&app, store, &wanted).await?;
    let mut change = Change::begin(&app, &actor, cart, if_match).await?;
    let there = db::cart::cart(&mut *change.tx, cart).await?.map_or_else(Vec::new, |row| row.lines);
    let refilled = refill(&wanted, &there, &offers, app.config.most_lines as usize);
    put(&app, &mut change, (&wanted, &refilled, &offers)).await?;
    if there.is_empty() && refilled.iter().any(|one| one.now > 0) {
        feed::append(&mut change.tx, &CartFilled { cart, store }, app.clock.now()).await?;
    }
    let (_, Json(cart)) = change.commit().await?;
    Ok((etag(cart.version), Json(Filled { cart, refilled })))
}

/// What the store offers of it; asked before the cart is locked.
async fn offers(
    app: &App,
    store: StoreId,
    wanted: &[Wanted],
) -> Result<Offers, Fault<ChangeRefusal>> {
    let products: BTreeSet<ProductId> = wanted.iter().map(|wanted| wanted.product).collect();
    let asked = OffersWanted { store, products: products.into_iter().collect(), door: None };
    app.catalogue.offers(&asked).await.map_err(|error: CallError<OffersRefusal>| {
        Fault::from_call(error, |OffersRefusal::NoSuchStore| ChangeRefusal::NoSuchStore.into())
    })
}

async fn put(
    app: &App,
    change: &mut Change,
    (wanted, refilled, offers): (&[Wanted], &[Refilled], &Offers),
) -> sqlx::Result<()> {
    let (most, now) = (app.config.most_lines.into(), app.clock.now());
    for one in refilled.iter().filter(|one| one.now > one.was) {
        let wish = wanted.iter().find(|wanted| wanted.product == one.product);
        let if_missing = wish.and_then(|wish| wish.if_missing);
        let offer = offers.offers.iter().find(|offer| offer.product == one.product);
        let price = offer.map(|offer| offer.price);
        let price = price.filter(|price| price.currency == change.row.currency);
        let seen_price = price.map(|price| price.amount);
        let line = Line { product: one.product, quantity: one.now, if_missing, seen_price };
        db::change::set_line(&mut change.tx, change.cart, line, most, now).await?;
    }
    Ok(())
}
