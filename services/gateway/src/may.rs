//! What somebody may do, at a store or at all, so that pages show no more than that.

use std::sync::OnceLock;

use axum::Json;
use kernel::StoreId;
use serde::{Deserialize, Serialize};
use wire::{
    Fault, Never, Path, Problem, Rule, Signed,
    access::{Rows, Who},
};

static RULES: OnceLock<Vec<&'static Rule>> = OnceLock::new();

/// Names the rules of access of the services that run in this house; the first call counts.
pub fn publish(rules: Vec<&'static Rule>) {
    let _ = RULES.set(rules);
}

fn rules() -> &'static [&'static Rule] {
    RULES.get_or_init(|| crate::access::ACCESS.iter().collect())
}

/// What somebody may do by their roles.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct May {
    /// The `operationId`s of what is for some roles, and for one of yours among them.
    may: Vec<&'static str>,
}

/// Tells which operations your roles let you call at all; for which rows, they say themselves. What is
/// for whoever is signed in is not listed.
#[utoipa::path(
    get, path = "/v1/gateway/may", tag = "gateway", operation_id = "may",
    responses(
        (status = OK, body = May),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn may(asker: Signed) -> Result<Json<May>, Fault<Never>> {
    let of_roles = |rule: &&&Rule| matches!(rule.who, Who::Roles(_));
    let reached = |rule: &&&Rule| rule.reach(&asker).is_some();
    let may = rules().iter().filter(of_roles).filter(reached).map(|rule| rule.operation);
    Ok(Json(May { may: may.collect() }))
}

/// What somebody may do at a store.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MayAtStore {
    store: StoreId,
    /// The `operationId`s of what is for the store's own people, and for you among them.
    may: Vec<&'static str>,
}

/// The names in the path: the route that takes all has one too.
#[derive(Debug, Deserialize)]
pub struct Named {
    store: StoreId,
}

/// Tells which operations your roles let you call for a store. What becomes of a call depends on
/// more: a thing's own `can` says what may be done with it now.
#[utoipa::path(
    get, path = "/v1/gateway/stores/{store}/may", tag = "gateway", operation_id = "may_at_store",
    params(("store" = StoreId, Path)),
    responses(
        (status = OK, body = MayAtStore),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn may_at_store(
    asker: Signed,
    Path(Named { store }): Path<Named>,
) -> Result<Json<MayAtStore>, Fault<Never>> {
    if !asker.reach.store(store) {
        return Err(Problem::not_found("store").into());
    }
    let of_store = |rule: &&&Rule| rule.grants().any(|grant| grant.rows == Rows::Store);
    let reached = |rule: &&&Rule| rule.reach(&asker).is_some_and(|reach| reach.store(store));
    let may = rules().iter().filter(of_store).filter(reached).map(|rule| rule.operation);
    Ok(Json(MayAtStore { store, may: may.collect() }))
}
