use axum::extract::State as Shared;
use kernel::{OrderId, StoreId};
use serde::Deserialize;
use uuid::Uuid;
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query, Signed};

use super::view::{ComplaintState, ComplaintView};
use crate::{App, db, db::complaint::Listed};

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ComplaintsQuery {
    /// Those that are `open` come oldest first, all others newest first; all unless told.
    #[serde(default)]
    #[param(inline)]
    state: Option<ComplaintState>,
    /// Only those of this order.
    order: Option<OrderId>,
    /// Only those about what this store sold; all that the asker may see unless told.
    store: Option<StoreId>,
    /// `next` of the page before.
    #[param(max_length = 1000)]
    after: Option<String>,
    /// How many items at most, 1 to 100; 20 unless told.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// What customers ask money back for, and what was decided.
#[utoipa::path(
    get, path = "/v1/payments/complaints", tag = "payments", operation_id = "complaints",
    params(ComplaintsQuery),
    responses(
        (status = OK, body = Page<ComplaintView>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn complaints(
    actor: Signed,
    Shared(app): Shared<App>,
    Query(query): Query<ComplaintsQuery>,
) -> Result<Json<Page<ComplaintView>>, Fault<Never>> {
    let page = PageQuery { after: query.after, limit: query.limit };
    let (limit, after) = (page.limit()?, page.after::<Uuid>()?);
    let stores = match query.store {
        Some(store) if actor.reach.store(store) => Some(vec![store]),
        Some(_) => return Err(Problem::not_found("store").into()),
        None => actor.reach.only_stores(),
    };
    let which = Listed {
        standing: query.state.map(ComplaintState::as_str),
        order: query.order,
        stores,
        oldest_first: query.state == Some(ComplaintState::Open),
    };
    let part = (after, i64::from(limit) + 1);
    let rows = db::complaint::list(&app.db, which, part, app.clock.now()).await?;
    let page = Page::cut(rows, limit, |row| row.id);
    Ok(Json(page.map(|row| ComplaintView::of(row, &actor))))
}
