//! Events that no follower could handle: listed, and put back into their queues.

use axum::{extract::State, http::StatusCode};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Never, Page, PageQuery, Path, Problem, Query, Signed};

use crate::App;

/// Which dead letters.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LettersQuery {
    /// Only those that this service could not handle, such as `orders`.
    #[param(max_length = 60)]
    queue: Option<String>,
}

/// An event that a service was told of and could not handle, although it tried for about half an hour.
/// What the event says is not shown.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DeadLetter {
    letter: i64,
    /// The service that could not handle it.
    queue: String,
    /// Such as `tipple.orders.moved`.
    kind: String,
    /// What it is about: mostly an id.
    subject: String,
    attempts: i32,
    /// Why it could not be handled the last time.
    error: String,
    dead_at: Timestamp,
}

impl From<feed::DeadLetter> for DeadLetter {
    fn from(letter: feed::DeadLetter) -> Self {
        Self {
            letter: letter.seq,
            queue: letter.queue,
            kind: letter.kind,
            subject: letter.subject,
            attempts: letter.attempts,
            error: letter.error,
            dead_at: letter.dead_at,
        }
    }
}

/// Events that no follower could handle, the oldest first.
#[utoipa::path(
    get, path = "/v1/gateway/dead-letters", tag = "gateway", operation_id = "dead_letters",
    params(LettersQuery, PageQuery),
    responses(
        (status = OK, body = Page<DeadLetter>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn dead_letters(
    _: Signed,
    State(app): State<App>,
    Query(query): Query<LettersQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<DeadLetter>>, Fault<Never>> {
    let (limit, after) = (page.limit()?, page.after::<i64>()?);
    if query.queue.as_ref().is_some_and(|queue| queue.chars().count() > 60) {
        return Err(Problem::invalid("queue", "is longer than 60 letters").into());
    }
    let (queue, after) = (query.queue.as_deref(), after.unwrap_or(0));
    let letters = app.carrier.dead_letters(queue, after, i64::from(limit) + 1).await?;
    Ok(Json(Page::cut(letters, limit, |letter| letter.seq).map(DeadLetter::from)))
}

/// The names in the path: the route that takes all has one too.
#[derive(Debug, Deserialize)]
pub struct Named {
    letter: i64,
}

/// Puts a dead letter back into its queue: it is handled anew, as if it had just come.
#[utoipa::path(
    post, path = "/v1/gateway/dead-letters/{letter}/replay", tag = "gateway",
    operation_id = "replay_dead_letter",
    params(("letter" = i64, Path)),
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn replay_dead_letter(
    _: Signed,
    State(app): State<App>,
    Path(named): Path<Named>,
) -> Result<StatusCode, Fault<Never>> {
    if app.carrier.replay(named.letter).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::not_found("dead letter").into())
}
