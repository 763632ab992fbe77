use axum::{extract::State, http::StatusCode};
use garde::Validate;
use kernel::VendorId;
use serde::{Deserialize, Serialize};
use wire::{Fault, IfMatch, Json, Never, Page, PageQuery, Path, Problem, Query};

use crate::{App, db::stores};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VendorInput {
    #[garde(length(chars, min = 1, max = 200), custom(super::visible_text))]
    #[schema(min_length = 1, max_length = 200)]
    name: String,
}

/// A business that owns stores.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct VendorView {
    vendor: VendorId,
    name: String,
    /// Grows with each change; also the `ETag`.
    version: i64,
}

impl From<stores::VendorRow> for VendorView {
    fn from(row: stores::VendorRow) -> Self {
        Self { vendor: row.id, name: row.name, version: row.version }
    }
}

/// Adds a vendor.
#[utoipa::path(
    post, path = "/v1/catalogue/vendors", tag = "catalogue", operation_id = "add_vendor",
    request_body = VendorInput,
    responses(
        (status = CREATED, body = VendorView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn add(
    State(app): State<App>,
    Json(input): Json<VendorInput>,
) -> Result<(StatusCode, Json<VendorView>), Fault<Never>> {
    let vendor = VendorId::new();
    let mut tx = app.db.begin().await?;
    stores::insert_vendor(&mut tx, vendor, input.name.trim(), app.clock.now()).await?;
    tx.commit().await?;
    let name = input.name.trim().to_owned();
    Ok((StatusCode::CREATED, Json(VendorView { vendor, name, version: 1 })))
}

/// Lists vendors in the order of name.
#[utoipa::path(
    get, path = "/v1/catalogue/vendors", tag = "catalogue", operation_id = "list_vendors",
    params(PageQuery),
    responses(
        (status = OK, body = Page<VendorView>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn list(
    State(app): State<App>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<VendorView>>, Fault<Never>> {
    let (limit, after) = (page.limit()?, super::after_name(&page)?);
    let rows = stores::vendors(&app.reads.lagging(), after.as_ref(), limit).await?;
    let page = Page::cut(rows, limit, |row| (row.name_key.clone(), row.id));
    Ok(Json(page.map(VendorView::from)))
}

/// Gives a vendor another name.
#[utoipa::path(
    put, path = "/v1/catalogue/vendors/{vendor}", tag = "catalogue", operation_id = "rename_vendor",
    params(("vendor" = VendorId, Path), ("If-Match" = String, Header)), request_body = VendorInput,
    responses(
        (status = OK, body = VendorView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn rename(
    State(app): State<App>,
    Path(vendor): Path<VendorId>,
    IfMatch(version): IfMatch,
    Json(input): Json<VendorInput>,
) -> Result<(super::Tag, Json<VendorView>), Fault<Never>> {
    let mut tx = app.db.begin().await?;
    let renamed = stores::rename_vendor(&mut tx, (vendor, version), input.name.trim()).await?;
    let Some(row) = renamed else {
        let known = stores::has_vendor(&mut tx, vendor).await?;
        let stale = || Problem::stale("vendor");
        return Err(if known { stale() } else { Problem::not_found("vendor") }.into());
    };
    tx.commit().await?;
    Ok((wire::etag(row.version), Json(row.into())))
}
