use axum::{extract::State, http::StatusCode};
use garde::Validate;
use jiff::{SignedDuration, Timestamp};
use kernel::{Actor, PersonId, Role};
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Problem, Refusal};

use crate::{App, db, password::LONGEST};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    #[garde(length(max = 254), email)]
    #[schema(max_length = 254, format = Email)]
    email: String,
    #[garde(length(chars, min = 1, max = LONGEST))]
    #[schema(min_length = 1, max_length = 200)]
    password: String,
}

/// An access token, and what it says.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SignedIn {
    /// To be sent as `Authorization: Bearer …`.
    access_token: String,
    #[schema(example = "Bearer")]
    token_type: &'static str,
    expires_at: Timestamp,
    person: PersonId,
    roles: Vec<Role>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum SignInRefusal {
    /// No such account, or another password: nobody learns which.
    SignInRefused,
}

impl Refusal for SignInRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::UNAUTHORIZED
    }
    fn detail(&self) -> String {
        "The e-mail address and the password do not go together.".into()
    }
}

/// Begins a session with e-mail address and password. Anyone may call it; an unknown address and a
/// wrong password get the same answer after the same time.
#[utoipa::path(
    post, path = "/v1/accounts/sign-in", tag = "accounts", operation_id = "sign_in",
    request_body = SignIn,
    responses(
        (status = OK, body = SignedIn),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn sign_in(
    State(app): State<App>,
    Json(input): Json<SignIn>,
) -> Result<Json<SignedIn>, Fault<SignInRefusal>> {
    let row = db::person_by_email(&app.db, &input.email.to_lowercase()).await?;
    let hash = row.as_ref().map(|row| row.password_hash.clone());
    let same = app.passwords.verify(hash, input.password).await?;
    let same = same.ok_or_else(|| Problem::unavailable("accounts"))?;
    let row = row.filter(|_| same).ok_or(SignInRefusal::SignInRefused)?;
    let actor = Actor { person: row.id, roles: row.roles() };
    let session = kernel::random_token()[..32].to_owned();
    let life = SignedDuration::from_mins(app.config.access_token_minutes);
    let token = app.signing_key.sign(&actor, &session, app.clock.now(), life)?;
    Ok(Json(SignedIn {
        access_token: token.token,
        token_type: "Bearer",
        expires_at: token.expires_at,
        person: actor.person,
        roles: actor.roles,
    }))
}
