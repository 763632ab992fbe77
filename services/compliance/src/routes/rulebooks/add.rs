use axum::{extract::State, http::StatusCode};
use compliance_api::in_our_time;
use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Path, Problem, Refusal};

use super::RulebookView;
use crate::{
    App, db,
    routes::jurisdictions::Code,
    rulebook::{Rulebook, Rules},
};

/// A new version of a jurisdiction's rules.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RulebookInput {
    /// Greater than that of any version there is.
    #[garde(range(min = 1))]
    #[schema(minimum = 1)]
    version: i32,
    /// From when on it counts instead of all older versions; now unless told, never earlier.
    #[garde(inner(custom(in_our_time)))]
    valid_from: Option<Timestamp>,
    #[garde(skip)]
    rules: Rules,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum RulebookRefusal {
    VersionNotNewer { last: i32 },
}

impl Refusal for RulebookRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }
    fn detail(&self) -> String {
        let Self::VersionNotNewer { last } = self;
        format!("The last version is {last}. Read it, and give this one a greater number.")
    }
    fn field(&self) -> Option<String> {
        Some("version".into())
    }
}

/// Adds a version of a jurisdiction's rules; none is ever edited.
#[utoipa::path(
    post, path = "/v1/compliance/jurisdictions/{code}/rulebooks", tag = "compliance",
    operation_id = "add_rulebook",
    params(("code" = String, Path, example = "US-IA")),
    request_body = RulebookInput,
    responses(
        (status = CREATED, body = RulebookView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn add_rulebook(
    Path(Code(code)): Path<Code>,
    State(app): State<App>,
    Json(input): Json<RulebookInput>,
) -> Result<(StatusCode, Json<RulebookView>), Fault<RulebookRefusal>> {
    let now = app.clock.now();
    let valid_from = input.valid_from.unwrap_or(now);
    if valid_from < now {
        return Err(Problem::invalid("valid_from", "is in the past").into());
    }
    if let Some((field, flaw)) = input.rules.flaw() {
        return Err(Problem::invalid(format!("rules.{field}"), flaw).into());
    }
    let mut tx = app.db.begin().await?;
    let last = db::law::last_version(&mut tx, &code).await?;
    let last = last.ok_or_else(|| Problem::not_found("jurisdiction"))?;
    if input.version <= last {
        return Err(RulebookRefusal::VersionNotNewer { last }.into());
    }
    let (version, rules) = (input.version, input.rules);
    let book = Rulebook { jurisdiction: code, version, valid_from, rules };
    let row = db::law::insert_rulebook(&mut tx, &book, now).await?;
    tx.commit().await?;
    app.law_changed().await;
    Ok((StatusCode::CREATED, Json(row.into())))
}
