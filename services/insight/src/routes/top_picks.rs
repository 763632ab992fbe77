use axum::extract::State;
use kernel::{ProductId, StoreId};
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Never, Problem, Query};

use crate::{
    App,
    blend::{Decision, MOST, PickReason, Ranked, blend},
    db::{self, Scored},
};

/// How many, and of which store.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PicksQuery {
    /// How many at most, 1 to 50; 20 unless told.
    #[param(minimum = 1, maximum = 50)]
    limit: Option<usize>,
    /// Only what this store has sold.
    store: Option<StoreId>,
}

/// The list, best first.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TopPicks {
    #[schema(max_items = 50)]
    items: Vec<Pick>,
}

/// One place in the list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Pick {
    product: ProductId,
    name: String,
    category: String,
    /// What the background job gave it; only good for comparing.
    score: f64,
    /// Whether an operator chose its place.
    pinned: bool,
    reason: PickReason,
}

impl From<Ranked> for Pick {
    fn from(ranked: Ranked) -> Self {
        Self {
            product: ranked.product,
            name: ranked.name,
            category: ranked.category,
            score: ranked.score,
            pinned: ranked.reason == PickReason::Pinned,
            reason: ranked.reason,
        }
    }
}

/// What many buy and look at right now, with what the operator chose.
#[utoipa::path(
    get, path = "/v1/insight/top-picks", tag = "insight", operation_id = "top_picks",
    params(PicksQuery),
    responses(
        (status = OK, body = TopPicks),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn top_picks(
    State(app): State<App>,
    Query(query): Query<PicksQuery>,
) -> Result<Json<TopPicks>, Fault<Never>> {
    let limit = query.limit.unwrap_or(20);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::invalid("limit", "must be between 1 and 50").into());
    }
    let now = app.clock.now();
    let from = app.reads.lagging();
    let ranked = db::top_scores(&from, query.store, now, MOST).await?;
    let decided = db::decided(&from, query.store, now).await?;
    let decided = decided.into_iter().filter_map(|row| {
        let place = row.position.unwrap_or(1).max(1).unsigned_abs() as usize;
        let decision = match row.action.as_str() {
            "pin" => Decision::Pin(place),
            "add" => Decision::Add,
            "remove" => Decision::Remove,
            _ => return None,
        };
        Some((as_ranked(row.scored), decision))
    });
    let ranked = ranked.into_iter().map(as_ranked).collect();
    let list = blend(ranked, decided.collect(), app.config.added_rank, limit);
    Ok(Json(TopPicks { items: list.into_iter().map(Pick::from).collect() }))
}

fn as_ranked(row: Scored) -> Ranked {
    let reason = match row.reason.as_str() {
        "trending" => PickReason::Trending,
        "viewed" => PickReason::Viewed,
        "favourite" => PickReason::Favourite,
        _ => PickReason::Popular,
    };
    let Scored { product, name, category, score, .. } = row;
    Ranked { product, name, category, score, reason }
}
