use axum::extract::State;
use insight_api::CurationId;
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Path, Problem, Refusal, Signed, StatusCode};

use super::curate::CurationView;
use crate::{
    App,
    db::{self, NewCuration},
};

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum RevertRefusal {
    /// The product has been decided about since.
    DecisionNotNewest,
}

impl Refusal for RevertRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }
    fn detail(&self) -> String {
        "Something else was decided about this product since. Look at it again.".into()
    }
}

/// Undoes the newest decision about a product: what held before it holds again.
#[utoipa::path(
    post, path = "/v1/insight/curations/{curation}/revert", tag = "insight",
    operation_id = "revert_curation",
    params(("curation" = CurationId, Path)),
    responses(
        (status = OK, body = CurationView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn revert_curation(
    actor: Signed,
    State(app): State<App>,
    Path(curation): Path<CurationId>,
) -> Result<Json<CurationView>, Fault<RevertRefusal>> {
    let found = db::curations(&app.db, None, Some(curation), None, 1).await?;
    let product = found.first().ok_or_else(|| Problem::not_found("decision"))?.product;
    let mut tx = app.db.begin().await?;
    db::lock_product(&mut tx, product).await?;
    let latest = db::latest_of(&mut tx, product, 2).await?;
    if latest.first().is_none_or(|newest| newest.id != curation) {
        return Err(RevertRefusal::DecisionNotNewest.into());
    }
    let before = latest.get(1);
    let new = NewCuration {
        product,
        action: before.map_or("clear", |before| before.action.as_str()),
        position: before.and_then(|before| before.position),
        until: before.and_then(db::CurationRow::until),
        note: before.map_or("", |before| before.note.as_str()),
        by: actor.person,
        at: app.clock.now(),
    };
    let made = db::decide(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(Json(made.into()))
}
