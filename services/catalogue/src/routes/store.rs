use axum::extract::State;
use kernel::StoreId;
use serde::Deserialize;
use utoipa::IntoParams;
use wire::{Fault, Json, Never, Path, Problem, Query, Signed};

use super::stores::{StoreView, place, views};
use crate::{App, db::stores};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StoreQuery {
    /// As it is to who is at this place: latitude and longitude.
    #[param(example = "41.5868,-93.6250", max_length = 60)]
    near: Option<String>,
}

/// One store.
#[utoipa::path(
    get, path = "/v1/catalogue/stores/{store}", tag = "catalogue", operation_id = "get_store",
    params(("store" = StoreId, Path), StoreQuery),
    responses(
        (status = OK, body = StoreView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn get(
    State(app): State<App>,
    Path(store): Path<StoreId>,
    Query(query): Query<StoreQuery>,
    asker: Option<Signed>,
) -> Result<(super::Tag, Json<StoreView>), Fault<Never>> {
    let near = query.near.as_deref().map(place).transpose()?;
    let inside = asker.is_some_and(|asker| asker.reach.store(store));
    let row = stores::store(&app.db, store).await?.filter(|row| row.active || inside);
    let row = row.ok_or_else(|| Problem::not_found("store"))?;
    let version = row.version;
    let view = views(&app, vec![row], near).await?.pop();
    let view = view.ok_or_else(|| Problem::not_found("store"))?;
    Ok((wire::etag(version), Json(view)))
}
