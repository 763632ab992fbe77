use axum::{extract::State, http::StatusCode};
use garde::Validate;
use jiff::{SignedDuration, Timestamp};
use kernel::{Actor, PersonId, Role, SessionId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use wire::{Fault, Json, Never, Pass, Path, Problem, Refusal, Signed};

use crate::{
    App, audit,
    db::machine::{self as db, MachineRow},
    routes::people::roles,
    session::{self, Device},
    throttle,
};

/// What a machine may be allowed: to read or write what a service keeps, within its roles.
const SCOPES: [&str; 16] = [
    "catalogue:read",
    "catalogue:write",
    "cart:read",
    "cart:write",
    "orders:read",
    "orders:write",
    "payments:read",
    "payments:write",
    "delivery:read",
    "delivery:write",
    "notifications:read",
    "notifications:write",
    "insight:read",
    "insight:write",
    "compliance:read",
    "compliance:write",
];

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MachineInput {
    #[garde(length(chars, min = 1, max = 100), custom(crate::profile::name))]
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Whose place it takes: it reaches what these reach, within its scopes. Not customers and
    /// drivers, who are people.
    #[garde(length(min = 1, max = 5), custom(for_machines))]
    #[schema(min_items = 1, max_items = 5)]
    roles: Vec<Role>,
    /// Such as `orders:read`.
    #[garde(length(min = 1, max = 16), custom(known_scopes))]
    #[schema(min_items = 1, max_items = 16)]
    scopes: Vec<String>,
}

fn for_machines(given: &[Role], (): &()) -> garde::Result {
    if given.iter().any(|role| matches!(role, Role::Customer | Role::Driver)) {
        return Err(garde::Error::new("customers and drivers are people"));
    }
    given.iter().try_for_each(|role| roles::sensible_role(role, &()))
}

fn known_scopes(scopes: &[String], (): &()) -> garde::Result {
    match scopes.iter().find(|scope| !SCOPES.contains(&scope.as_str())) {
        Some(scope) => Err(garde::Error::new(format!("there is no scope {scope:?}"))),
        None => Ok(()),
    }
}

/// A program that calls the API in its own name.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Machine {
    machine: PersonId,
    name: String,
    roles: Vec<Role>,
    scopes: Vec<String>,
    made_at: Timestamp,
    /// When it last asked for a token.
    used_at: Option<Timestamp>,
}

impl From<MachineRow> for Machine {
    fn from(row: MachineRow) -> Self {
        Self {
            machine: row.id,
            made_at: row.made_at(),
            used_at: row.used_at(),
            name: row.name,
            roles: row.roles.0,
            scopes: row.scopes,
        }
    }
}

/// A machine's id and secret; the secret is shown this once.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct NewMachine {
    machine: PersonId,
    secret: String,
}

/// Lets a program call the API, in given roles and within scopes.
#[utoipa::path(
    post, path = "/v1/accounts/machines", tag = "accounts", operation_id = "add_machine",
    request_body = MachineInput,
    responses(
        (status = CREATED, body = NewMachine),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn add_machine(
    asker: Signed,
    State(app): State<App>,
    Json(input): Json<MachineInput>,
) -> Result<(StatusCode, Json<NewMachine>), Fault<Never>> {
    let (machine, secret) = (PersonId::new(), format!("ms_{}", kernel::random_token()));
    let new = db::NewMachine {
        id: machine,
        name: input.name.trim(),
        secret_hash: &app.vault.keyed_hash("machine", secret.as_bytes()),
        roles: &input.roles,
        scopes: &input.scopes,
        made_by: asker.person,
        at: app.clock.now(),
    };
    let mut tx = app.db.begin().await?;
    db::insert(&mut tx, &new).await?;
    let facts = json!({ "roles": input.roles, "scopes": input.scopes });
    audit::note(&app, &mut tx, &asker, ("machine_added", Some(machine)), facts).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(NewMachine { machine, secret })))
}

/// The machines that may call, newest first; at most 500.
#[utoipa::path(
    get, path = "/v1/accounts/machines", tag = "accounts", operation_id = "machines",
    responses(
        (status = OK, body = Vec<Machine>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn machines(
    _: Signed,
    State(app): State<App>,
) -> Result<Json<Vec<Machine>>, Fault<Never>> {
    Ok(Json(db::list(&app.db).await?.into_iter().map(Machine::from).collect()))
}

/// Ends a machine: its tokens hold no longer.
#[utoipa::path(
    delete, path = "/v1/accounts/machines/{machine}", tag = "accounts",
    operation_id = "end_machine",
    params(("machine" = PersonId, Path)),
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn end_machine(
    asker: Signed,
    Path(machine): Path<PersonId>,
    State(app): State<App>,
) -> Result<StatusCode, Fault<Never>> {
    let mut tx = app.db.begin().await?;
    let until = session::last_token_ends(&app);
    if !db::end(&mut tx, machine, app.clock.now(), until).await? {
        return Err(Problem::not_found("machine").into());
    }
    audit::note(&app, &mut tx, &asker, ("machine_ended", Some(machine)), json!({})).await?;
    tx.commit().await?;
    app.access_ended();
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    #[garde(skip)]
    machine: PersonId,
    #[garde(length(max = 100))]
    #[schema(max_length = 100)]
    secret: String,
}

/// A machine's access token. There is no refresh token: the secret gives the next one.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MachineToken {
    access_token: String,
    token_type: &'static str,
    expires_at: Timestamp,
    scopes: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum MachineRefusal {
    SignInRefused,
}

impl Refusal for MachineRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::UNAUTHORIZED
    }
    fn detail(&self) -> String {
        "There is no such machine, or its secret is another.".into()
    }
}

/// Gives a machine an access token for its secret.
#[utoipa::path(
    post, path = "/v1/accounts/machines/token", tag = "accounts", operation_id = "machine_token",
    request_body = Credentials,
    responses(
        (status = OK, body = MachineToken),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn machine_token(
    State(app): State<App>,
    device: Device,
    Json(input): Json<Credentials>,
) -> Result<Json<MachineToken>, Fault<MachineRefusal>> {
    let now = app.clock.now();
    let charge = throttle::try_machine(&app, input.machine, &device).await?;
    let hash = app.vault.keyed_hash("machine", input.secret.as_bytes());
    let row = db::used(&app.db, input.machine, &hash, now).await?;
    let row = row.ok_or(MachineRefusal::SignInRefused)?;
    charge.give_back(&app).await?;
    let pass = Pass {
        actor: Actor {
            person: row.id,
            roles: crate::db::vendor::with_stores(&app.db, row.roles.0).await?,
        },
        session: SessionId::new(),
        version: 1,
        scopes: Some(row.scopes.clone()),
    };
    let life = SignedDuration::from_mins(app.config.access_token_minutes);
    let token = app.keys.signing(now)?.sign(&pass, now, life)?;
    Ok(Json(MachineToken {
        access_token: token.token,
        token_type: "Bearer",
        expires_at: token.expires_at,
        scopes: row.scopes,
    }))
}
