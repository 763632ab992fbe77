use accounts_api::PersonChanged;
use axum::{extract::State, http::StatusCode};
use garde::Validate;
use jiff::civil::Date;
use kernel::{PersonId, Role};
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Problem, Refusal};

use crate::{App, db, password};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    #[garde(length(max = 254), email)]
    #[schema(max_length = 254, format = Email)]
    email: String,
    /// At least ten characters.
    #[garde(length(chars, min = 10, max = 200))]
    #[schema(min_length = 10, max_length = 200)]
    password: String,
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    given_name: String,
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    family_name: String,
    /// Needed to buy alcohol.
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
    if input.date_of_birth.is_some_and(|born| born > now.to_zoned(jiff::tz::TimeZone::UTC).date()) {
        return Err(Problem::invalid("date_of_birth", "is in the future").into());
    }
    let password_hash = password::hash(&app.config, input.password).await?;
    let person = PersonId::new();
    let new = db::NewPerson {
        id: person,
        email: &input.email.to_lowercase(),
        password_hash: &password_hash,
        given_name: input.given_name.trim(),
        family_name: input.family_name.trim(),
        date_of_birth: input.date_of_birth,
        at: now,
    };
    let mut tx = app.db.begin().await?;
    if !db::insert_person(&mut tx, &new).await? {
        return Err(SignUpRefusal::EmailTaken.into());
    }
    let changed = PersonChanged {
        person,
        given_name: input.given_name,
        date_of_birth: input.date_of_birth,
        roles: vec![Role::Customer],
        version: 1,
    };
    feed::append(&mut tx, &changed, now).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(SignedUp { person })))
}
