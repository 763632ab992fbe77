use axum::{extract::State, http::StatusCode};
use garde::Validate;
use kernel::VendorId;
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query};

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
    Ok((StatusCode::CREATED, Json(VendorView { vendor, name })))
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
    let rows = stores::vendors(&app.db, after.as_ref(), limit).await?;
    let page = Page::cut(rows, limit, |row| (row.name_key.clone(), row.id));
    Ok(Json(page.map(|row| VendorView { vendor: row.id, name: row.name })))
}
