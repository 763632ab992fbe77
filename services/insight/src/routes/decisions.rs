use axum::extract::State;
use serde::Serialize;
use wire::{Fault, Json, Never, Problem};

use super::curate::CurationView;
use crate::{App, db};

/// The decisions that hold, the newest first.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Decisions {
    #[schema(max_items = 500)]
    items: Vec<StandingDecision>,
}

/// A decision that holds: it has not ended, and no later one about the product has taken its place.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StandingDecision {
    #[serde(flatten)]
    decision: CurationView,
    /// Whether the product can be sold: it is shown only then.
    active: bool,
}

/// What operators decided about Top Picks and still holds: one decision for each product, at most 500.
#[utoipa::path(
    get, path = "/v1/insight/top-picks/decisions", tag = "insight", operation_id = "decisions",
    responses(
        (status = OK, body = Decisions),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn decisions(State(app): State<App>) -> Result<Json<Decisions>, Fault<Never>> {
    let rows = db::standing(&app.db, app.clock.now()).await?.into_iter();
    let items =
        rows.map(|row| StandingDecision { active: row.active, decision: row.curation.into() });
    Ok(Json(Decisions { items: items.collect() }))
}
