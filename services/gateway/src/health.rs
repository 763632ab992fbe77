//! Whether the process lives, and whether the house can serve.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use serde::Serialize;
use store::Reads;
use wire::{CallError, Never, Problem};

use crate::{App, Neighbour};

/// What carries events, where it is not PostgreSQL.
const BROKER: &str = "rabbitmq";
/// What is read from in the database's place.
const REPLICAS: &str = "replicas";

/// What a probe reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Health {
    /// `ok`, always.
    status: &'static str,
}

/// Which services can serve, and whether the broker of their events and the replicas of their database do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Readiness {
    /// `ready`, `degraded` (the shop works without what is missing) or `not_ready`.
    status: Status,
    services: Vec<ServiceReadiness>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Ready,
    Degraded,
    NotReady,
}

/// Whether one service reaches its database, `rabbitmq` is there, or none of the `replicas` is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ServiceReadiness {
    service: &'static str,
    ready: bool,
    /// What to look at, where it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    why: Option<&'static str>,
}

/// Tells that the process lives; asks nobody else.
#[utoipa::path(
    get, path = "/healthz", tag = "gateway", operation_id = "health",
    responses(
        (status = OK, body = Health),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn healthz() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Asks every service whether it reaches its database, at most once a second. A broker that is away keeps
/// nobody from serving: events wait for it. Nor does a replica that is left out. A process that is about to end
/// is not ready, whatever they say.
#[utoipa::path(
    get, path = "/readyz", tag = "gateway", operation_id = "readiness",
    responses(
        (status = OK, body = Readiness),
        (status = SERVICE_UNAVAILABLE, body = Readiness),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn readyz(State(app): State<App>) -> impl IntoResponse {
    let neighbours = app.clone();
    let asked = app.readiness.get("all", async move { Ok(ask_all(&neighbours).await) }).await;
    let nobody = Readiness { status: Status::NotReady, services: Vec::new() };
    let mut readiness = asked.unwrap_or(nobody);
    let down = readiness.status == Status::NotReady || app.leaving.is_cancelled();
    if down {
        readiness.status = Status::NotReady;
    }
    let status = if down { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    (status, Json(readiness))
}

async fn ask_all(app: &App) -> Readiness {
    let asked = app.upstreams.iter().map(|(service, neighbour)| ask(service, neighbour));
    let mut services = futures::future::join_all(asked).await;
    services.extend(app.carrier.reaches_broker().map(broker));
    services.extend(app.reads.are_replicated().then(|| replicas(&app.reads)));
    let spared = |service: &str| {
        matches!(service, BROKER | REPLICAS)
            || app.config.ready_without.iter().any(|name| name == service)
    };
    let missing = || services.iter().filter(|service| !service.ready);
    let status = match (missing().next(), missing().all(|one| spared(one.service))) {
        (None, _) => Status::Ready,
        (Some(_), true) => Status::Degraded,
        (Some(_), false) => Status::NotReady,
    };
    Readiness { status, services }
}

fn broker(ready: bool) -> ServiceReadiness {
    let why = "it does not answer, or does not let us in: events wait for it; see the log";
    ServiceReadiness { service: BROKER, ready, why: (!ready).then_some(why) }
}

fn replicas(reads: &Reads) -> ServiceReadiness {
    let ready = reads.left_out().is_empty();
    let why = "one lags, or does not answer: the database is read in its place; see the log";
    ServiceReadiness { service: REPLICAS, ready, why: (!ready).then_some(why) }
}

async fn ask(service: &'static str, neighbour: &Neighbour) -> ServiceReadiness {
    let why = match &neighbour.client {
        None => Some("nobody knows where it is: run it here or set its address in [upstreams]"),
        Some(client) => {
            let path = format!("/internal/{service}/ready");
            match client.get::<(), Never>(&path).await {
                Ok(()) => None,
                Err(CallError::Refused(never)) => match never {},
                Err(CallError::Unavailable(_)) => {
                    Some("it does not answer, or does not reach its database: see its log")
                }
            }
        }
    };
    ServiceReadiness { service, ready: why.is_none(), why }
}
