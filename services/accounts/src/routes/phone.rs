use accounts_api::Purpose;
use axum::{extract::State, http::StatusCode};
use garde::Validate;
use serde::Deserialize;
use serde_json::json;
use wire::{Fault, Json, Never, Problem, Signed};

use super::change_email::CodeShown;
use crate::{
    App, audit, db, flow,
    flow::{Begun, CodeRefused, To},
    profile, throttle,
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PhoneInput {
    /// E.164; spaces, hyphens and brackets do not matter.
    #[garde(length(max = 40))]
    #[schema(max_length = 40, example = "+15155550123")]
    phone: String,
}

/// Has a code sent to a telephone, whose number becomes the asker's once they show it.
#[utoipa::path(
    post, path = "/v1/accounts/phone", tag = "accounts", operation_id = "set_phone",
    request_body = PhoneInput,
    responses(
        (status = ACCEPTED, body = Begun),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn set_phone(
    asker: Signed,
    State(app): State<App>,
    Json(input): Json<PhoneInput>,
) -> Result<(StatusCode, Json<Begun>), Fault<Never>> {
    let number = profile::phone(&input.phone)
        .ok_or_else(|| Problem::invalid("phone", "is not a number such as +1 515 555 0123"))?;
    throttle::send_letter_for(&app, &number, asker.person).await?;
    let mut tx = app.db.begin().await?;
    db::flow::end_others(&mut tx, asker.person, Purpose::ConfirmPhone, app.clock.now()).await?;
    let what = (Purpose::ConfirmPhone, To::Phone(&number));
    let flow = flow::begin(&app, &mut tx, what, Some(asker.person), json!({})).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(Begun::of(&app, flow))))
}

/// Keeps the number whose code is shown. Only for whoever asked for it.
#[utoipa::path(
    post, path = "/v1/accounts/phone/confirm", tag = "accounts", operation_id = "confirm_phone",
    request_body = CodeShown,
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn confirm_phone(
    asker: Signed,
    State(app): State<App>,
    Json(input): Json<CodeShown>,
) -> Result<StatusCode, Fault<CodeRefused>> {
    let row = flow::opened_by(&app, input.flow, Purpose::ConfirmPhone, &input.code).await?;
    let row = row.filter(|row| row.person() == Some(asker.person));
    let row = row.ok_or(CodeRefused::CodeRefused)?;
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    if !db::flow::use_up(&mut tx, row.id, now).await? {
        return Err(CodeRefused::CodeRefused.into());
    }
    db::set_phone(&mut tx, asker.person, row.phone.as_deref(), now).await?;
    audit::note(&app, &mut tx, &asker, ("phone_changed", Some(asker.person)), json!({})).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Forgets the asker's telephone number.
#[utoipa::path(
    delete, path = "/v1/accounts/phone", tag = "accounts", operation_id = "remove_phone",
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn remove_phone(
    asker: Signed,
    State(app): State<App>,
) -> Result<StatusCode, Fault<Never>> {
    let mut tx = app.db.begin().await?;
    db::set_phone(&mut tx, asker.person, None, app.clock.now()).await?;
    audit::note(&app, &mut tx, &asker, ("phone_removed", Some(asker.person)), json!({})).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
