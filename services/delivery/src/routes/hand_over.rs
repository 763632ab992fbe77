use axum::{extract::State, http::StatusCode};
use delivery_api::{HandedLine, JobMove};
use garde::Validate;
use jiff::Timestamp;
use kernel::JobId;
use serde::{Deserialize, Serialize};
use store::Tx;
use uuid::Uuid;
use wire::{Fault, Json, Path, Problem, Query, Refusal, Signed};

use super::{happened::Happened, views::DriverJob};
use crate::{
    App,
    db::{self, Act, Handing, JobRow, Proof},
    door::{self, Handed},
    job::JobState,
    offer,
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// What changes hands; the whole order where absent. The rest goes back.
    #[garde(inner(length(min = 1, max = 200)))]
    #[schema(min_items = 1, max_items = 200)]
    lines: Option<Vec<HandedLine>>,
    /// Who took it, in person.
    #[garde(length(chars, min = 1, max = 100), custom(wire::plain_text))]
    #[schema(min_length = 1, max_length = 100)]
    recipient_name: String,
    /// Drawn on the phone: the data of an SVG path.
    #[garde(inner(length(chars, min = 1, max = 20000), custom(wire::plain_text)))]
    #[schema(min_length = 1, max_length = 20000)]
    signature: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum HandOverRefusal {
    WrongState {
        state: JobState,
    },
    /// Alcohol, and no check at this door holds.
    NotChecked,
}

impl Refusal for HandOverRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }
    fn detail(&self) -> String {
        match self {
            Self::WrongState { state } => super::wrong_state(*state),
            Self::NotChecked => "Check their ID first, and hand it over at once.".into(),
        }
    }
}

/// Hands over the order, or the part of it that is wanted and allowed, to a person at the door.
/// Alcohol only after a check that allows it. For a driver who has arrived; repeated, it gives the
/// same answer.
#[utoipa::path(
    post, path = "/v1/delivery/jobs/{job}/hand-over", tag = "delivery",
    operation_id = "hand_over", params(("job" = JobId, Path), Happened), request_body = HandOver,
    responses(
        (status = OK, body = DriverJob),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn hand_over(
    State(app): State<App>,
    signed: Signed,
    Path(job): Path<JobId>,
    Query(happened): Query<Happened>,
    Json(input): Json<HandOver>,
) -> Result<Json<DriverJob>, Fault<HandOverRefusal>> {
    let now = app.clock.now();
    let act = Act { job, driver: signed.driver(), at: now };
    let row = super::own_job(&app, act).await?;
    let act = Act { at: happened.on(&row, now)?, ..act };
    let handed = door::handed(&row.facts, input.lines.as_deref())
        .map_err(|(field, message)| Problem::invalid(field, message))?;
    if row.state != JobState::Arrived {
        return settled(&row, &handed, now);
    }
    match commit(&app, act, &handed, &input).await? {
        Some(row) => {
            offer::round_now(&app).await;
            Ok(Json(DriverJob::of(&row, None, true, now)))
        }
        // It changed meanwhile, perhaps by the same command.
        None => settled(&super::own_job(&app, act).await?, &handed, now),
    }
}

/// The answer where it is not at the door any more: the same if just this was handed over.
fn settled(
    row: &JobRow,
    handed: &Handed,
    now: Timestamp,
) -> Result<Json<DriverJob>, Fault<HandOverRefusal>> {
    let led_to = if handed.whole { JobState::HandedOver } else { JobState::Returning };
    if row.state == led_to && row.handed.as_deref() == Some(&handed.lines) {
        return Ok(Json(DriverJob::of(row, None, true, now)));
    }
    Err(HandOverRefusal::WrongState { state: row.state }.into())
}

async fn allowed_by(tx: &mut Tx<'_>, act: Act) -> Result<Uuid, Fault<HandOverRefusal>> {
    let check = db::newest_check(&mut **tx, act.job).await?;
    let check = check.filter(|check| check.holds(act.at)).ok_or(HandOverRefusal::NotChecked)?;
    Ok(check.id)
}

async fn commit(
    app: &App,
    act: Act,
    handed: &Handed,
    input: &HandOver,
) -> Result<Option<JobRow>, Fault<HandOverRefusal>> {
    let mut tx = app.db.begin().await?;
    // From here on no check comes in between.
    if db::lock_job(&mut tx, act.job).await?.state != JobState::Arrived {
        return Ok(None);
    }
    let allowed_by = if handed.alcohol { Some(allowed_by(&mut tx, act).await?) } else { None };
    let handing = Handing { lines: &handed.lines, whole: handed.whole, allowed_by };
    let Some(row) = db::hand_over(&mut tx, act, &handing).await? else { return Ok(None) };
    let proof = Proof {
        kind: "hand_over",
        recipient_name: Some(&input.recipient_name),
        signature: input.signature.as_deref(),
        ..Proof::default()
    };
    db::keep_proof(&mut tx, act, &proof).await?;
    let now = app.clock.now();
    db::told_later(&mut tx, act, "hand_over", now).await?;
    let moved = JobMove::HandedOver { whole: handed.whole, lines: handed.lines.clone() };
    feed::append(&mut tx, &row.moved(moved), now).await?;
    tx.commit().await?;
    app.live.ring(row.order);
    Ok(Some(row))
}
