use axum::{
    extract::State,
    http::{HeaderName, StatusCode},
};
use garde::Validate;
use kernel::{PersonId, Role};
use serde::{Deserialize, Serialize};
use serde_json::json;
use wire::{Fault, IfMatch, Json, Path, Problem, Refusal, Signed, etag};

use super::ListedPerson;
use crate::{App, audit, db, session};

/// All the roles that a person has from now on.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RolesInput {
    #[garde(length(max = 20), custom(sensible))]
    #[schema(max_items = 20)]
    roles: Vec<Role>,
}

fn sensible(roles: &[Role], (): &()) -> garde::Result {
    roles.iter().try_for_each(|role| sensible_role(role, &()))
}

/// A garde rule: who works at stores works at some, and not at too many.
pub fn sensible_role(role: &Role, (): &()) -> garde::Result {
    let works = matches!(role, Role::Clerk { .. } | Role::Manager { .. });
    if works && !(1..=200).contains(&role.stores().len()) {
        return Err(garde::Error::new("clerks and managers work for 1 to 200 stores"));
    }
    Ok(())
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum RolesRefusal {
    LastOperator,
}

impl Refusal for RolesRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }
    fn detail(&self) -> String {
        "Nobody could run the platform any more. Make someone else an operator first.".into()
    }
    fn field(&self) -> Option<String> {
        Some("roles".into())
    }
}

/// Sets a person's roles. What was taken away is gone within seconds: access tokens from before no
/// longer hold, and refreshing gives new ones. `If-Match` may be left out.
#[utoipa::path(
    put, path = "/v1/accounts/people/{person}/roles", tag = "accounts",
    operation_id = "set_roles",
    params(
        ("person" = PersonId, Path),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read"),
    ),
    request_body = RolesInput,
    responses(
        (status = OK, body = ListedPerson, headers(("ETag" = String))),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn set_roles(
    actor: Signed,
    Path(person): Path<PersonId>,
    read: Option<IfMatch>,
    State(app): State<App>,
    Json(input): Json<RolesInput>,
) -> Result<([(HeaderName, String); 1], Json<ListedPerson>), Fault<RolesRefusal>> {
    let mut tx = app.db.begin().await?;
    // Locked in one order by everyone, so that two operators cannot remove each other at once.
    let operators = db::lock_operators(&mut tx).await?;
    let row = db::lock_person(&mut tx, person).await?;
    let mut row = row.ok_or_else(|| Problem::not_found("person"))?;
    if read.is_some_and(|IfMatch(read)| read != row.version) {
        return Err(Problem::stale("person").into());
    }
    if operators == [person] && !input.roles.contains(&Role::Operator) {
        return Err(RolesRefusal::LastOperator.into());
    }
    let before = row.roles();
    row.set_roles(&input.roles);
    db::save_person(&mut tx, &mut row).await?;
    db::session::end_access(&mut tx, person, session::last_token_ends(&app)).await?;
    let facts = json!({ "before": before, "after": row.roles() });
    audit::note(&app, &mut tx, &actor, ("roles_set", Some(person)), facts).await?;
    feed::append(&mut tx, &row.changed(), app.clock.now()).await?;
    tx.commit().await?;
    app.access_ended();
    Ok((etag(row.version), Json(row.into())))
}
