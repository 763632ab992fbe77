use axum::extract::State;
use kernel::ProductId;
use serde::Deserialize;
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query};

use super::curate::CurationView;
use crate::{App, db};

/// Which decisions.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HistoryQuery {
    /// About this product only.
    product: Option<ProductId>,
}

/// Every decision about Top Picks, newest first: who, when, why.
#[utoipa::path(
    get, path = "/v1/insight/curations", tag = "insight", operation_id = "curations",
    params(HistoryQuery, PageQuery),
    responses(
        (status = OK, body = Page<CurationView>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn curations(
    State(app): State<App>,
    Query(query): Query<HistoryQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<CurationView>>, Fault<Never>> {
    let (limit, after) = (page.limit()?, page.after()?);
    let rows = db::curations(&app.db, query.product, None, after, limit).await?;
    Ok(Json(Page::cut(rows, limit, |row| row.seq).map(CurationView::from)))
}
