use axum::extract::State;
use serde::Deserialize;
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query, Signed};

use super::ListedPerson;
use crate::{App, db};

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PeopleQuery {
    /// Only people whose e-mail address begins like this.
    #[param(max_length = 254)]
    email: Option<String>,
    /// `next` of the page before.
    #[param(max_length = 1000)]
    after: Option<String>,
    /// How many items at most, 1 to 100; 20 unless told.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// All people who have an e-mail address, in its order.
#[utoipa::path(
    get, path = "/v1/accounts/people", tag = "accounts", operation_id = "people",
    params(PeopleQuery),
    responses(
        (status = OK, body = Page<ListedPerson>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn people(
    _: Signed,
    State(app): State<App>,
    Query(query): Query<PeopleQuery>,
) -> Result<Json<Page<ListedPerson>>, Fault<Never>> {
    let page = PageQuery { after: query.after, limit: query.limit };
    let (limit, after) = (page.limit()?, page.after::<String>()?);
    let prefix = query.email.unwrap_or_default().to_lowercase();
    plain("email", &prefix)?;
    plain("after", after.as_deref().unwrap_or_default())?;
    let rows = db::people(&app.db, &prefix, after.as_deref(), limit + 1).await?;
    Ok(Json(
        Page::cut(rows, limit, |row| row.email.clone().unwrap_or_default()).map(ListedPerson::from),
    ))
}

/// What cannot be in an e-mail address cannot be looked for either.
fn plain(field: &str, text: &str) -> Result<(), Problem> {
    if text.len() > 254 {
        return Err(Problem::invalid(field, "is longer than 254 bytes"));
    }
    wire::plain_text(text, &()).map_err(|error| Problem::invalid(field, error.message()))
}
