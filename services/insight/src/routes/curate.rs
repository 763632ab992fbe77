use axum::{extract::State, http::StatusCode};
use garde::Validate;
use insight_api::CurationId;
use jiff::Timestamp;
use kernel::{PersonId, ProductId};
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Never, Path, Problem, Signed};

use crate::{
    App,
    blend::MOST,
    db::{self, CurationRow, NewCuration},
};

/// A decision about a product in Top Picks.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Curate {
    #[garde(skip)]
    action: Action,
    /// Its place, counted from 1: for `pin`, and only for it.
    #[garde(range(min = 1, max = MOST as i32))]
    #[schema(minimum = 1, maximum = 50)]
    position: Option<i32>,
    /// When the decision ends by itself.
    #[garde(skip)]
    until: Option<Timestamp>,
    /// Why, for the other operators.
    #[serde(default)]
    #[garde(length(chars, max = 500), custom(wire::plain_text))]
    #[schema(max_length = 500)]
    note: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Give it this place.
    Pin,
    /// Show it, ranked by its score, whatever that is.
    Add,
    /// Do not show it.
    Remove,
}

impl Action {
    const fn name(self) -> &'static str {
        match self {
            Self::Pin => "pin",
            Self::Add => "add",
            Self::Remove => "remove",
        }
    }
}

/// A decision that was made.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CurationView {
    id: CurationId,
    product: ProductId,
    name: String,
    /// `pin`, `add`, `remove`, or `clear`: back to what the score says.
    action: String,
    position: Option<i32>,
    until: Option<Timestamp>,
    note: String,
    decided_by: PersonId,
    decided_at: Timestamp,
}

impl From<CurationRow> for CurationView {
    fn from(row: CurationRow) -> Self {
        let (until, decided_at) = (row.until(), row.decided_at());
        Self {
            id: row.id,
            product: row.product,
            name: row.name,
            action: row.action,
            position: row.position,
            until,
            note: row.note,
            decided_by: row.decided_by,
            decided_at,
        }
    }
}

/// Pins, adds or removes a product; what was decided about it before no longer holds.
#[utoipa::path(
    put, path = "/v1/insight/top-picks/{product}", tag = "insight", operation_id = "curate",
    params(("product" = ProductId, Path)),
    request_body = Curate,
    responses(
        (status = OK, body = CurationView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn curate(
    actor: Signed,
    State(app): State<App>,
    Path(product): Path<ProductId>,
    Json(input): Json<Curate>,
) -> Result<Json<CurationView>, Fault<Never>> {
    let now = app.clock.now();
    if (input.action == Action::Pin) != input.position.is_some() {
        return Err(Problem::invalid("position", "belongs to `pin`, and only to it").into());
    }
    if input.until.is_some_and(|until| until <= now) {
        return Err(Problem::invalid("until", "is not in the future").into());
    }
    let mut tx = app.db.begin().await?;
    if !db::lock_product(&mut tx, product).await? {
        return Err(Problem::not_found("product").into());
    }
    let new = NewCuration {
        product,
        action: input.action.name(),
        position: input.position,
        until: input.until,
        note: input.note.trim(),
        by: actor.person,
        at: now,
    };
    let made = db::decide(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(Json(made.into()))
}

/// Takes back what was decided about a product.
#[utoipa::path(
    delete, path = "/v1/insight/top-picks/{product}", tag = "insight", operation_id = "uncurate",
    params(("product" = ProductId, Path)),
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn uncurate(
    actor: Signed,
    State(app): State<App>,
    Path(product): Path<ProductId>,
) -> Result<StatusCode, Fault<Never>> {
    let mut tx = app.db.begin().await?;
    db::lock_product(&mut tx, product).await?;
    let latest = db::latest_of(&mut tx, product, 1).await?;
    if latest.first().is_none_or(|latest| latest.action == "clear") {
        return Err(Problem::not_found("decision").into());
    }
    let new = NewCuration {
        product,
        action: "clear",
        position: None,
        until: None,
        note: "",
        by: actor.person,
        at: app.clock.now(),
    };
    db::decide(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
