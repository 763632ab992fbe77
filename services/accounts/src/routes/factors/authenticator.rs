//! The asker's authenticator app.

use accounts_api::{Factor, Says};
use axum::{extract::State, http::StatusCode};
use garde::Validate;
use jiff::{SignedDuration, Timestamp};
use kernel::PersonId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use wire::{Fault, Json, Problem, Signed};

use super::RecoveryCodes;
use crate::{
    App, audit, db, flow,
    second_factor::{self, Again, FactorRefusal, use_code},
    throttle, totp,
};

/// How long a secret waits to be confirmed.
const WAITS: SignedDuration = SignedDuration::from_mins(15);

/// What an authenticator app is to know, shown this once.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Offered {
    /// To be typed into the app.
    secret: String,
    /// The same for a QR code.
    #[schema(example = "otpauth://totp/Tipple:ann%40example.com?secret=…&issuer=Tipple")]
    url: String,
    /// Until when it must be confirmed with a code.
    expires_at: Timestamp,
}

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// Six digits of the app; or, where one is taken, a recovery code.
    #[garde(length(min = 6, max = 20))]
    #[schema(min_length = 6, max_length = 20, example = "123456")]
    pub code: String,
}

/// Offers the asker the secret for an authenticator app, which is in force once it is confirmed; one
/// that is in force stays so until then. Any signed-in person, for themselves only; whoever has a
/// second factor, in a session that began with one.
#[utoipa::path(
    post, path = "/v1/accounts/me/authenticator/begin", tag = "accounts",
    operation_id = "begin_authenticator", request_body = Again,
    responses(
        (status = OK, body = Offered),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn begin_authenticator(
    actor: Signed,
    State(app): State<App>,
    Json(input): Json<Again>,
) -> Result<Json<Offered>, Fault<FactorRefusal>> {
    second_factor::prove(&app, &actor, input.password).await?;
    let mut tx = app.db.begin().await?;
    let (row, _) = second_factor::lock_to_change(&mut tx, &actor).await?;
    let (secret, until) = (totp::new_secret(), app.clock.now() + WAITS);
    let account = row.email.as_deref().unwrap_or(&row.given_name);
    let (text, url) = totp::shown(&secret, account)?;
    db::factor::offer(&mut tx, row.id, &app.vault.seal("totp", &secret)?, until).await?;
    tx.commit().await?;
    Ok(Json(Offered { secret: text, url, expires_at: until }))
}

/// Puts the offered authenticator app in force, by a code of it. With the first factor come
/// recovery codes. Any signed-in person, for themselves only.
#[utoipa::path(
    post, path = "/v1/accounts/me/authenticator/confirm", tag = "accounts",
    operation_id = "confirm_authenticator", request_body = Code,
    responses(
        (status = OK, body = RecoveryCodes),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn confirm_authenticator(
    actor: Signed,
    State(app): State<App>,
    Json(input): Json<Code>,
) -> Result<Json<RecoveryCodes>, Fault<FactorRefusal>> {
    let charge = throttle::try_own(&app, "second factor", actor.person).await?;
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let (row, before) = second_factor::lock_to_change(&mut tx, &actor).await?;
    let known = db::factor::authenticator(&mut tx, row.id).await?;
    let known = known.ok_or(FactorRefusal::NotBegun)?;
    let secret = app.vault.open("totp", known.waiting(now).ok_or(FactorRefusal::NotBegun)?)?;
    let step = totp::step_of(&secret, input.code.trim(), now)?;
    let step = step.ok_or(FactorRefusal::CodeRefused)?;
    db::factor::confirm(&mut tx, row.id, step, now).await?;
    let ids = (row.id, actor.pass.session);
    let recovery_codes = second_factor::added(&app, &mut tx, ids, &before).await?;
    let deed = ("authenticator_added", Some(row.id));
    audit::note(&app, &mut tx, &actor, deed, json!({})).await?;
    if let Some(email) = row.verified_email() {
        let says = Says::NewFactor { factor: Factor::Authenticator };
        flow::tell(&app, &mut tx, row.id, email, &says).await?;
    }
    tx.commit().await?;
    charge.give_back(&app).await?;
    Ok(Json(RecoveryCodes { recovery_codes }))
}

/// Removes the asker's authenticator app, by a code of it or a recovery code. Any signed-in person,
/// for themselves only.
#[utoipa::path(
    post, path = "/v1/accounts/me/authenticator/remove", tag = "accounts",
    operation_id = "remove_authenticator", request_body = Code,
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn remove_authenticator(
    actor: Signed,
    State(app): State<App>,
    Json(input): Json<Code>,
) -> Result<StatusCode, Fault<FactorRefusal>> {
    let charge = throttle::try_own(&app, "second factor", actor.person).await?;
    let person: PersonId = actor.person;
    let mut tx = app.db.begin().await?;
    let row = db::lock_person(&mut tx, person).await?.ok_or_else(crate::routes::gone)?;
    if !db::factor::of(&mut tx, person).await?.authenticator {
        return Err(Problem::not_found("authenticator").into());
    }
    if use_code(&app, &mut tx, person, &input.code).await?.is_none() {
        return Err(FactorRefusal::CodeRefused.into());
    }
    db::factor::remove_authenticator(&mut tx, person).await?;
    second_factor::after_removal(&app, &mut tx, &row).await?;
    let deed = ("authenticator_removed", Some(person));
    audit::note(&app, &mut tx, &actor, deed, json!({})).await?;
    tx.commit().await?;
    charge.give_back(&app).await?;
    Ok(StatusCode::NO_CONTENT)
}
