use axum::{extract::State, http::StatusCode};
use catalogue_api::{OffersRefusal, OffersWanted};
use garde::Validate;
use kernel::{CartId, StoreId};
use serde::Deserialize;
use wire::{Fault, Json, Problem, Signed};

use crate::{
    App,
    cart::{Cart, Tagged},
    db::{self, cart::NewCart},
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenCart {
    #[garde(skip)]
    store: StoreId,
}

/// Opens a cart at a store, or gives the one that is open there.
#[utoipa::path(
    post, path = "/v1/cart/carts", tag = "cart", operation_id = "open_cart",
    request_body = OpenCart,
    responses(
        (status = OK, description = "It was open", body = Cart),
        (status = CREATED, description = "It is new", body = Cart),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn open_cart(
    State(app): State<App>,
    actor: Signed,
    Json(OpenCart { store }): Json<OpenCart>,
) -> Result<(StatusCode, Tagged<Cart>), Fault<OffersRefusal>> {
    let customer = actor.customer();
    if let Some(cart) = db::cart::open_cart(&app.db, customer, store).await? {
        return answer(&app, cart, StatusCode::OK).await;
    }
    let wanted = OffersWanted { store, products: vec![], door: None };
    let offers = app.catalogue.offers(&wanted).await;
    let facts = offers.map_err(|error| Fault::from_call(error, Fault::Refused))?.store;
    let new = NewCart {
        id: CartId::new(),
        customer,
        store,
        store_name: &facts.name,
        currency: facts.currency,
        at: app.clock.now(),
    };
    if db::cart::insert_cart(&app.db, &new).await? {
        return answer(&app, new.id, StatusCode::CREATED).await;
    }
    let cart = db::cart::open_cart(&app.db, customer, store).await?;
    answer(&app, cart.unwrap_or(new.id), StatusCode::OK).await
}

async fn answer(
    app: &App,
    cart: CartId,
    status: StatusCode,
) -> Result<(StatusCode, Tagged<Cart>), Fault<OffersRefusal>> {
    let row = db::cart::cart(&app.db, cart).await?;
    let row = row.ok_or_else(|| Problem::stale("cart"))?;
    Ok((status, Cart::from(row).tagged()))
}
