use axum::{extract::State, http::StatusCode};
use garde::Validate;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Never, Problem, Refusal, Signed};

use super::AgeProof;
use crate::{
    App,
    db::{
        self,
        age::{AgeReviewId, ReviewRow},
    },
};

/// How many reviews one person may ask for in [`SPAN`].
const MOST: i64 = 3;
const SPAN: SignedDuration = SignedDuration::from_hours(24 * 30);

/// What is known of the asker's age.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AgeState {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    proof: Option<AgeProof>,
    /// The latest one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    review: Option<OwnReview>,
}

/// A review, as whoever asked for it sees it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OwnReview {
    #[schema(value_type = String, format = Uuid)]
    id: AgeReviewId,
    asked_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    decided_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    accepted: Option<bool>,
    /// Why it was decided so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    reason: Option<String>,
}

impl From<ReviewRow> for OwnReview {
    fn from(row: ReviewRow) -> Self {
        Self {
            id: row.id,
            asked_at: row.asked_at(),
            decided_at: row.decided_at(),
            accepted: row.accepted,
            reason: row.reason,
        }
    }
}

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewWanted {
    /// What the reviewer should know: which document there is, and where to look at it. No numbers
    /// and no pictures.
    #[garde(length(chars, min = 1, max = 1000), custom(wire::plain_text))]
    #[schema(min_length = 1, max_length = 1000)]
    note: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum ReviewRefusal {
    ReviewOpen,
    TooManyReviews { most: i64 },
}

impl Refusal for ReviewRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }
    fn detail(&self) -> String {
        match self {
            Self::ReviewOpen => "You have asked already. Wait until someone has looked.".into(),
            Self::TooManyReviews { most } => {
                format!("You have asked {most} times within 30 days. Wait before you ask again.")
            }
        }
    }
}

/// The proof of the asker's age, and the latest review they asked for. Any signed-in person, their
/// own only.
#[utoipa::path(
    get, path = "/v1/accounts/me/age-proofs", tag = "accounts", operation_id = "age_proof",
    responses(
        (status = OK, body = AgeState),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn age_proof(
    actor: Signed,
    State(app): State<App>,
) -> Result<Json<AgeState>, Fault<Never>> {
    let proof = db::age::proof(&app.db, actor.person).await?;
    let review = db::age::latest_review(&app.db, actor.person).await?;
    Ok(Json(AgeState { proof: proof.map(Into::into), review: review.map(Into::into) }))
}

/// Asks that someone looks at the asker's document. One request at a time. Any signed-in person,
/// for themselves only.
#[utoipa::path(
    post, path = "/v1/accounts/me/age-reviews", tag = "accounts", operation_id = "ask_age_review",
    request_body = ReviewWanted,
    responses(
        (status = CREATED, body = OwnReview),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn ask_age_review(
    actor: Signed,
    State(app): State<App>,
    Json(input): Json<ReviewWanted>,
) -> Result<(StatusCode, Json<OwnReview>), Fault<ReviewRefusal>> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    db::lock_person(&mut tx, actor.person).await?.ok_or_else(crate::routes::gone)?;
    let (asked, open) = db::age::asked(&mut tx, actor.person, now - SPAN).await?;
    if open {
        return Err(ReviewRefusal::ReviewOpen.into());
    }
    if asked >= MOST {
        return Err(ReviewRefusal::TooManyReviews { most: MOST }.into());
    }
    let id = db::age::ask(&mut tx, actor.person, input.note.trim(), now).await?;
    tx.commit().await?;
    let review = OwnReview { id, asked_at: now, decided_at: None, accepted: None, reason: None };
    Ok((StatusCode::CREATED, Json(review)))
}
