use axum::extract::State;
use jiff::Timestamp;
use kernel::ProductId;
use serde::Serialize;
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query};

use crate::{
    App,
    db::{self, RankedRow},
};

/// What the background job ranked, before anything that operators decided.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Ranking {
    /// When it was computed; absent where nothing is ranked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    computed_at: Option<Timestamp>,
    /// How far back it looks.
    window_days: u32,
    products: Page<RankedProduct>,
}

/// A product and what its score is made of.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RankedProduct {
    /// Counted from 1.
    place: i32,
    product: ProductId,
    name: String,
    category: String,
    /// The sum of the parts.
    score: f64,
    parts: ScoreParts,
    counts: ScoreCounts,
}

/// What each thing that counts adds to the score, faded and weighed.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ScoreParts {
    /// Orders, with a long memory.
    popular: f64,
    /// Orders, with a short memory.
    trending: f64,
    favourite: f64,
    clicks: f64,
    views: f64,
}

/// What there was of each in the window.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ScoreCounts {
    orders: i64,
    favourites: i64,
    /// Views that came from a list, a search or Top Picks.
    clicks: i64,
    views: i64,
}

impl From<RankedRow> for RankedProduct {
    fn from(row: RankedRow) -> Self {
        Self {
            place: row.place,
            product: row.scored.product,
            name: row.scored.name,
            category: row.scored.category,
            score: row.scored.score,
            parts: ScoreParts {
                popular: row.popular,
                trending: row.trending,
                favourite: row.favourite,
                clicks: row.clicked,
                views: row.viewed,
            },
            counts: ScoreCounts {
                orders: row.orders,
                favourites: row.favourites,
                clicks: row.clicks,
                views: row.views,
            },
        }
    }
}

/// The ranking behind Top Picks, best first.
#[utoipa::path(
    get, path = "/v1/insight/top-picks/ranking", tag = "insight", operation_id = "ranking",
    params(PageQuery),
    responses(
        (status = OK, body = Ranking),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn ranking(
    State(app): State<App>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Ranking>, Fault<Never>> {
    let (limit, after) = (page.limit()?, page.after()?);
    let rows = db::ranking(&app.reads.lagging(), after, limit).await?;
    let computed_at = rows.first().map(RankedRow::computed_at);
    let products = Page::cut(rows, limit, |row| row.place).map(RankedProduct::from);
    Ok(Json(Ranking { computed_at, window_days: app.config.window_days, products }))
}
