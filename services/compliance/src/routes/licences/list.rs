use axum::extract::State;
use jiff::civil::Date;
use kernel::StoreId;
use serde::Deserialize;
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query, Signed};

use super::{LicenceView, is_of_our_days};
use crate::{
    App,
    db::licence::{self, Listed},
};

/// Which licences.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LicencesQuery {
    /// Only those whose last day is before this one.
    #[param(value_type = Option<String>, format = Date)]
    expires_before: Option<Date>,
    /// Only that of this store.
    store: Option<StoreId>,
}

/// Licences, those that end first first.
#[utoipa::path(
    get, path = "/v1/compliance/licences", tag = "compliance", operation_id = "licences",
    params(LicencesQuery, PageQuery),
    responses(
        (status = OK, body = Page<LicenceView>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn licences(
    actor: Signed,
    State(app): State<App>,
    Query(query): Query<LicencesQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<LicenceView>>, Fault<Never>> {
    let (limit, after) = (page.limit()?, page.after::<(Date, StoreId)>()?);
    let days = [("expires_before", query.expires_before), ("after", after.map(|(day, _)| day))];
    for (field, day) in days {
        if day.is_some_and(|day| !is_of_our_days(day)) {
            let message = "is not between the years 1900 and 2999";
            return Err(Problem::invalid(field, message).into());
        }
    }
    let which = Listed {
        expires_before: query.expires_before,
        store: query.store,
        stores: actor.reach.only_stores(),
    };
    let rows = licence::list(&app.db, which, after, limit).await?;
    let page = Page::cut(rows, limit, |row| (row.licence().valid_until, row.store_id));
    Ok(Json(page.map(LicenceView::from)))
}
