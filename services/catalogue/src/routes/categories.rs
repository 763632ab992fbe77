use axum::{extract::State, http::Uri, response::Response};
use garde::Validate;
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query};

use crate::{
    App, answers,
    db::categories::{self, CategoryRow},
    product::category_is_valid,
};

/// A category; its path tells what it is in.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CategoryView {
    /// Slug path.
    #[schema(example = "spirits/whiskey/bourbon")]
    path: String,
    name: String,
    /// How many products it has, with all categories in it.
    products: u64,
}

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CategoryInput {
    /// Slug path of at most five parts; what is missing above it is made.
    #[garde(custom(super::a_category))]
    #[schema(
        max_length = 200,
        pattern = "^[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*){0,4}$",
        example = "spirits/whiskey/bourbon"
    )]
    path: String,
    #[garde(length(chars, min = 1, max = 100), custom(super::visible_text))]
    #[schema(min_length = 1, max_length = 100)]
    name: String,
}

/// Lists all categories, each after the one it is in.
#[utoipa::path(
    get, path = "/v1/catalogue/categories", tag = "catalogue", operation_id = "list_categories",
    params(PageQuery),
    responses(
        (status = OK, body = Page<CategoryView>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn list(
    State(app): State<App>,
    uri: Uri,
    Query(page): Query<PageQuery>,
) -> Result<Response, Fault<Never>> {
    let (limit, after) = (page.limit()?, page.after::<String>()?);
    if after.as_deref().is_some_and(|path| !category_is_valid(path)) {
        return Err(Problem::invalid("after", "is not a cursor that this list gave out").into());
    }
    let from = app.reads.lagging();
    let load = async move {
        let rows = categories::page(&from, after.as_deref(), limit).await?;
        let page = Page::cut(rows, limit, |row| row.path.clone());
        let view = |row: CategoryRow| CategoryView {
            path: row.path,
            name: row.name,
            products: row.products as u64,
        };
        Ok(Some((None, page.map(view))))
    };
    let answer = answers::answer(&app.answers, &uri, load).await?;
    Ok(answer.ok_or_else(|| Problem::not_found("path"))?)
}

/// Names a category, and makes it where it does not exist.
#[utoipa::path(
    put, path = "/v1/catalogue/categories", tag = "catalogue", operation_id = "name_category",
    request_body = CategoryInput,
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn name(
    State(app): State<App>,
    Json(input): Json<CategoryInput>,
) -> Result<axum::http::StatusCode, Fault<Never>> {
    let mut tx = app.db.begin().await?;
    categories::rename(&mut tx, &input.path, input.name.trim()).await?;
    tx.commit().await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}
