use axum::{extract::State, http::StatusCode};
use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use webauthn_rs::prelude::PublicKeyCredential;
use wire::{Fault, Json, Problem, Refusal};

use super::factors::passkeys_add::CeremonyBegun;
use crate::{
    App, audit,
    db::{self, passkey::CeremonyId},
    second_factor::{PATIENCE, use_passkey},
    session::{self, Beginning, Device, SignedIn},
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyShown {
    #[garde(skip)]
    #[schema(value_type = String, format = Uuid)]
    ceremony: CeremonyId,
    /// What `navigator.credentials.get` gave, its bytes in unpadded base64url.
    #[garde(skip)]
    #[schema(value_type = Object)]
    credential: PublicKeyCredential,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum PasskeySignInRefusal {
    /// Unknown, another's, badly signed, or too late: nobody learns which.
    PasskeyRefused,
    /// Told only to whoever has the passkey.
    Blocked,
    /// The public address has no name.
    PasskeysUnavailable,
}

impl Refusal for PasskeySignInRefusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::PasskeyRefused => StatusCode::UNAUTHORIZED,
            Self::Blocked => StatusCode::FORBIDDEN,
            Self::PasskeysUnavailable => StatusCode::NOT_FOUND,
        }
    }
    fn detail(&self) -> String {
        match self {
            Self::PasskeyRefused => {
                "This passkey opens no account, or it took too long. Try again."
            }
            Self::Blocked => "This account is blocked. Ask those who run the platform.",
            Self::PasskeysUnavailable => {
                "There are no passkeys here, for the public address is no name."
            }
        }
        .into()
    }
}

/// Begins a sign-in with a passkey. It is not said whose, so nobody learns who has one. Anyone may
/// call it.
#[utoipa::path(
    post, path = "/v1/accounts/sign-in/passkey/begin", tag = "accounts",
    operation_id = "begin_passkey_sign_in",
    responses(
        (status = OK, body = CeremonyBegun),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn begin_passkey_sign_in(
    State(app): State<App>,
) -> Result<Json<CeremonyBegun>, Fault<PasskeySignInRefusal>> {
    if !app.passkeys.available() {
        return Err(PasskeySignInRefusal::PasskeysUnavailable.into());
    }
    let begun = app.passkeys.begin_showing(&[])?;
    let (ceremony, until) = (CeremonyId::new(), app.clock.now() + PATIENCE);
    db::passkey::begin(&app.db, ceremony, None, &begun.state, until).await?;
    Ok(Json(CeremonyBegun { ceremony, options: begun.options, expires_at: until }))
}

/// Begins a session with a passkey, which is two factors in one: the device, and what unlocks it.
/// Anyone may call it.
#[utoipa::path(
    post, path = "/v1/accounts/sign-in/passkey", tag = "accounts",
    operation_id = "passkey_sign_in", request_body = PasskeyShown,
    responses(
        (status = OK, body = SignedIn),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn passkey_sign_in(
    State(app): State<App>,
    device: Device,
    Json(input): Json<PasskeyShown>,
) -> Result<Json<SignedIn>, Fault<PasskeySignInRefusal>> {
    let refused = || PasskeySignInRefusal::PasskeyRefused;
    let state = db::passkey::take(&app.db, input.ceremony, None, app.clock.now()).await?;
    let state = state.ok_or_else(refused)?;
    let person = app.passkeys.says_to_be(&input.credential).ok_or_else(refused)?;
    let mut tx = app.db.begin().await?;
    let row = db::lock_person(&mut tx, person).await?.ok_or_else(refused)?;
    if !use_passkey(&app, &mut tx, person, &input.credential, state).await? {
        return Err(refused().into());
    }
    if row.blocked_at().is_some() {
        return Err(PasskeySignInRefusal::Blocked.into());
    }
    let beginning = Beginning { method: "passkey", device: &device, strong: true };
    let signed_in = session::begin(&app, &mut tx, &row, beginning).await?;
    let facts = json!({ "method": "passkey" });
    audit::note_of(&app, &mut tx, row.id, "signed_in", facts).await?;
    tx.commit().await?;
    Ok(Json(signed_in))
}
