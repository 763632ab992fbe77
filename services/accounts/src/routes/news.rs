use axum::extract::State;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use host::NewsAnswer;
use kernel::{PersonId, SessionId};
use serde::Deserialize;
use wire::{AccessNews, Ended, EndedTokens, Fault, House, Json, Never, Problem, Query};

use crate::{
    App,
    db::session::{self, EndedRow},
};

#[derive(Debug, Deserialize)]
pub struct NewsQuery {
    after: i64,
    nonce: String,
}

/// Which keys sign, and whose tokens hold no longer: for every process of the house.
pub async fn news(
    _: House,
    State(app): State<App>,
    Query(query): Query<NewsQuery>,
) -> Result<Json<NewsAnswer>, Fault<Never>> {
    if query.nonce.len() > 100 || query.after < 0 {
        return Err(Problem::invalid("nonce", "is too long").into());
    }
    let now = app.clock.now();
    let (cursor, ended) = session::ended_since(&app.db, query.after, now).await?;
    let keys = app.keys.all();
    let keys = keys.iter().map(|key| BASE64_URL_SAFE_NO_PAD.encode(key.verifying_key().bytes));
    let news = AccessNews {
        keys: keys.collect(),
        ended: ended.iter().filter_map(ended_tokens).collect(),
        cursor,
    };
    let news = app.house.tell_news(news, &query.nonce, now)?;
    Ok(Json(NewsAnswer { news }))
}

fn ended_tokens(row: &EndedRow) -> Option<Ended> {
    let what = match (row.session_id, row.person_id, row.version) {
        (Some(session), ..) => EndedTokens::Session(SessionId::from_uuid(session)),
        (None, Some(person), Some(version)) => {
            EndedTokens::Person { person: PersonId::from_uuid(person), version }
        }
        _ => return None,
    };
    Some(Ended { what, until: row.until().as_second() })
}
