//! What the asker has marked.

use accounts_api::FavouriteChanged;
use axum::{extract::State, http::StatusCode};
use jiff::Timestamp;
use kernel::ProductId;
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Never, Page, PageQuery, Path, Problem, Query, Refusal, Signed};

use crate::{
    App,
    db::{self, favourite::FavouriteRow},
    routes::gone,
};

/// How many products one person may mark.
const MOST: i64 = 1_000;

/// A product that its person has marked.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Favourite {
    product: ProductId,
    marked_at: Timestamp,
}

impl From<FavouriteRow> for Favourite {
    fn from(row: FavouriteRow) -> Self {
        Self { product: row.product, marked_at: row.marked_at() }
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum FavouriteRefusal {
    TooManyFavourites { most: i64 },
}

impl Refusal for FavouriteRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }
    fn detail(&self) -> String {
        let Self::TooManyFavourites { most } = self;
        format!("{most} products are marked already. Take a mark off first.")
    }
}

/// The asker's favourites, in the order of the products' ids. Any signed-in person, their own only.
#[utoipa::path(
    get, path = "/v1/accounts/me/favourites", tag = "accounts", operation_id = "favourites",
    params(PageQuery),
    responses(
        (status = OK, body = Page<Favourite>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn favourites(
    actor: Signed,
    State(app): State<App>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Favourite>>, Fault<Never>> {
    let limit = page.limit()?;
    let rows = db::favourite::favourites(&app.db, actor.person, page.after()?, limit + 1).await?;
    Ok(Json(Page::cut(rows, limit, |row| row.product).map(Favourite::from)))
}

/// Marks a product as a favourite; again changes nothing. Any signed-in person, for themselves.
#[utoipa::path(
    put, path = "/v1/accounts/me/favourites/{product}", tag = "accounts",
    operation_id = "add_favourite",
    params(("product" = ProductId, Path)),
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn add_favourite(
    actor: Signed,
    Path(product): Path<ProductId>,
    State(app): State<App>,
) -> Result<StatusCode, Fault<FavouriteRefusal>> {
    let (person, now) = (actor.person, app.clock.now());
    let mut tx = app.db.begin().await?;
    db::lock_person(&mut tx, person).await?.ok_or_else(gone)?;
    if db::favourite::others(&mut tx, person, product).await? >= MOST {
        return Err(FavouriteRefusal::TooManyFavourites { most: MOST }.into());
    }
    if let Some(version) = db::favourite::mark(&mut tx, person, product, now).await? {
        let change = FavouriteChanged { person, product, favourite: true, version };
        feed::append(&mut tx, &change, now).await?;
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes the mark off a product; where there is none nothing changes. Any signed-in person, for
/// themselves.
#[utoipa::path(
    delete, path = "/v1/accounts/me/favourites/{product}", tag = "accounts",
    operation_id = "remove_favourite",
    params(("product" = ProductId, Path)),
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn remove_favourite(
    actor: Signed,
    Path(product): Path<ProductId>,
    State(app): State<App>,
) -> Result<StatusCode, Fault<Never>> {
    let (person, now) = (actor.person, app.clock.now());
    let mut tx = app.db.begin().await?;
    db::lock_person(&mut tx, person).await?.ok_or_else(gone)?;
    if let Some(version) = db::favourite::unmark(&mut tx, person, product).await? {
        let change = FavouriteChanged { person, product, favourite: false, version };
        feed::append(&mut tx, &change, now).await?;
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
