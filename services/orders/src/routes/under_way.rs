//! What somebody has to do something about, what presses most first.

use axum::extract::State;
use jiff::Timestamp;
use kernel::{OrderId, StoreId};
use orders_api::State as OrderState;
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Never, Page, PageQuery, Path, Problem, Query, Signed};

use super::lists::summary;
use crate::{
    App,
    db::{self, LoadRow, Pressing, Queued, Which},
    lifecycle::Stage,
    view::OrderSummary,
};

type Answer = Result<Json<Page<OrderSummary>>, Fault<Never>>;

/// What a store has to accept, pack and hand to drivers: what waits for its answer, by when that runs
/// out; then the rest, what is due first.
#[utoipa::path(
    get, path = "/v1/orders/stores/{store}/queue", tag = "orders", operation_id = "store_queue",
    params(("store" = StoreId, Path), PageQuery),
    responses(
        (status = OK, body = Page<OrderSummary>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn store_queue(
    State(app): State<App>,
    asker: Signed,
    Path(store): Path<StoreId>,
    Query(page): Query<PageQuery>,
) -> Answer {
    if !asker.reach.store(store) {
        return Err(Problem::not_found("store").into());
    }
    let (limit, after) = (page.limit()?, page.after::<Queued>()?);
    wire::of_our_days("after", after.map(|(_, next_by, _)| next_by))?;
    let rows = db::queue(&app.db, store, after, limit).await?;
    let place = |row: &Pressing| (row.order.state != OrderState::Paid, row.next_by, row.order.id);
    shown(Page::cut(rows, limit, place), &asker)
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UnderWayQuery {
    /// Only what is so far.
    #[param(inline)]
    stage: Option<Stage>,
    /// Only orders from this store.
    store: Option<StoreId>,
    /// `next` of the page before.
    #[param(max_length = 1000)]
    after: Option<String>,
    /// How many items at most, 1 to 100; 20 unless told.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// Everyone's orders that are paid and have not come to an end, what presses most first: by when what comes
/// next has to have happened, which is the store's answer, being packed, being at the door.
#[utoipa::path(
    get, path = "/v1/orders/under-way", tag = "orders", operation_id = "orders_under_way",
    params(UnderWayQuery),
    responses(
        (status = OK, body = Page<OrderSummary>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn orders_under_way(
    State(app): State<App>,
    asker: Signed,
    Query(query): Query<UnderWayQuery>,
) -> Answer {
    let page = PageQuery { after: query.after, limit: query.limit };
    let (limit, after) = (page.limit()?, page.after::<(Timestamp, OrderId)>()?);
    wire::of_our_days("after", after.map(|(next_by, _)| next_by))?;
    let states = query.stage.map_or(Stage::ALL_STATES, Stage::states);
    let which = Which { states, store: query.store };
    let rows = db::under_way(&app.db, &which, after, limit).await?;
    shown(Page::cut(rows, limit, |row| (row.next_by, row.order.id)), &asker)
}

fn shown(page: Page<Pressing>, asker: &Signed) -> Answer {
    let Page { items, next } = page;
    let items = items.into_iter().map(|row| summary(&row.order, row.lines, asker));
    Ok(Json(Page { items: items.collect::<anyhow::Result<_>>()?, next }))
}

/// How many orders of a store are under way, by how far they are.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StoreLoad {
    store: StoreId,
    unanswered: u64,
    in_store: u64,
    with_driver: u64,
}

impl From<LoadRow> for StoreLoad {
    fn from(row: LoadRow) -> Self {
        Self {
            store: StoreId::from_uuid(row.store_id),
            unanswered: row.unanswered.unsigned_abs(),
            in_store: row.in_store.unsigned_abs(),
            with_driver: row.with_driver.unsigned_abs(),
        }
    }
}

/// The stores of which orders are under way, and how many.
#[utoipa::path(
    get, path = "/v1/orders/under-way/stores", tag = "orders", operation_id = "loads_of_stores",
    params(PageQuery),
    responses(
        (status = OK, body = Page<StoreLoad>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn loads_of_stores(
    State(app): State<App>,
    _: Signed,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<StoreLoad>>, Fault<Never>> {
    let (limit, after) = (page.limit()?, page.after::<StoreId>()?);
    let rows = db::loads(&app.db, after, limit).await?;
    Ok(Json(Page::cut(rows, limit, |row| StoreId::from_uuid(row.store_id)).map(StoreLoad::from)))
}
