use axum::extract::State as Shared;
use jiff::Timestamp;
use kernel::{PersonId, SavedMethodId};
use serde::Serialize;
use uuid::Uuid;
use wire::{Fault, Json, Never, Page, PageQuery, Path, Problem, Query, Signed};

use crate::{App, db, db::left::LeftRow};

/// A way to pay whose customer keeps it no longer, at an account that is not in the settings any more:
/// it was erased here, and the provider could not be told.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LeftMethod {
    method: SavedMethodId,
    /// `stripe:us`
    way: String,
    /// Our key of the provider's customer, as it stands there with the customer. Not there where the
    /// provider makes customers without one, and once it is removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    customer_key: Option<Uuid>,
    #[schema(value_type = String, format = DateTime)]
    erased_at: Timestamp,
    /// The operator who removed it at the provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    removed_by: Option<PersonId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, value_type = String, format = DateTime)]
    removed_at: Option<Timestamp>,
}

impl From<LeftRow> for LeftMethod {
    fn from(row: LeftRow) -> Self {
        Self {
            method: SavedMethodId::from_uuid(row.method_id),
            way: format!("{}:{}", row.provider, row.account),
            customer_key: row.customer_key,
            erased_at: row.erased_at.to_jiff(),
            removed_by: row.removed_by.map(PersonId::from_uuid),
            removed_at: row.removed_at.map(jiff_sqlx::Timestamp::to_jiff),
        }
    }
}

/// What customers keep no longer and providers may still have, newest first: to be removed by hand in
/// the provider's dashboard.
#[utoipa::path(
    get, path = "/v1/payments/left-methods", tag = "payments", operation_id = "left_methods",
    params(PageQuery),
    responses(
        (status = OK, body = Page<LeftMethod>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn left_methods(
    Shared(app): Shared<App>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<LeftMethod>>, Fault<Never>> {
    let (limit, before) = (page.limit()?, page.after::<Uuid>()?);
    let rows = db::left::list(&app.db, before, i64::from(limit) + 1).await?;
    Ok(Json(Page::cut(rows, limit, |row| row.method_id).map(LeftMethod::from)))
}

/// Says that one of them has been removed at its provider. The same again changes nothing.
#[utoipa::path(
    post, path = "/v1/payments/left-methods/{method}/removed", tag = "payments",
    operation_id = "left_method_removed",
    params(("method" = SavedMethodId, Path)),
    responses(
        (status = OK, body = LeftMethod),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn left_method_removed(
    actor: Signed,
    Shared(app): Shared<App>,
    Path(method): Path<SavedMethodId>,
) -> Result<Json<LeftMethod>, Fault<Never>> {
    let by = (actor.person, app.clock.now());
    let row = db::left::removed(&app.db, method.uuid(), by).await?;
    Ok(Json(row.ok_or_else(|| Problem::not_found("saved way to pay"))?.into()))
}
