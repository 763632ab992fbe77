use accounts_api::{FlowId, Purpose, Says};
use axum::{extract::State, http::StatusCode};
use garde::Validate;
use serde::Deserialize;
use serde_json::json;
use wire::{Fault, Json, Problem, Signed};

use crate::{
    App, audit, db, flow,
    flow::{Begun, CodeRefused, To},
    password::LONGEST,
    proof::{self, ProofRefused},
    throttle,
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmailChange {
    #[garde(length(max = 254), email)]
    #[schema(max_length = 254, format = Email)]
    email: String,
    /// Of the account; left out where it has none.
    #[garde(length(chars, max = LONGEST))]
    #[schema(max_length = 200)]
    password: Option<String>,
}

/// Has a code sent to another e-mail address, which becomes the asker's once they show it; the same
/// address again shows that it is theirs. The answer is the same where another account has it.
#[utoipa::path(
    post, path = "/v1/accounts/email/change", tag = "accounts", operation_id = "change_email",
    request_body = EmailChange,
    responses(
        (status = ACCEPTED, body = Begun),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn change_email(
    asker: Signed,
    State(app): State<App>,
    Json(input): Json<EmailChange>,
) -> Result<(StatusCode, Json<Begun>), Fault<ProofRefused>> {
    let row = proof::of_asker(&app, &asker, input.password).await?;
    let email = input.email.to_lowercase();
    throttle::send_letter_for(&app, &email, asker.person).await?;
    let same = row.email.as_deref() == Some(&email);
    let purpose = if same { Purpose::VerifyEmail } else { Purpose::ChangeEmail };
    let mut tx = app.db.begin().await?;
    db::flow::end_others(&mut tx, row.id, purpose, app.clock.now()).await?;
    let what = (purpose, To::Email(&email));
    let flow = flow::begin(&app, &mut tx, what, Some(row.id), json!({})).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(Begun::of(&app, flow))))
}

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeShown {
    #[garde(skip)]
    pub flow: FlowId,
    /// Of the letter.
    #[garde(length(max = 20), custom(flow::code_text))]
    #[schema(min_length = 8, max_length = 20, example = "7KQ2-M9XD")]
    pub code: String,
}

/// Takes the e-mail address whose code is shown. Only for whoever asked for it.
#[utoipa::path(
    post, path = "/v1/accounts/email/change/confirm", tag = "accounts",
    operation_id = "confirm_email",
    request_body = CodeShown,
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn confirm_email(
    asker: Signed,
    State(app): State<App>,
    Json(input): Json<CodeShown>,
) -> Result<StatusCode, Fault<CodeRefused>> {
    let changed = flow::opened_by(&app, input.flow, Purpose::ChangeEmail, &input.code).await?;
    let row = match changed {
        Some(row) => Some(row),
        None => flow::opened_by(&app, input.flow, Purpose::VerifyEmail, &input.code).await?,
    };
    let row = row.filter(|row| row.person() == Some(asker.person));
    let row = row.ok_or(CodeRefused::CodeRefused)?;
    let now = app.clock.now();
    let email = row.email.clone().unwrap_or_default();
    let mut tx = app.db.begin().await?;
    let person = db::lock_person(&mut tx, asker.person).await?.ok_or_else(super::gone)?;
    let taken = !db::flow::use_up(&mut tx, row.id, now).await?
        || !db::set_email(&mut tx, person.id, &email, now).await?;
    if taken {
        return Err(CodeRefused::CodeRefused.into());
    }
    audit::note(&app, &mut tx, &asker, ("email_changed", Some(person.id)), json!({})).await?;
    if let Some(old) = person.email.filter(|old| *old != email) {
        flow::tell(&app, &mut tx, person.id, &old, &Says::EmailChanged).await?;
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
