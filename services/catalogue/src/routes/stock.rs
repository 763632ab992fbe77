use axum::extract::State;
use jiff::Timestamp;
use kernel::{OrderId, PersonId, ProductId, StoreId};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use wire::{Fault, Json, Never, Page, PageQuery, Path, Problem, Query, Signed};

use crate::{
    App,
    db::movements::{self, MovementRow, StockRow},
    product::StockState,
};

/// One product's stock at a store.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StockView {
    product: ProductId,
    name: String,
    /// What is in the store.
    on_hand: u32,
    /// Of it, promised to paid orders.
    allocated: u32,
    /// Of it, held for customers who are paying.
    held: u32,
    /// What can still be promised.
    free: u32,
    low_threshold: u32,
    stock: StockState,
    /// For `If-Match`.
    version: i64,
}

impl From<StockRow> for StockView {
    fn from(row: StockRow) -> Self {
        let free = row.on_hand - row.allocated - row.held;
        let whole = |number: i32| u32::try_from(number).unwrap_or(0);
        Self {
            product: row.product_id,
            name: row.name,
            on_hand: whole(row.on_hand),
            allocated: whole(row.allocated),
            held: whole(row.held),
            free: whole(free),
            low_threshold: whole(row.low_threshold),
            stock: StockState::of(free, row.low_threshold),
            version: row.version,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StockQuery {
    /// Only what is at its threshold or below.
    low: Option<bool>,
    /// `next` of the page before.
    #[param(max_length = 1000)]
    after: Option<String>,
    /// How many items at most, 1 to 100; 20 unless told.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// What a store has, in the order of name.
#[utoipa::path(
    get, path = "/v1/catalogue/stores/{store}/stock", tag = "catalogue",
    operation_id = "list_stock",
    params(("store" = StoreId, Path), StockQuery),
    responses(
        (status = OK, body = Page<StockView>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn list(
    asker: Signed,
    State(app): State<App>,
    Path(store): Path<StoreId>,
    Query(query): Query<StockQuery>,
) -> Result<Json<Page<StockView>>, Fault<Never>> {
    super::of_store(&asker.reach, store)?;
    let page = PageQuery { after: query.after, limit: query.limit };
    let (limit, after) = (page.limit()?, super::after_name(&page)?);
    let (low, now) = (query.low.unwrap_or(false), app.clock.now());
    let rows =
        movements::stock_page(&app.reads.lagging(), store, low, after.as_ref(), (limit, now))
            .await?;
    let page = Page::cut(rows, limit, |row| (row.name_key.clone(), row.product_id));
    Ok(Json(page.map(StockView::from)))
}

/// One entry of a store's ledger.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MovementView {
    id: i64,
    product: ProductId,
    product_name: String,
    /// `receipt`, `sale`, `return`, `write_off` or `count`.
    kind: String,
    /// What was added to what is on hand; negative where something left.
    quantity: i32,
    /// On hand after it.
    on_hand: u32,
    order: Option<OrderId>,
    /// Who did it; absent for imports and what orders cause.
    person: Option<PersonId>,
    reason: Option<String>,
    at: Timestamp,
}

impl From<MovementRow> for MovementView {
    fn from(row: MovementRow) -> Self {
        Self {
            id: row.id,
            at: row.at(),
            product: row.product_id.into(),
            product_name: row.product_name,
            kind: row.kind,
            quantity: row.quantity,
            on_hand: u32::try_from(row.on_hand).unwrap_or(0),
            order: row.order_id.map(OrderId::from_uuid),
            person: row.person_id.map(PersonId::from_uuid),
            reason: row.reason,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MovementsQuery {
    /// Only this product's.
    product: Option<ProductId>,
    /// `next` of the page before.
    #[param(max_length = 1000)]
    after: Option<String>,
    /// How many items at most, 1 to 100; 20 unless told.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// All that moved a store's stock, newest first.
#[utoipa::path(
    get, path = "/v1/catalogue/stores/{store}/movements", tag = "catalogue",
    operation_id = "list_movements",
    params(("store" = StoreId, Path), MovementsQuery),
    responses(
        (status = OK, body = Page<MovementView>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn movements(
    asker: Signed,
    State(app): State<App>,
    Path(store): Path<StoreId>,
    Query(query): Query<MovementsQuery>,
) -> Result<Json<Page<MovementView>>, Fault<Never>> {
    super::of_store(&asker.reach, store)?;
    let page = PageQuery { after: query.after, limit: query.limit };
    let (limit, before) = (page.limit()?, page.after()?);
    let rows =
        movements::movements(&app.reads.lagging(), store, query.product, before, limit).await?;
    Ok(Json(Page::cut(rows, limit, |row| row.id).map(MovementView::from)))
}
