use accounts_api::{FlowId, Purpose, Says};
use axum::{extract::State, http::StatusCode};
use garde::Validate;
use serde::Deserialize;
use serde_json::json;
use wire::{Fault, Json, Never, Problem};

use crate::{
    App, audit,
    db::{self, session::Which},
    flow,
    flow::{Begun, CodeRefused, To},
    password::{LONGEST, SHORTEST},
    session::{self, Device},
    throttle,
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Forgotten {
    #[garde(length(max = 254), email)]
    #[schema(max_length = 254, format = Email)]
    email: String,
}

/// Has a letter sent with which a new password can be set. The answer is the same where there is no
/// such account, and then no letter goes out.
#[utoipa::path(
    post, path = "/v1/accounts/password/reset", tag = "accounts", operation_id = "reset_password",
    request_body = Forgotten,
    responses(
        (status = ACCEPTED, body = Begun),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn reset_password(
    State(app): State<App>,
    device: Device,
    Json(input): Json<Forgotten>,
) -> Result<(StatusCode, Json<Begun>), Fault<Never>> {
    let email = input.email.to_lowercase();
    throttle::send_letter(&app, &email, &device).await?;
    let mut tx = app.db.begin().await?;
    let what = (Purpose::ResetPassword, To::Email(&email));
    let flow = flow::begin(&app, &mut tx, what, None, json!({})).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(Begun::of(&app, flow))))
}

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    #[garde(skip)]
    flow: FlowId,
    /// Of the letter.
    #[garde(length(max = 20), custom(flow::code_text))]
    #[schema(min_length = 8, max_length = 20, example = "7KQ2-M9XD")]
    code: String,
    /// At least ten characters.
    #[garde(length(chars, min = SHORTEST, max = LONGEST))]
    #[schema(min_length = 10, max_length = 200)]
    password: String,
}

/// Sets a new password with the code of the letter, and ends all sessions.
#[utoipa::path(
    post, path = "/v1/accounts/password/reset/confirm", tag = "accounts",
    operation_id = "confirm_reset",
    request_body = NewPassword,
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn confirm_reset(
    State(app): State<App>,
    device: Device,
    Json(input): Json<NewPassword>,
) -> Result<StatusCode, Fault<CodeRefused>> {
    // Before the code is looked at: a weak password is to cost none of its tries.
    app.passwords.refuse_weak("password", &input.password, vec![]).await?;
    let row = flow::opened_by(&app, input.flow, Purpose::ResetPassword, &input.code).await?;
    let row = row.ok_or(CodeRefused::CodeRefused)?;
    let email = row.email.unwrap_or_default();
    let person = db::person_by_email(&app.db, &email).await?.ok_or(CodeRefused::CodeRefused)?;
    let hash = app.passwords.hash_new("password", input.password, person.words()).await?;
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    if !db::flow::use_up(&mut tx, row.id, now).await? {
        return Err(CodeRefused::CodeRefused.into());
    }
    let person = db::lock_person(&mut tx, person.id).await?.ok_or(CodeRefused::CodeRefused)?;
    // The address may have become another's since the letter was written.
    if person.email.as_deref() != Some(&email) {
        return Err(CodeRefused::CodeRefused.into());
    }
    db::set_password(&mut tx, person.id, &hash).await?;
    db::verify_email(&mut tx, person.id, now).await?;
    session::end(&app, &mut tx, person.id, Which::All, "password reset").await?;
    audit::note_of(&app, &mut tx, person.id, "password_reset", json!({})).await?;
    flow::tell(&app, &mut tx, person.id, &email, &Says::PasswordChanged).await?;
    tx.commit().await?;
    app.access_ended();
    throttle::forgive(&app, &email, &device).await?;
    Ok(StatusCode::NO_CONTENT)
}
