use axum::{extract::State, http::StatusCode};
use kernel::StoreId;
use serde::Serialize;
use wire::{Fault, IfMatch, Json, Never, Path, Problem, Signed, etag};

use crate::{
    App,
    cart::Tagged,
    db::{self, rules::NewTariff},
    tariff::Tariff,
};

/// A tariff as it stands.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CurrentTariff {
    /// Absent for the tariff of all stores that have none of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    store: Option<StoreId>,
    /// Grows with each change; also the ETag.
    version: i64,
    tariff: Tariff,
}

/// Taxes, excise and fees of a store, or of all that have none of their own.
#[utoipa::path(
    get, path = "/v1/cart/tariffs/{store}", tag = "tariffs", operation_id = "show_tariff",
    params(("store" = String, Path, description = "A store's id, or `default`")),
    responses(
        (status = OK, body = CurrentTariff),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn show_tariff(
    State(app): State<App>,
    Path(store): Path<String>,
) -> Result<Tagged<CurrentTariff>, Fault<Never>> {
    let store = named(&store)?;
    let row = db::rules::tariff(&app.db, store).await?;
    let row = row.ok_or_else(|| Problem::not_found("tariff"))?;
    let (version, tariff) = (row.version, row.body);
    Ok((etag(version), Json(CurrentTariff { store, version, tariff })))
}

/// Sets a tariff from now on; the versions before are kept. `If-Match` is needed where there is
/// one already.
#[utoipa::path(
    put, path = "/v1/cart/tariffs/{store}", tag = "tariffs", operation_id = "put_tariff",
    params(
        ("store" = String, Path, description = "A store's id, or `default`"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read"),
    ),
    request_body = Tariff,
    responses(
        (status = OK, description = "It has changed", body = CurrentTariff),
        (status = CREATED, description = "There was none", body = CurrentTariff),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn put_tariff(
    State(app): State<App>,
    actor: Signed,
    Path(store): Path<String>,
    if_match: Option<IfMatch>,
    Json(tariff): Json<Tariff>,
) -> Result<(StatusCode, Tagged<CurrentTariff>), Fault<Never>> {
    let store = named(&store)?;
    if !tariff.fees_are_taxable() {
        return Err(Problem::invalid("fee_tax_class", "is not among the tax classes").into());
    }
    let before = db::rules::tariff(&app.db, store).await?.map_or(0, |row| row.version);
    let version = before + 1;
    let (set_by, at) = (Some(actor.person), app.clock.now());
    let new = NewTariff { store, version, body: &tariff, set_by, at };
    if before > 0 && if_match.is_none() {
        let detail = "There is a tariff already. Send If-Match with the ETag that you read.";
        let status = StatusCode::PRECONDITION_REQUIRED;
        let problem = Problem::new(status, "if-match-missing", detail).with_field("If-Match");
        return Err(problem.into());
    }
    let stale = if_match.is_some_and(|IfMatch(read)| read != before);
    if stale || !db::rules::insert_tariff(&app.db, &new).await? {
        return Err(Problem::stale("tariff").into());
    }
    let status = if before == 0 { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, (etag(version), Json(CurrentTariff { store, version, tariff }))))
}

fn named(store: &str) -> Result<Option<StoreId>, Problem> {
    match store {
        "default" => Ok(None),
        store => store.parse().map(Some).map_err(|_| Problem::not_found("store")),
    }
}
