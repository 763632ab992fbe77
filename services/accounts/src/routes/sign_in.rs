use axum::{extract::State, http::StatusCode};
use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use wire::{Fault, Json, Problem, Refusal};

use crate::{
    App, audit,
    db::{self, PersonRow},
    password::LONGEST,
    second_factor::{Entry, go_on},
    session::Device,
    throttle,
};

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

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum SignInRefusal {
    /// No such account, or another password: nobody learns which.
    SignInRefused,
    /// Told only to whoever knows the password.
    Blocked,
}

impl Refusal for SignInRefusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::SignInRefused => StatusCode::UNAUTHORIZED,
            Self::Blocked => StatusCode::FORBIDDEN,
        }
    }
    fn detail(&self) -> String {
        match self {
            Self::SignInRefused => "The e-mail address and the password do not go together.",
            Self::Blocked => "This account is blocked. Ask those who run the platform.",
        }
        .into()
    }
}

/// Begins a session with e-mail address and password, or asks for a second factor. An unknown address and a
/// wrong password get the same answer after the same time.
#[utoipa::path(
    post, path = "/v1/accounts/sign-in", tag = "accounts", operation_id = "sign_in",
    request_body = SignIn,
    responses(
        (status = OK, body = Entry),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn sign_in(
    State(app): State<App>,
    device: Device,
    Json(input): Json<SignIn>,
) -> Result<Json<Entry>, Fault<SignInRefusal>> {
    let email = input.email.to_lowercase();
    let charge = throttle::try_account(&app, &email, &device).await?;
    let row = db::person_by_email(&app.db, &email).await?;
    let hash = row.as_ref().and_then(|row| row.password_hash.clone());
    let same = app.passwords.verify(hash, input.password.clone()).await?;
    let Some(same) = same else {
        charge.give_back(&app).await?;
        return Err(Problem::unavailable("accounts").into());
    };
    let row = row.filter(|_| same).ok_or(SignInRefusal::SignInRefused)?;
    charge.give_back(&app).await?;
    if row.blocked_at().is_some() {
        return Err(SignInRefusal::Blocked.into());
    }
    let renewed = renewed_hash(&app, &row, input.password).await?;
    let mut tx = app.db.begin().await?;
    // What was read may have changed since: a block, another password.
    let now = db::lock_person(&mut tx, row.id).await?;
    let unchanged =
        |now: &PersonRow| now.password_hash == row.password_hash && now.blocked_at().is_none();
    let row = now.filter(unchanged).ok_or(SignInRefusal::SignInRefused)?;
    if let Some(hash) = renewed {
        db::set_password(&mut tx, row.id, &hash).await?;
    }
    let entry = go_on(&app, &mut tx, &row, "password", &device).await?;
    if matches!(entry, Entry::SignedIn(_)) {
        audit::note_of(&app, &mut tx, row.id, "signed_in", json!({ "method": "password" })).await?;
    }
    tx.commit().await?;
    Ok(Json(entry))
}

/// The hash of the same password with the parameters of today, where those have changed.
async fn renewed_hash(
    app: &App,
    row: &PersonRow,
    password: String,
) -> anyhow::Result<Option<String>> {
    let outdated = row.password_hash.as_ref().is_some_and(|hash| app.passwords.is_outdated(hash));
    if outdated { app.passwords.hash(password).await } else { Ok(None) }
}
