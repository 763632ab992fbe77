use axum::{
    extract::State as Shared,
    http::{HeaderName, StatusCode},
};
use garde::Validate;
use kernel::VendorId;
use serde::{Deserialize, Serialize};
use wire::{Fault, IfMatch, Json, Never, Path, Problem, Signed, etag};

use crate::{
    App,
    db::{self, vendor::TermsRow},
};

/// What a vendor agreed with the platform.
#[derive(Debug, Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VendorTerms {
    /// As it stands on invoices.
    #[garde(length(chars, min = 1, max = 200), custom(wire::plain_text))]
    #[schema(min_length = 1, max_length = 200)]
    legal_name: String,
    #[garde(length(chars, min = 1, max = 500), custom(wire::plain_text))]
    #[schema(min_length = 1, max_length = 500)]
    address: String,
    /// Empty where it has none.
    #[garde(length(chars, max = 60), custom(wire::plain_text))]
    #[schema(max_length = 60)]
    #[serde(default)]
    tax_number: String,
    /// Of the goods after discounts and without taxes, in hundredths of a percent. It holds for
    /// sales from now on.
    #[garde(range(min = 0, max = 10_000))]
    #[schema(minimum = 0, maximum = 10_000, example = 1500)]
    commission_bp: i32,
    /// So many days (UTC) after the end of the last payout, or the first sale, the next one is drawn up
    /// by itself.
    #[garde(range(min = 1, max = 366))]
    #[schema(minimum = 1, maximum = 366, example = 7)]
    payout_interval_days: i32,
}

/// Terms as they stand.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CurrentTerms {
    vendor: VendorId,
    /// Grows with each change; also the ETag.
    version: i64,
    terms: VendorTerms,
}

type Tagged = ([(HeaderName, String); 1], Json<CurrentTerms>);

fn tagged(vendor: VendorId, row: TermsRow) -> Tagged {
    let version = row.version;
    let terms = VendorTerms {
        legal_name: row.legal_name,
        address: row.address,
        tax_number: row.tax_number,
        commission_bp: row.commission_bp,
        payout_interval_days: row.payout_interval_days,
    };
    (etag(version), Json(CurrentTerms { vendor, version, terms }))
}

/// A vendor's terms.
#[utoipa::path(
    get, path = "/v1/payments/vendors/{vendor}/terms", tag = "books",
    operation_id = "vendor_terms",
    params(("vendor" = VendorId, Path)),
    responses(
        (status = OK, body = CurrentTerms),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn vendor_terms(
    Shared(app): Shared<App>,
    Path(vendor): Path<VendorId>,
) -> Result<Tagged, Fault<Never>> {
    let row = db::vendor::terms(&app.db, vendor).await?;
    Ok(tagged(vendor, row.ok_or_else(|| Problem::not_found("vendor"))?))
}

/// Sets a vendor's terms from now on; the versions before are kept. `If-Match` is needed where there
/// are some already.
#[utoipa::path(
    put, path = "/v1/payments/vendors/{vendor}/terms", tag = "books",
    operation_id = "put_vendor_terms",
    params(
        ("vendor" = VendorId, Path),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read"),
    ),
    request_body = VendorTerms,
    responses(
        (status = OK, description = "They have changed", body = CurrentTerms),
        (status = CREATED, description = "There were none", body = CurrentTerms),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn put_vendor_terms(
    Shared(app): Shared<App>,
    actor: Signed,
    Path(vendor): Path<VendorId>,
    if_match: Option<IfMatch>,
    Json(terms): Json<VendorTerms>,
) -> Result<(StatusCode, Tagged), Fault<Never>> {
    let before = db::vendor::terms(&app.db, vendor).await?.map_or(0, |row| row.version);
    if before > 0 && if_match.is_none() {
        let detail = "There are terms already. Send If-Match with the ETag that you read.";
        let status = StatusCode::PRECONDITION_REQUIRED;
        let problem = Problem::new(status, "if-match-missing", detail).with_field("If-Match");
        return Err(problem.into());
    }
    let new = TermsRow {
        version: before + 1,
        legal_name: terms.legal_name,
        address: terms.address,
        tax_number: terms.tax_number,
        commission_bp: terms.commission_bp,
        payout_interval_days: terms.payout_interval_days,
    };
    let stale = if_match.is_some_and(|IfMatch(read)| read != before);
    let by = (actor.person, app.clock.now());
    if stale || !db::vendor::insert_terms(&app.db, vendor, &new, by).await? {
        return Err(Problem::stale("terms").into());
    }
    let status = if before == 0 { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, tagged(vendor, new)))
}
