use axum::{
    extract::{FromRequest, Request, State as Shared},
    http::{StatusCode, header},
};
use bytes::Bytes;
use jiff::Timestamp;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use wire::{Fault, Json, Never, Path, Problem, Query, Raw, Signed};

use super::{Settlement, book, compare};
use crate::{
    App, db,
    db::settlement::{At, NewFile},
    settlement::{self, Line, MOST_LINES, Period, Refused},
};

/// A CSV body.
pub struct Csv(Bytes);

impl<S: Send + Sync> FromRequest<S> for Csv {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !kind.trim_start().to_ascii_lowercase().starts_with("text/csv") {
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            let code = "unsupported-media-type";
            return Err(Problem::new(status, code, "Send the file as text/csv."));
        }
        let Raw(bytes) = Raw::from_request(request, state).await?;
        Ok(Self(bytes))
    }
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PeriodQuery {
    /// The first instant that the file is about; its earliest line unless told.
    from: Option<Timestamp>,
    /// The last instant; its latest line unless told.
    to: Option<Timestamp>,
}

/// Loads a settlement file of a provider as it is, at most 20 MiB and 50,000 lines, and compares it
/// with what is kept here. A file that was loaded before changes nothing; of one that overlaps with
/// earlier ones only new lines count. What no payment knows of is booked: payouts to the bank, and what
/// the account costs.
#[utoipa::path(
    post, path = "/v1/payments/settlements/{provider}/{account}", tag = "payments",
    operation_id = "load_settlement",
    params(("provider" = String, Path), ("account" = String, Path), PeriodQuery),
    request_body(content = String, content_type = "text/csv"),
    responses(
        (status = OK, body = Settlement),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn load(
    actor: Signed,
    Shared(app): Shared<App>,
    Path((provider, account)): Path<(String, String)>,
    Query(query): Query<PeriodQuery>,
    Csv(body): Csv,
) -> Result<Json<Settlement>, Fault<Never>> {
    let at = At { provider: &provider, account: &account };
    let known = app.accounts.find(&provider, &account).is_some()
        || db::settlement::has_payments(&app.db, at).await?;
    if !settlement::is_read(&provider) || !known {
        return Err(Problem::not_found("account").into());
    }
    let hash = Sha256::digest(&body);
    let name = provider.clone();
    // A large file takes a while: not on a thread that others wait for.
    let lines = tokio::task::spawn_blocking(move || settlement::read(&name, &body));
    let lines = lines.await.map_err(anyhow::Error::from)?.map_err(|why| refused(&why))?;
    if lines.len() > MOST_LINES {
        return Err(Problem::invalid("file", "has more than 50,000 lines").into());
    }
    let period = period(&query, &lines)?;
    let new = NewFile { at, hash: &hash, period, lines: lines.len(), by: actor.person };
    Ok(Json(keep(&app, &new, &lines).await?))
}

fn refused(why: &Refused) -> Problem {
    let column = if why.column.is_empty() { "" } else { ", column " };
    let place = format!("row {}{column}{}", why.row, why.column);
    Problem::invalid("file", format!("{place}: {}", why.why))
}

/// What the file is about.
fn period(query: &PeriodQuery, lines: &[Line]) -> Result<Period, Problem> {
    let times = || lines.iter().map(|line| line.at);
    for (field, at) in [("from", query.from), ("to", query.to)] {
        if at.is_some_and(|at| !settlement::is_of_our_days(at)) {
            return Err(Problem::invalid(field, "is not a time between 1990 and 2190"));
        }
    }
    let from = query.from.or_else(|| times().min());
    let to = query.to.or_else(|| times().max());
    match (from, to) {
        (Some(from), Some(to)) if from <= to => Ok(Period { from, to }),
        (Some(_), Some(_)) => Err(Problem::invalid("to", "is before from")),
        _ => Err(Problem::invalid("from", "say from when to when: the file has no lines")),
    }
}

/// All of it in one transaction, one file of an account at a time.
async fn keep(app: &App, new: &NewFile<'_>, lines: &[Line]) -> anyhow::Result<Settlement> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    db::settlement::alone(&mut tx, new.at).await?;
    if let Some(row) = db::settlement::of_hash(&mut tx, new.at, new.hash).await? {
        tx.rollback().await?;
        let open = db::settlement::open_of_file(&app.db, &[row.id]).await?;
        return Ok(Settlement::of(row, &open));
    }
    let contradictions = compare::contradictions(&mut tx, new.at, lines).await?;
    let file = db::settlement::insert(&mut tx, new, now).await?;
    db::settlement::insert_lines(&mut tx, file, new.at, lines).await?;
    db::settlement::name_payouts(&mut tx, new.at, lines).await?;
    db::settlement::keep(&mut tx, file, new.at, &contradictions, now).await?;
    let known_now = db::settlement::bind_strays(&mut tx, new.at).await?;
    book::book(&mut tx, (file, new.at), lines, now).await?;
    compare::compare(&mut tx, (file, new.at), new.period, known_now, now).await?;
    let row = db::settlement::of_hash(&mut tx, new.at, new.hash).await?;
    tx.commit().await?;
    let row = row.ok_or_else(|| anyhow::anyhow!("a file that is not there"))?;
    let open = db::settlement::open_of_file(&app.db, &[row.id]).await?;
    Ok(Settlement::of(row, &open))
}
