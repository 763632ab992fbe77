use axum::{extract::State, http::StatusCode};
use garde::Validate;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use wire::{Fault, Json, Path, Problem, Refusal, Signed};

use super::{ProofRefusal, keep, reviews::Review};
use crate::{
    App,
    age::{self, Shown},
    audit,
    db::{
        self,
        age::{AgeReviewId, Decision},
    },
    profile::wrong_date_of_birth,
};

/// What a reviewer decides.
#[derive(Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewDecision {
    /// What the reviewer saw; absent where it is refused.
    #[garde(skip)]
    document: Option<SeenDocument>,
    /// Why; the person is shown it.
    #[garde(length(chars, min = 1, max = 500), custom(wire::plain_text))]
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// What matters of a document. It is not kept.
#[derive(Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenDocument {
    #[schema(value_type = String, format = Date, example = "1990-04-01")]
    date_of_birth: Date,
    /// The last day on which it holds.
    #[schema(value_type = String, format = Date, example = "2030-04-01")]
    expires_on: Date,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum DecisionRefusal {
    /// Nobody decides on what they asked for themselves.
    OwnReview,
    AlreadyDecided,
}

impl Refusal for DecisionRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }
    fn detail(&self) -> String {
        match self {
            Self::OwnReview => "You asked for this yourself. Someone else must decide.",
            Self::AlreadyDecided => "Someone has decided this already. Read it again.",
        }
        .into()
    }
}

/// Decides a review that someone else asked for; where a document was seen, it proves their age,
/// and its date of birth is theirs from now on.
/// Support and operators, all of them but their own.
#[utoipa::path(
    post, path = "/v1/accounts/age-reviews/{review}/decision", tag = "accounts",
    operation_id = "decide_age_review", request_body = ReviewDecision,
    params(("review" = String, Path, format = Uuid)),
    responses(
        (status = OK, body = Review),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn decide_age_review(
    actor: Signed,
    Path(id): Path<AgeReviewId>,
    State(app): State<App>,
    Json(input): Json<ReviewDecision>,
) -> Result<Json<Review>, Fault<DecisionRefusal>> {
    let now = app.clock.now();
    let missing = || Problem::not_found("review");
    let review = db::age::review(&app.db, id).await?.ok_or_else(missing)?;
    if review.person_id == actor.person {
        return Err(DecisionRefusal::OwnReview.into());
    }
    let born = input.document.map(|document| document.date_of_birth);
    if let Some(wrong) = born.and_then(|born| wrong_date_of_birth(born, now)) {
        return Err(Problem::invalid("document.date_of_birth", wrong).into());
    }
    let mut tx = app.db.begin().await?;
    let row = db::lock_person(&mut tx, review.person_id).await?;
    let mut row = row.ok_or_else(missing)?;
    let accepted = input.document.is_some();
    let corrected = row.date_of_birth().is_some_and(|stated| born.is_some_and(|b| b != stated));
    let decision = Decision { by: actor.person, accepted, reason: input.reason.trim() };
    if !db::age::decide(&mut tx, id, &decision, now).await? {
        return Err(DecisionRefusal::AlreadyDecided.into());
    }
    if let Some(document) = input.document {
        let shown = Shown { born: document.date_of_birth, expires: document.expires_on };
        // What was seen counts, whatever the person had stated: this is how a slip is set right.
        let proven = age::prove(shown, None, now);
        let proven = proven.map_err(|why| Problem::from(ProofRefusal::from(why)))?;
        keep::<DecisionRefusal>(&app, &mut tx, &mut row, (shown.born, proven), actor.person)
            .await?;
    }
    let facts = json!({ "review": id, "accepted": accepted, "corrected": corrected });
    audit::note(&app, &mut tx, &actor, ("age_reviewed", Some(row.id)), facts).await?;
    tx.commit().await?;
    let review = db::age::review(&app.db, id).await?.ok_or_else(missing)?;
    Ok(Json(review.into()))
}
