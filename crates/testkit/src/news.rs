use axum::{
    Json, Router,
    extract::{Query, State},
    routing::get,
};
use host::NewsAnswer;
use kernel::Clock;
use serde::Deserialize;
use wire::{AccessNews, HouseKey};

#[derive(Deserialize)]
struct Asked {
    nonce: String,
}

/// Accounts as every process asks it for news, where there never is any.
pub fn no_news(house: HouseKey, clock: Clock) -> Router {
    Router::new().route("/internal/accounts/news", get(none)).with_state((house, clock))
}

async fn none(
    State((house, clock)): State<(HouseKey, Clock)>,
    Query(asked): Query<Asked>,
) -> Json<NewsAnswer> {
    let news = house.tell_news(AccessNews::default(), &asked.nonce, clock.now());
    Json(NewsAnswer { news: news.expect("the news") })
}
