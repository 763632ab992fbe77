use axum::{extract::State, http::StatusCode};
use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use wire::{Fault, Json, Problem, Refusal, Signed};

use super::hash_of;
use crate::{
    App, audit,
    db::provider::flow::{self, FlowId, Shown},
    profile,
    providers::{
        arrival::{Arrival, arrive},
        linking::Obstacle,
    },
    second_factor::{Entry, go_on},
    session::Device,
};

/// What the browser kept, and what it was sent back with.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedeemInput {
    #[garde(skip)]
    flow: FlowId,
    #[garde(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    flow_secret: String,
    #[garde(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    ticket: String,
    /// BCP 47: in which who comes for the first time is written to, at first; `en-US` unless told.
    #[garde(length(min = 2, max = 35), inner(custom(profile::language)))]
    #[schema(min_length = 2, max_length = 35, pattern = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]
    language: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum RedeemRefusal {
    /// Unknown, over, used, someone else's, or shown with a wrong secret: nobody learns which.
    SignInEnded,
    SignInFirstToLink,
    IdentityOfAnother,
    AnotherIdentityLinked,
    Blocked,
}

impl Refusal for RedeemRefusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::Blocked => StatusCode::FORBIDDEN,
            _ => StatusCode::CONFLICT,
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::SignInEnded => "This sign-in is over. Begin anew.",
            Self::SignInFirstToLink => {
                "There is an account with this e-mail address. Sign in to it first, then link the \
                 provider in its settings."
            }
            Self::IdentityOfAnother => "This identity opens another account.",
            Self::AnotherIdentityLinked => {
                "Another identity of this provider is linked to the account. Unlink it first."
            }
            Self::Blocked => "This account is blocked. Ask those who run the platform.",
        }
        .into()
    }
}

impl From<Obstacle> for RedeemRefusal {
    fn from(obstacle: Obstacle) -> Self {
        match obstacle {
            Obstacle::SignInFirst => Self::SignInFirstToLink,
            Obstacle::OpensAnother => Self::IdentityOfAnother,
            Obstacle::HasAnother => Self::AnotherIdentityLinked,
        }
    }
}

/// How often someone faster may get in between.
const MOST_ROUNDS: usize = 5;

/// Ends a sign-in at a provider with a session, or with the question for a second factor. Once; a
/// flow that was begun with an access token only for the same person.
#[utoipa::path(
    post, path = "/v1/accounts/providers/redeem", tag = "accounts",
    operation_id = "redeem_provider",
    request_body = RedeemInput,
    responses(
        (status = OK, body = Entry),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security((), ("token" = [])),
)]
pub async fn redeem_provider(
    asker: Option<Signed>,
    device: Device,
    State(app): State<App>,
    Json(input): Json<RedeemInput>,
) -> Result<Json<Entry>, Fault<RedeemRefusal>> {
    let shown = Shown {
        flow: input.flow,
        secret_hash: &hash_of(&input.flow_secret),
        ticket_hash: &hash_of(&input.ticket),
        asker: asker.map(|asker| asker.person),
        at: app.clock.now(),
    };
    let language = input.language.as_deref().unwrap_or(profile::LANGUAGE);
    for _ in 0..MOST_ROUNDS {
        let mut tx = app.db.begin().await?;
        let came = flow::redeem(&mut tx, &shown).await?;
        let came = came.ok_or(RedeemRefusal::SignInEnded)?;
        match arrive(&app, &mut tx, &came, language).await? {
            Arrival::Overtaken => tx.rollback().await?,
            Arrival::Refused(obstacle) => {
                // The flow is used up all the same.
                tx.commit().await?;
                return Err(RedeemRefusal::from(obstacle).into());
            }
            Arrival::Person(row) if row.blocked_at().is_some() => {
                return Err(RedeemRefusal::Blocked.into());
            }
            Arrival::Person(row) => {
                let method = came.provider.as_str();
                let entry = go_on(&app, &mut tx, &row, method, &device).await?;
                if matches!(entry, Entry::SignedIn(_)) {
                    let facts = json!({ "method": method });
                    audit::note_of(&app, &mut tx, row.id, "signed_in", facts).await?;
                }
                tx.commit().await?;
                return Ok(Json(entry));
            }
        }
    }
    Err(Problem::overloaded().into())
}
