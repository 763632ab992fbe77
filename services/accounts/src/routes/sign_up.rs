use axum::{extract::State, http::StatusCode};
use garde::Validate;
use jiff::civil::Date;
use kernel::PersonId;
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Problem, Refusal};

use crate::{
    App, db,
    password::{LONGEST, SHORTEST},
    profile::{self, wrong_date_of_birth},
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
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SignedUp {
    person: PersonId,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum SignUpRefusal {
    EmailTaken,
}

impl Refusal for SignUpRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }
    fn detail(&self) -> String {
        "There is an account with this e-mail address. Sign in instead.".into()
    }
    fn field(&self) -> Option<String> {
        Some("email".into())
    }
}

/// Makes an account for someone who buys. Anyone may call it.
#[utoipa::path(
    post, path = "/v1/accounts/sign-up", tag = "accounts", operation_id = "sign_up",
    request_body = SignUp,
    responses(
        (status = CREATED, body = SignedUp),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn sign_up(
    State(app): State<App>,
    Json(input): Json<SignUp>,
) -> Result<(StatusCode, Json<SignedUp>), Fault<SignUpRefusal>> {
    let now = app.clock.now();
    if let Some(wrong) = input.date_of_birth.and_then(|born| wrong_date_of_birth(born, now)) {
        return Err(Problem::invalid("date_of_birth", wrong).into());
    }
    let password_hash = app.passwords.hash(input.password).await?;
    let new = db::NewPerson {
        id: PersonId::new(),
        email: &input.email.to_lowercase(),
        password_hash: &password_hash.ok_or_else(|| Problem::unavailable("accounts"))?,
        given_name: input.given_name.trim(),
        family_name: input.family_name.trim(),
        date_of_birth: input.date_of_birth,
        at: now,
    };
    let mut tx = app.db.begin().await?;
    let row = db::insert_person(&mut tx, &new).await?.ok_or(SignUpRefusal::EmailTaken)?;
    feed::append(&mut tx, &row.changed(), now).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(SignedUp { person: row.id })))
}
