use axum::extract::State;
use catalogue_api::StoreChanged;
use garde::Validate;
use kernel::{StoreId, Zone};
use serde::Deserialize;
use wire::{IfMatch, Json, Path, Problem, Signed};

use super::{
    edit_store::{Answer, a_shape, answer},
    stores::StoreView,
};
use crate::{App, db::stores};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ZoneInput {
    /// Where the store delivers.
    #[garde(custom(a_shape))]
    zone: Zone,
}

/// Changes where a store delivers.
///
/// Orders that are under way still come; carts that lead elsewhere are refused from then on.
#[utoipa::path(
    put, path = "/v1/catalogue/stores/{store}/zone", tag = "catalogue", operation_id = "change_zone",
    params(("store" = StoreId, Path), ("If-Match" = String, Header)), request_body = ZoneInput,
    responses(
        (status = OK, body = StoreView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn change(
    asker: Signed,
    State(app): State<App>,
    Path(store): Path<StoreId>,
    IfMatch(version): IfMatch,
    Json(input): Json<ZoneInput>,
) -> Answer {
    super::of_store(&asker.reach, store)?;
    stores::store(&app.db, store).await?.ok_or_else(|| Problem::not_found("store"))?;
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let edited = stores::set_zone(&mut tx, (store, version), &input.zone, now).await?;
    let edited = edited.ok_or_else(|| Problem::stale("store"))?;
    feed::append(&mut tx, &StoreChanged::from(edited), now).await?;
    tx.commit().await?;
    answer(&app, store).await
}
