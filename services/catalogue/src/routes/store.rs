use axum::extract::State;
use kernel::StoreId;
use wire::{Fault, Json, Never, Path, Problem, Signed};

use super::stores::StoreView;
use crate::{App, db::stores};

/// One store.
#[utoipa::path(
    get, path = "/v1/catalogue/stores/{store}", tag = "catalogue", operation_id = "get_store",
    params(("store" = StoreId, Path)),
    responses(
        (status = OK, body = StoreView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn get(
    State(app): State<App>,
    Path(store): Path<StoreId>,
    asker: Option<Signed>,
) -> Result<(super::Tag, Json<StoreView>), Fault<Never>> {
    let inside = asker.is_some_and(|asker| asker.reach.store(store));
    let row = stores::store(&app.db, store).await?.filter(|row| row.active || inside);
    let row = row.ok_or_else(|| Problem::not_found("store"))?;
    let version = row.version;
    Ok((wire::etag(version), Json(StoreView::new(row, app.clock.now(), None)?)))
}
