//! The asker's second factors.

pub mod authenticator;
pub mod passkeys;
pub mod passkeys_add;
pub mod recovery_codes;

use axum::extract::State;
use serde::Serialize;
use wire::{Fault, Json, Never, Problem, Signed};

use crate::{App, db, second_factor};

/// What a person has to show besides a password.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SecondFactors {
    /// Whether an authenticator app is in force.
    authenticator: bool,
    passkeys: i64,
    /// Recovery codes that were not used yet.
    recovery_codes: i64,
    /// Whether a role needs a factor.
    required: bool,
    /// Whether this session began with one, so that factors may be changed in it.
    strong: bool,
}

/// Recovery codes, shown this once.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RecoveryCodes {
    /// To be kept on paper: each opens the account once in place of a second factor. Absent where
    /// those of before still hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub recovery_codes: Option<Vec<String>>,
}

/// Which second factors the asker has. Any signed-in person, their own only.
#[utoipa::path(
    get, path = "/v1/accounts/me/second-factors", tag = "accounts",
    operation_id = "second_factors",
    responses(
        (status = OK, body = SecondFactors),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn second_factors(
    actor: Signed,
    State(app): State<App>,
) -> Result<Json<SecondFactors>, Fault<Never>> {
    let mut tx = app.db.begin().await?;
    let row = db::person_in(&mut tx, actor.person).await?.ok_or_else(super::gone)?;
    let factors = db::factor::of(&mut tx, row.id).await?;
    let strong = db::factor::is_strong(&mut tx, row.id, actor.pass.session).await?;
    tx.commit().await?;
    Ok(Json(SecondFactors {
        authenticator: factors.authenticator,
        passkeys: factors.passkeys,
        recovery_codes: factors.recovery_codes,
        required: second_factor::is_needed(&app, &row),
        strong,
    }))
}
