use accounts_api::Purpose;
use axum::{extract::State, http::StatusCode};
use garde::Validate;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Never, Problem};

use crate::{
    App, flow,
    flow::{Begun, To},
    password::{LONGEST, SHORTEST},
    profile::{self, wrong_date_of_birth},
    session::Device,
    throttle,
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    #[garde(length(max = 254), email)]
    #[schema(max_length = 254, format = Email)]
    email: String,
    /// At least ten characters.
    #[garde(length(chars, min = SHORTEST, max = LONGEST))]
    #[schema(min_length = 10, max_length = 200)]
    password: String,
    #[garde(length(chars, min = 1, max = 100), custom(profile::name))]
    #[schema(min_length = 1, max_length = 100)]
    given_name: String,
    #[garde(length(chars, min = 1, max = 100), custom(profile::name))]
    #[schema(min_length = 1, max_length = 100)]
    family_name: String,
    /// Needed to buy alcohol; 1900 at the earliest.
    #[garde(skip)]
    #[schema(value_type = Option<String>, format = Date, example = "1990-04-01")]
    date_of_birth: Option<Date>,
    /// BCP 47: in which they are written to, at first; `en-US` unless told.
    #[garde(length(min = 2, max = 35), inner(custom(profile::language)))]
    #[schema(min_length = 2, max_length = 35, pattern = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]
    language: Option<String>,
}

/// Who someone says to be, until the code of the letter is shown.
#[derive(Debug, Serialize, Deserialize)]
pub struct Applicant {
    pub password_hash: String,
    pub given_name: String,
    pub family_name: String,
    pub date_of_birth: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// Asks for an account for someone who buys. A letter goes to the e-mail address: with a code, or,
/// where there is an account, saying so. The answer is the same.
#[utoipa::path(
    post, path = "/v1/accounts/sign-up", tag = "accounts", operation_id = "sign_up",
    request_body = SignUp,
    responses(
        (status = ACCEPTED, body = Begun),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn sign_up(
    State(app): State<App>,
    device: Device,
    Json(input): Json<SignUp>,
) -> Result<(StatusCode, Json<Begun>), Fault<Never>> {
    let now = app.clock.now();
    if let Some(wrong) = input.date_of_birth.and_then(|born| wrong_date_of_birth(born, now)) {
        return Err(Problem::invalid("date_of_birth", wrong).into());
    }
    let email = input.email.to_lowercase();
    throttle::send_letter(&app, &email, &device).await?;
    let own = vec![email.clone(), input.given_name.clone(), input.family_name.clone()];
    let password_hash = app.passwords.hash_new("password", input.password, own).await?;
    let applicant = Applicant {
        password_hash,
        given_name: input.given_name.trim().to_owned(),
        family_name: input.family_name.trim().to_owned(),
        date_of_birth: input.date_of_birth,
        language: input.language,
    };
    let data = serde_json::to_value(applicant).map_err(anyhow::Error::from)?;
    let mut tx = app.db.begin().await?;
    let flow = flow::begin(&app, &mut tx, (Purpose::SignUp, To::Email(&email)), None, data).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(Begun::of(&app, flow))))
}
