//! Events that no follower could handle: listed, looked at, and put back into their queues.

use axum::{extract::State, http::StatusCode};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use wire::{Fault, Json, Never, Page, PageQuery, Path, Problem, Query, Refusal, Signed};

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
/// What the event says is not shown in a list.
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

/// A dead letter with all that it says, which may be of people.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OpenedLetter {
    #[serde(flatten)]
    letter: DeadLetter,
    /// The event as CloudEvents write it; of what was none its beginning, as `unreadable`.
    body: Value,
}

/// A dead letter and what the event says.
#[utoipa::path(
    get, path = "/v1/gateway/dead-letters/{letter}", tag = "gateway",
    operation_id = "dead_letter",
    params(("letter" = i64, Path)),
    responses(
        (status = OK, body = OpenedLetter),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn dead_letter(
    _: Signed,
    State(app): State<App>,
    Path(named): Path<Named>,
) -> Result<Json<OpenedLetter>, Fault<Never>> {
    let letter = app.carrier.dead_letter(named.letter).await?;
    let letter = letter.ok_or_else(|| Problem::not_found("dead letter"))?;
    Ok(Json(OpenedLetter { body: letter.body.clone(), letter: letter.into() }))
}

/// Why a dead letter is not put back.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum ReplayRefusal {
    /// What the broker brought was no event.
    NotReadable,
}

impl Refusal for ReplayRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }
    fn detail(&self) -> String {
        "It is no event that could be handled. Look at what it is.".into()
    }
}

/// Puts a dead letter back into its queue: it is handled anew, as if it had just come. What is no event
/// (`unreadable`) stays where it is.
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
) -> Result<StatusCode, Fault<ReplayRefusal>> {
    let letter = app.carrier.dead_letter(named.letter).await?;
    if letter.is_some_and(|letter| letter.is_unreadable()) {
        return Err(ReplayRefusal::NotReadable.into());
    }
    if app.carrier.replay(named.letter).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::not_found("dead letter").into())
}
