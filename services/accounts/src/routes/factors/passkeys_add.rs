use accounts_api::{Factor, Says};
use axum::{extract::State, http::StatusCode};
use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use webauthn_rs::prelude::RegisterPublicKeyCredential;
use wire::{Fault, Json, Problem, Signed};

use super::{RecoveryCodes, passkeys::PasskeyView};
use crate::{
    App, audit,
    db::{self, passkey::CeremonyId},
    flow, profile,
    second_factor::{self, Again, FactorRefusal, PATIENCE},
};

/// What a browser needs for a WebAuthn ceremony.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CeremonyBegun {
    /// To be sent with the authenticator's answer; works once.
    #[schema(value_type = String, format = Uuid)]
    pub ceremony: CeremonyId,
    /// What `navigator.credentials` takes, its bytes in unpadded base64url.
    #[schema(value_type = Object)]
    pub options: Value,
    pub expires_at: Timestamp,
}

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasskey {
    #[garde(skip)]
    #[schema(value_type = String, format = Uuid)]
    ceremony: CeremonyId,
    /// What the person calls it.
    #[garde(length(chars, min = 1, max = 60), custom(profile::name))]
    #[schema(min_length = 1, max_length = 60, example = "My phone")]
    name: String,
    /// What `navigator.credentials.create` gave, its bytes in unpadded base64url.
    #[garde(skip)]
    #[schema(value_type = Object)]
    credential: RegisterPublicKeyCredential,
}

/// A passkey that was added.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PasskeyAdded {
    passkey: PasskeyView,
    #[serde(flatten)]
    codes: RecoveryCodes,
}

/// Begins to add a passkey to the asker's own. Any signed-in person, for themselves only; whoever
/// has a second factor, in a session that began with one.
#[utoipa::path(
    post, path = "/v1/accounts/me/passkeys/begin", tag = "accounts",
    operation_id = "begin_passkey", request_body = Again,
    responses(
        (status = OK, body = CeremonyBegun),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn begin_passkey(
    actor: Signed,
    State(app): State<App>,
    Json(input): Json<Again>,
) -> Result<Json<CeremonyBegun>, Fault<FactorRefusal>> {
    if !app.passkeys.available() {
        return Err(FactorRefusal::PasskeysUnavailable.into());
    }
    second_factor::prove(&app, &actor, input.password).await?;
    let mut tx = app.db.begin().await?;
    let (row, _) = second_factor::lock_to_change(&mut tx, &actor).await?;
    let known = db::passkey::of(&mut tx, row.id).await?;
    tx.commit().await?;
    second_factor::room_for_passkey(&known)?;
    let display_name = format!("{} {}", row.given_name, row.family_name);
    let names = (row.email.as_deref().unwrap_or(&display_name), display_name.as_str());
    let begun = app.passkeys.begin_adding(row.id, names, &known)?;
    let (ceremony, until) = (CeremonyId::new(), app.clock.now() + PATIENCE);
    db::passkey::begin(&app.db, ceremony, Some(row.id), &begun.state, until).await?;
    Ok(Json(CeremonyBegun { ceremony, options: begun.options, expires_at: until }))
}

/// Adds a passkey to the asker's own. With the first factor come recovery codes. Any signed-in
/// person, for themselves only.
#[utoipa::path(
    post, path = "/v1/accounts/me/passkeys", tag = "accounts", operation_id = "add_passkey",
    request_body = NewPasskey,
    responses(
        (status = CREATED, body = PasskeyAdded),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn add_passkey(
    actor: Signed,
    State(app): State<App>,
    Json(input): Json<NewPasskey>,
) -> Result<(StatusCode, Json<PasskeyAdded>), Fault<FactorRefusal>> {
    let now = app.clock.now();
    let state = db::passkey::take(&app.db, input.ceremony, Some(actor.person), now).await?;
    let state = state.ok_or(FactorRefusal::NotBegun)?;
    let made = app.passkeys.finish_adding(&input.credential, state);
    let made = made.map_err(|_| FactorRefusal::PasskeyRefused)?;
    let mut tx = app.db.begin().await?;
    let (row, before) = second_factor::lock_to_change(&mut tx, &actor).await?;
    second_factor::room_for_passkey(&db::passkey::of(&mut tx, row.id).await?)?;
    let passkey = db::passkey::insert(&mut tx, row.id, &made, input.name.trim(), now).await?;
    let passkey = passkey.ok_or(FactorRefusal::PasskeyRefused)?;
    let ids = (row.id, actor.pass.session);
    let recovery_codes = second_factor::added(&app, &mut tx, ids, &before).await?;
    let facts = json!({ "passkey": passkey.id });
    audit::note(&app, &mut tx, &actor, ("passkey_added", Some(row.id)), facts).await?;
    if let Some(email) = row.verified_email() {
        let says = Says::NewFactor { factor: Factor::Passkey };
        flow::tell(&app, &mut tx, row.id, email, &says).await?;
    }
    tx.commit().await?;
    let added = PasskeyAdded { passkey: passkey.into(), codes: RecoveryCodes { recovery_codes } };
    Ok((StatusCode::CREATED, Json(added)))
}
