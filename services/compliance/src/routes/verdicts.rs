use axum::extract::State;
use compliance_api::Reason;
use jiff::Timestamp;
use kernel::VerdictId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query};

use crate::{
    App,
    db::{self, VerdictRow},
};

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VerdictsQuery {
    /// The cart, order or job that it is about.
    #[param(max_length = 100)]
    subject: String,
    /// `next` of the page before.
    #[param(max_length = 1000)]
    after: Option<String>,
    /// How many items at most, 1 to 100; 20 unless told.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// What the law said, as it is kept.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct KeptVerdict {
    verdict: VerdictId,
    /// `cart`, `placement`, `dispatch` or `door`.
    moment: String,
    subject: String,
    /// The instant that was judged.
    at: Timestamp,
    allowed: bool,
    /// Why not; empty when allowed.
    reasons: Vec<Reason>,
    /// The age that the buyer had to have reached, where any item was alcohol.
    minimum_age: Option<i16>,
    /// `<jurisdiction>@<version>` of each rulebook applied.
    rules: Vec<String>,
    /// What was known, without dates of birth.
    #[schema(value_type = Object)]
    facts: Value,
    /// When it was said.
    created_at: Timestamp,
}

impl From<VerdictRow> for KeptVerdict {
    fn from(row: VerdictRow) -> Self {
        Self {
            verdict: row.id,
            at: row.at(),
            created_at: row.created_at(),
            moment: row.moment,
            subject: row.subject,
            allowed: row.allowed,
            reasons: row.reasons,
            minimum_age: row.minimum_age,
            rules: row.rules,
            facts: row.facts,
        }
    }
}

/// Why this was sold, or refused: all verdicts about a subject, newest first.
#[utoipa::path(
    get, path = "/v1/compliance/verdicts", tag = "compliance", operation_id = "verdicts",
    params(VerdictsQuery),
    responses(
        (status = OK, body = Page<KeptVerdict>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn verdicts(
    State(app): State<App>,
    Query(query): Query<VerdictsQuery>,
) -> Result<Json<Page<KeptVerdict>>, Fault<Never>> {
    if query.subject.len() > 100 {
        return Err(Problem::invalid("subject", "is longer than 100 bytes").into());
    }
    wire::plain_text(&query.subject, &())
        .map_err(|error| Problem::invalid("subject", error.message()))?;
    let page = PageQuery { after: query.after, limit: query.limit };
    let limit = page.limit()?;
    let rows = db::verdicts(&app.db, &query.subject, page.after()?, limit + 1).await?;
    Ok(Json(Page::cut(rows, limit, |row| row.id).map(KeptVerdict::from)))
}
