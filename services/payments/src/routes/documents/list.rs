use axum::extract::State as Shared;
use kernel::VendorId;
use serde::Deserialize;
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query};

use super::DocumentView;
use crate::{App, db, db::document::Series, document::DocumentKind};

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SeriesQuery {
    vendor: VendorId,
    kind: DocumentKind,
    /// Of the store's time zone.
    #[param(minimum = 2000, maximum = 9999)]
    year: i16,
}

/// A vendor's invoices or credit notes of one year, by number.
#[utoipa::path(
    get, path = "/v1/payments/documents", tag = "payments", operation_id = "documents",
    params(SeriesQuery, PageQuery),
    responses(
        (status = OK, body = Page<DocumentView>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn list(
    Shared(app): Shared<App>,
    Query(series): Query<SeriesQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<DocumentView>>, Fault<Never>> {
    if !(2000..=9999).contains(&series.year) {
        return Err(Problem::invalid("year", "must be between 2000 and 9999").into());
    }
    let (limit, after) = (page.limit()?, page.after::<i64>()?.unwrap_or(0));
    let series = Series { vendor: series.vendor, kind: series.kind, year: series.year };
    let rows = db::document::of_series(&app.db, &series, after, i64::from(limit) + 1).await?;
    let Page { items, next } = Page::cut(rows, limit, |row| row.place);
    let items = items.iter().map(DocumentView::try_from).collect::<Result<_, _>>()?;
    Ok(Json(Page { items, next }))
}
