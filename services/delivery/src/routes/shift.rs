use axum::{extract::State, http::StatusCode};
use garde::Validate;
use jiff::Timestamp;
use kernel::Place;
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Problem, Refusal, Signed};

use crate::{App, db, offer, release};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BeginShift {
    /// Where the driver is.
    #[garde(custom(wire::on_the_globe))]
    place: Place,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Shift {
    pub began_at: Timestamp,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum ShiftRefusal {
    NotADriver,
    Carrying,
}

impl Refusal for ShiftRefusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotADriver => StatusCode::FORBIDDEN,
            Self::Carrying => StatusCode::CONFLICT,
        }
    }
    fn detail(&self) -> String {
        match self {
            Self::NotADriver => "You no longer drive for us. Ask the operator.".into(),
            Self::Carrying => "Deliver or return first what you carry.".into(),
        }
    }
}

/// Begins the driver's shift; repeated, it finds the one that has begun.
#[utoipa::path(
    post, path = "/v1/delivery/shift", tag = "delivery", operation_id = "begin_shift",
    request_body = BeginShift,
    responses(
        (status = OK, body = Shift),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn begin_shift(
    State(app): State<App>,
    signed: Signed,
    Json(input): Json<BeginShift>,
) -> Result<Json<Shift>, Fault<ShiftRefusal>> {
    let driver = signed.driver();
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let began_at = db::begin_shift(&mut tx, driver, input.place, now).await?;
    let began_at = began_at.ok_or(ShiftRefusal::NotADriver)?;
    tx.commit().await?;
    if let Some(places) = &app.places {
        places.keep(driver, input.place, now).await;
    }
    offer::round_now(&app).await;
    Ok(Json(Shift { began_at }))
}

/// Ends the driver's shift. What is not fetched yet goes to another driver; who carries something
/// is refused.
#[utoipa::path(
    delete, path = "/v1/delivery/shift", tag = "delivery", operation_id = "end_shift",
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn end_shift(
    State(app): State<App>,
    signed: Signed,
) -> Result<StatusCode, Fault<ShiftRefusal>> {
    let driver = signed.driver();
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    if !release::end_shift(&mut tx, driver, now).await? {
        return Err(ShiftRefusal::Carrying.into());
    }
    tx.commit().await?;
    if let Some(places) = &app.places {
        places.forget(driver).await;
    }
    offer::round_now(&app).await;
    Ok(StatusCode::NO_CONTENT)
}
