use axum::extract::State;
use kernel::{Money, ProductId, StoreId};
use serde::Serialize;
use wire::{Fault, Json, Never, Page, PageQuery, Path, Problem, Query, Signed};

use super::product_view::{ProductView, StockState};
use crate::{
    App,
    db::{
        products::{self, OfferRow},
        stores,
    },
    product::price_per_litre,
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
    Query(page): Query<PageQuery>,
    asker: Option<Signed>,
) -> Result<(super::Tag, Json<ProductPage>), Fault<Never>> {
    let inside = asker.is_some_and(|asker| asker.reach.all);
    let (limit, after) = (page.limit()?, page.after()?);
    let row = products::product(&app.db, product).await?.filter(|row| row.active || inside);
    let row = row.ok_or_else(|| Problem::not_found("product"))?;
    let now = app.clock.now();
    let offers = products::offers(&app.db, product, after, (limit, now)).await?;
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
    Ok((wire::etag(row.version), Json(ProductPage { product: row.into(), offers })))
}
