use axum::{
    extract::State,
    http::{HeaderName, StatusCode},
};
use garde::Validate;
use jiff::tz::TimeZone;
use kernel::Zone;
use serde::Deserialize;
use store::Tx;
use wire::{Fault, IfMatch, Json, Never, Path, Problem, etag};

use super::{Code, JurisdictionView};
use crate::{
    App, area,
    db::{self, law::JurisdictionRow},
    routes::read_first,
    rulebook::is_name,
};

/// How deep jurisdictions may lie in each other.
const DEEPEST: usize = 6;

/// A jurisdiction as an operator says it.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JurisdictionInput {
    #[garde(length(chars, min = 1, max = 100), custom(named))]
    #[schema(min_length = 1, max_length = 100, example = "Iowa")]
    name: String,
    /// IANA name.
    #[garde(length(max = 60), custom(on_the_clock))]
    #[schema(max_length = 60, example = "America/Chicago")]
    time_zone: String,
    #[garde(custom(sensible))]
    area: Zone,
    /// The code of the larger one that it lies in; where both contain a place, this one counts.
    #[garde(length(max = 36))]
    #[schema(max_length = 36)]
    parent: Option<String>,
}

fn named(name: &str, (): &()) -> garde::Result {
    if is_name(name) { Ok(()) } else { Err(garde::Error::new("is not a name")) }
}

fn on_the_clock(zone: &str, (): &()) -> garde::Result {
    TimeZone::get(zone).map(drop).map_err(|_| garde::Error::new("is not an IANA time zone"))
}

fn sensible(area: &Zone, (): &()) -> garde::Result {
    area::flaw(area).map_or(Ok(()), |flaw| Err(garde::Error::new(flaw)))
}

type Answer = (StatusCode, [(HeaderName, String); 1], Json<JurisdictionView>);

/// Adds a jurisdiction, or replaces the one whose `ETag` comes in `If-Match`.
#[utoipa::path(
    put, path = "/v1/compliance/jurisdictions/{code}", tag = "compliance",
    operation_id = "keep_jurisdiction",
    params(
        ("code" = String, Path, example = "US-IA"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read"),
    ),
    request_body = JurisdictionInput,
    responses(
        (status = OK, body = JurisdictionView, headers(("ETag" = String))),
        (status = CREATED, body = JurisdictionView, headers(("ETag" = String))),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn keep_jurisdiction(
    Path(Code(code)): Path<Code>,
    read: Option<IfMatch>,
    State(app): State<App>,
    Json(input): Json<JurisdictionInput>,
) -> Result<Answer, Fault<Never>> {
    let mut tx = app.db.begin().await?;
    db::law::lock_jurisdictions(&mut tx).await?;
    if let Some(parent) = &input.parent {
        check_parent(&mut tx, &code, parent).await?;
    }
    let JurisdictionInput { name, time_zone, area, parent } = input;
    let version = read.map_or(1, |IfMatch(version)| version);
    let new = JurisdictionRow { code, name, time_zone, area, parent, version };
    let (status, row) = if read.is_some() {
        let row = db::law::update_jurisdiction(&mut tx, &new).await?;
        (StatusCode::OK, row.ok_or_else(|| Problem::stale("jurisdiction"))?)
    } else {
        let row = db::law::insert_jurisdiction(&mut tx, &new).await?;
        (StatusCode::CREATED, row.ok_or_else(read_first)?)
    };
    tx.commit().await?;
    app.law_changed().await;
    Ok((status, etag(row.version), Json(row.into())))
}

/// Jurisdictions lie in each other without a circle, and not too deep.
async fn check_parent(tx: &mut Tx<'_>, code: &str, parent: &str) -> Result<(), Fault<Never>> {
    let wrong = |why| Err(Problem::invalid("parent", why).into());
    if Code::try_from(parent.to_owned()).is_err() {
        return wrong("is not a code such as US-IA");
    }
    let chain = db::law::chain(tx, parent).await?;
    if chain.is_empty() {
        return wrong("is not a jurisdiction that there is");
    }
    if parent == code || chain.iter().any(|above| above == code) {
        return wrong("lies in this jurisdiction itself");
    }
    if chain.len() >= DEEPEST {
        return wrong("lies too deep");
    }
    Ok(())
}
