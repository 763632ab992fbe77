use super::gone;
use axum::{
    extract::State,
    http::{HeaderName, StatusCode},
};
use garde::Validate;
use jiff::{Timestamp, civil::Date};
use kernel::{PersonId, Role};
use serde::{Deserialize, Serialize};
use serde_json::json;
use wire::{Fault, IfMatch, Json, Never, Problem, Refusal, Signed, etag};

use crate::{
    App, audit,
    db::{self, PersonRow},
    profile::{self, wrong_date_of_birth},
};

/// What an account says of its person.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Profile {
    person: PersonId,
    /// None where the person came by a provider that told none.
    email: Option<String>,
    /// Whether the person showed that it is theirs.
    email_verified: bool,
    /// E.164; shown to be theirs.
    phone: Option<String>,
    /// Whether there is a password to sign in with.
    has_password: bool,
    given_name: String,
    family_name: String,
    #[schema(value_type = Option<String>, format = Date, example = "1990-04-01")]
    date_of_birth: Option<Date>,
    /// BCP 47.
    #[schema(example = "en-US")]
    language: String,
    roles: Vec<Role>,
    /// Grows with each change; also the `ETag`.
    version: i64,
    created_at: Timestamp,
}

impl From<PersonRow> for Profile {
    fn from(row: PersonRow) -> Self {
        Self {
            person: row.id,
            date_of_birth: row.date_of_birth(),
            roles: row.roles(),
            version: row.version,
            created_at: row.created_at(),
            email_verified: row.verified_email().is_some(),
            phone: row.phone.clone().filter(|_| row.phone_is_verified()),
            has_password: row.password_hash.is_some(),
            email: row.email,
            given_name: row.given_name,
            family_name: row.family_name,
            language: row.language,
        }
    }
}

/// What a person changes; what is absent or null stays.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileChange {
    #[garde(length(chars, min = 1, max = 100), inner(custom(profile::name)))]
    #[schema(min_length = 1, max_length = 100)]
    given_name: Option<String>,
    #[garde(length(chars, min = 1, max = 100), inner(custom(profile::name)))]
    #[schema(min_length = 1, max_length = 100)]
    family_name: Option<String>,
    /// BCP 47.
    #[garde(length(min = 2, max = 35), inner(custom(profile::language)))]
    #[schema(min_length = 2, max_length = 35, pattern = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]
    language: Option<String>,
    /// May be said once; 1900 at the earliest.
    #[garde(skip)]
    #[schema(value_type = Option<String>, format = Date, example = "1990-04-01")]
    date_of_birth: Option<Date>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum ProfileRefusal {
    DateOfBirthSet,
}

impl Refusal for ProfileRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }
    fn detail(&self) -> String {
        "The date of birth is set and cannot be changed here. Ask the operator.".into()
    }
    fn field(&self) -> Option<String> {
        Some("date_of_birth".into())
    }
}

type Answer = ([(HeaderName, String); 1], Json<Profile>);

/// The asker's own account.
#[utoipa::path(
    get, path = "/v1/accounts/me", tag = "accounts", operation_id = "me",
    responses(
        (status = OK, body = Profile, headers(("ETag" = String))),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn me(actor: Signed, State(app): State<App>) -> Result<Answer, Fault<Never>> {
    let row = db::person(&app.db, actor.person).await?.ok_or_else(gone)?;
    Ok((etag(row.version), Json(row.into())))
}

/// Changes the asker's own account. Another name ends the proof of an age that was made in the one
/// before.
#[utoipa::path(
    patch, path = "/v1/accounts/me", tag = "accounts", operation_id = "change_me",
    params(("If-Match" = String, Header, description = "The ETag that was read")),
    request_body = ProfileChange,
    responses(
        (status = OK, body = Profile, headers(("ETag" = String))),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn change_me(
    actor: Signed,
    IfMatch(version): IfMatch,
    State(app): State<App>,
    Json(change): Json<ProfileChange>,
) -> Result<Answer, Fault<ProfileRefusal>> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let mut row = db::lock_person(&mut tx, actor.person).await?.ok_or_else(gone)?;
    if row.version != version {
        return Err(Problem::stale("account").into());
    }
    let named = (row.given_name.clone(), row.family_name.clone());
    apply(&mut row, change, now)?;
    // A document proves the age of whom it names: under another name it would be somebody else's.
    let renamed = named != (row.given_name.clone(), row.family_name.clone());
    if renamed && db::age::end_proof(&mut tx, row.id).await? {
        let facts = json!({ "why": "another name" });
        audit::note(&app, &mut tx, &actor, ("age_proof_ended", Some(row.id)), facts).await?;
    }
    db::save_person(&mut tx, &mut row).await?;
    feed::append(&mut tx, &row.changed(), now).await?;
    tx.commit().await?;
    Ok((etag(row.version), Json(row.into())))
}

fn apply(
    row: &mut PersonRow,
    change: ProfileChange,
    now: Timestamp,
) -> Result<(), Fault<ProfileRefusal>> {
    if let Some(born) = change.date_of_birth {
        if let Some(wrong) = wrong_date_of_birth(born, now) {
            return Err(Problem::invalid("date_of_birth", wrong).into());
        }
        if row.date_of_birth().is_some_and(|known| known != born) {
            return Err(ProfileRefusal::DateOfBirthSet.into());
        }
        row.set_date_of_birth(born);
    }
    if let Some(name) = change.given_name {
        name.trim().clone_into(&mut row.given_name);
    }
    if let Some(name) = change.family_name {
        name.trim().clone_into(&mut row.family_name);
    }
    if let Some(language) = change.language {
        row.language = language;
    }
    Ok(())
}
