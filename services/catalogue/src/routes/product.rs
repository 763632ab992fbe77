use axum::{
    extract::State,
    http::Uri,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use kernel::{Money, ProductId, StoreId};
use serde::Serialize;
use store::Lagging;
use uuid::Uuid;
use wire::{Fault, Json, Never, Page, PageQuery, Path, Problem, Query, Signed};

use super::product_view::ProductView;
use crate::{
    App, answers,
    db::{
        products::{self, OfferRow},
        stores,
    },
    product::{StockState, price_per_litre},
};

/// A product's own page.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProductPage {
    #[serde(flatten)]
    product: ProductView,
    /// What stores ask for it, the cheapest first.
    offers: Page<StoreOffer>,
}

/// One store's offer of a product.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StoreOffer {
    store: StoreId,
    store_name: String,
    price: Money,
    /// Absent where the product has no volume to speak of.
    price_per_litre: Option<Money>,
    /// For all containers of one unit.
    deposit: Option<Money>,
    stock: StockState,
}

/// One product, with a page of what stores ask for it.
#[utoipa::path(
    get, path = "/v1/catalogue/products/{product}", tag = "catalogue", operation_id = "get_product",
    params(("product" = ProductId, Path), PageQuery),
    responses(
        (status = OK, body = ProductPage),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn get(
    State(app): State<App>,
    Path(product): Path<ProductId>,
    uri: Uri,
    Query(page): Query<PageQuery>,
    asker: Option<Signed>,
) -> Result<Response, Fault<Never>> {
    let inside = asker.is_some_and(|asker| asker.reach.all);
    let (limit, after) = (page.limit()?, page.after()?);
    let (from, now) = (app.reads.lagging(), app.clock.now());
    let load = async move { shown(&from, product, inside, (limit, after, now)).await };
    let answer = if inside {
        load.await?.map(|(version, page)| (version.map(wire::etag), Json(page)).into_response())
    } else {
        answers::answer(&app.answers, &uri, load).await?
    };
    Ok(answer.ok_or_else(|| Problem::not_found("product"))?)
}

/// The page and its version, where the asker may see it.
async fn shown(
    from: &Lagging,
    product: ProductId,
    inside: bool,
    (limit, after, now): (u32, Option<(i64, Uuid)>, Timestamp),
) -> anyhow::Result<Option<(Option<i64>, ProductPage)>> {
    let row = products::product(from, product).await?.filter(|row| row.active || inside);
    let Some(row) = row else { return Ok(None) };
    let offers = products::offers(from, product, after, (limit, now)).await?;
    let page = Page::cut(offers, limit, |row| (row.price_minor, row.store_id));
    let drink = row.drink();
    let offer = |offer: OfferRow| {
        let currency = stores::currency(&offer.currency)?;
        let price = Money::new(offer.price_minor, currency);
        Ok(StoreOffer {
            store: StoreId::from_uuid(offer.store_id),
            store_name: offer.store_name,
            price,
            price_per_litre: price_per_litre(price, drink),
            deposit: offer.deposit_minor.map(|amount| Money { amount, currency }),
            stock: StockState::of(offer.free, offer.low_threshold),
        })
    };
    let items = page.items.into_iter().map(offer).collect::<anyhow::Result<Vec<_>>>()?;
    let offers = Page { items, next: page.next };
    Ok(Some((Some(row.version), ProductPage { product: row.into(), offers })))
}
