use accounts_api::{FlowId, Purpose};
use axum::{extract::State, http::StatusCode};
use garde::Validate;
use kernel::PersonId;
use serde::Deserialize;
use serde_json::json;
use wire::{Fault, Json, Problem};

use super::sign_up::Applicant;
use crate::{
    App, audit, db, flow,
    flow::CodeRefused,
    password::LONGEST,
    profile::LANGUAGE,
    session::{self, Beginning, Device, SignedIn},
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShownAtSignUp {
    #[garde(skip)]
    flow: FlowId,
    /// Of the letter.
    #[garde(length(max = 20), custom(flow::code_text))]
    #[schema(min_length = 8, max_length = 20, example = "7KQ2-M9XD")]
    code: String,
    /// As at sign-up: whoever only holds the letter may be someone whose address another used.
    #[garde(length(chars, max = LONGEST))]
    #[schema(max_length = 200)]
    password: String,
}

/// Makes the account, with the code of the letter and the password that was chosen, and signs in.
#[utoipa::path(
    post, path = "/v1/accounts/sign-up/confirm", tag = "accounts",
    operation_id = "confirm_sign_up",
    request_body = ShownAtSignUp,
    responses(
        (status = CREATED, body = SignedIn),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn confirm_sign_up(
    State(app): State<App>,
    device: Device,
    Json(input): Json<ShownAtSignUp>,
) -> Result<(StatusCode, Json<SignedIn>), Fault<CodeRefused>> {
    let row = flow::opened_by(&app, input.flow, Purpose::SignUp, &input.code).await?;
    let row = row.ok_or(CodeRefused::CodeRefused)?;
    let applicant: Applicant =
        serde_json::from_value(row.data.clone()).map_err(anyhow::Error::from)?;
    let same = app.passwords.verify(Some(applicant.password_hash.clone()), input.password).await?;
    if !same.ok_or_else(|| Problem::unavailable("accounts"))? {
        return Err(CodeRefused::CodeRefused.into());
    }
    let now = app.clock.now();
    let new = db::NewPerson {
        id: PersonId::new(),
        email: row.email.as_deref(),
        email_verified: true,
        password_hash: Some(&applicant.password_hash),
        given_name: &applicant.given_name,
        family_name: &applicant.family_name,
        date_of_birth: applicant.date_of_birth,
        language: applicant.language.as_deref().unwrap_or(LANGUAGE),
        at: now,
    };
    let mut tx = app.db.begin().await?;
    if !db::flow::use_up(&mut tx, row.id, now).await? {
        return Err(CodeRefused::CodeRefused.into());
    }
    let person = db::insert_person(&mut tx, &new).await?.ok_or(CodeRefused::CodeRefused)?;
    feed::append(&mut tx, &person.changed(), now).await?;
    audit::note_of(&app, &mut tx, person.id, "signed_up", json!({})).await?;
    let beginning = Beginning { method: "password", device: &device, strong: false };
    let signed_in = session::begin(&app, &mut tx, &person, beginning).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(signed_in)))
}
