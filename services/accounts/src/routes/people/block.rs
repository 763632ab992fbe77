use axum::{extract::State, http::StatusCode};
use garde::Validate;
use kernel::{PersonId, RoleKind};
use serde::Deserialize;
use serde_json::json;
use wire::{Fault, Json, Never, Path, Problem, Signed};

use crate::{
    App, audit,
    db::{self, session::Which},
    session,
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    #[garde(length(chars, min = 1, max = 500), custom(wire::plain_text))]
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Blocks a person: their sessions end within seconds, and they cannot sign in. Not oneself.
#[utoipa::path(
    post, path = "/v1/accounts/people/{person}/block", tag = "accounts", operation_id = "block",
    params(("person" = PersonId, Path)),
    request_body = Reason,
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn block(
    asker: Signed,
    Path(person): Path<PersonId>,
    State(app): State<App>,
    Json(input): Json<Reason>,
) -> Result<StatusCode, Fault<Never>> {
    if person == asker.person {
        return Err(Problem::forbidden("Nobody blocks themselves.").into());
    }
    set(&app, &asker, person, Some(&input.reason)).await
}

/// Lets a blocked person in again.
#[utoipa::path(
    post, path = "/v1/accounts/people/{person}/unblock", tag = "accounts",
    operation_id = "unblock",
    params(("person" = PersonId, Path)),
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn unblock(
    asker: Signed,
    Path(person): Path<PersonId>,
    State(app): State<App>,
) -> Result<StatusCode, Fault<Never>> {
    set(&app, &asker, person, None).await
}

async fn set(
    app: &App,
    asker: &Signed,
    person: PersonId,
    why: Option<&str>,
) -> Result<StatusCode, Fault<Never>> {
    let mut tx = app.db.begin().await?;
    // Locked by everyone in one order, so that two operators do not block each other at once.
    if why.is_some() && db::lock_operators(&mut tx).await? == [person] {
        let detail = "Nobody could run the platform any more. Make someone else an operator first.";
        return Err(Problem::forbidden(detail).into());
    }
    let row = db::lock_person(&mut tx, person).await?;
    let row = row.ok_or_else(|| Problem::not_found("person"))?;
    let guards = |kind| matches!(kind, RoleKind::Operator | RoleKind::Auditor);
    if !asker.is(RoleKind::Operator) && row.roles().iter().any(|role| guards(role.kind())) {
        return Err(Problem::forbidden("Only operators block operators and auditors.").into());
    }
    db::set_blocked(&mut tx, person, why, app.clock.now()).await?;
    if why.is_some() {
        session::end(app, &mut tx, person, Which::All, "blocked").await?;
        db::session::end_access(&mut tx, person, session::last_token_ends(app)).await?;
    }
    let action = if why.is_some() { "blocked" } else { "unblocked" };
    audit::note(app, &mut tx, asker, (action, Some(person)), json!({ "reason": why })).await?;
    tx.commit().await?;
    app.access_ended();
    Ok(StatusCode::NO_CONTENT)
}
