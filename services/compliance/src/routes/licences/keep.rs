use axum::{
    extract::State,
    http::{HeaderName, StatusCode},
};
use garde::Validate;
use jiff::civil::Date;
use kernel::{AlcoholClass, StoreId};
use serde::Deserialize;
use wire::{Fault, IfMatch, Json, Never, Path, Problem, etag};

use super::LicenceView;
use crate::{App, db, licence::Licence, routes::read_first, rulebook::is_name};

/// A licence as an operator says it.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LicenceInput {
    /// As the authority wrote it.
    #[garde(length(chars, min = 1, max = 100), custom(numbered))]
    #[schema(min_length = 1, max_length = 100)]
    number: String,
    /// What it allows to sell: beer, wine, spirits.
    #[garde(length(min = 1, max = 3), inner(custom(licensed)))]
    #[schema(min_items = 1, max_items = 3)]
    classes: Vec<AlcoholClass>,
    /// The first day on which it holds, by the store's calendar.
    #[garde(custom(in_our_days))]
    #[schema(value_type = String, format = Date)]
    valid_from: Date,
    /// The last day on which it holds.
    #[garde(custom(in_our_days))]
    #[schema(value_type = String, format = Date)]
    valid_until: Date,
    #[garde(skip)]
    #[serde(default)]
    suspended: bool,
}

fn numbered(number: &str, (): &()) -> garde::Result {
    if is_name(number) { Ok(()) } else { Err(garde::Error::new("is not a licence number")) }
}

fn licensed(class: &AlcoholClass, (): &()) -> garde::Result {
    match class {
        AlcoholClass::None => Err(garde::Error::new("needs no licence")),
        AlcoholClass::Beer | AlcoholClass::Wine | AlcoholClass::Spirits => Ok(()),
    }
}

fn in_our_days(day: &Date, (): &()) -> garde::Result {
    if super::is_of_our_days(*day) {
        return Ok(());
    }
    Err(garde::Error::new("is not between the years 1900 and 2999"))
}

type Answer = (StatusCode, [(HeaderName, String); 1], Json<LicenceView>);

/// Sets a store's licence, or replaces the one whose `ETag` comes in `If-Match`.
#[utoipa::path(
    put, path = "/v1/compliance/licences/{store}", tag = "compliance",
    operation_id = "keep_licence",
    params(
        ("store" = StoreId, Path),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read"),
    ),
    request_body = LicenceInput,
    responses(
        (status = OK, body = LicenceView, headers(("ETag" = String))),
        (status = CREATED, body = LicenceView, headers(("ETag" = String))),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn keep_licence(
    Path(store): Path<StoreId>,
    read: Option<IfMatch>,
    State(app): State<App>,
    Json(input): Json<LicenceInput>,
) -> Result<Answer, Fault<Never>> {
    if input.valid_until < input.valid_from {
        return Err(Problem::invalid("valid_until", "is before valid_from").into());
    }
    let licence = Licence {
        number: input.number,
        classes: input.classes.into_iter().collect(),
        valid_from: input.valid_from,
        valid_until: input.valid_until,
        suspended: input.suspended,
    };
    let (status, row) = if let Some(IfMatch(version)) = read {
        let row = db::licence::update(&app.db, store, &licence, version).await?;
        (StatusCode::OK, row.ok_or_else(|| Problem::stale("licence"))?)
    } else {
        let row = db::licence::insert(&app.db, store, &licence).await?;
        (StatusCode::CREATED, row.ok_or_else(read_first)?)
    };
    Ok((status, etag(row.version), Json(row.into())))
}
