use axum::extract::State;
use jiff::Timestamp;
use kernel::PersonId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query, Signed};

use crate::{
    App,
    db::audit::{self, AuditRow},
};

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Only what this person did.
    actor: Option<PersonId>,
    /// Only what was done to this person.
    subject: Option<PersonId>,
    /// Only this, such as `roles_set`.
    #[param(max_length = 60)]
    action: Option<String>,
    /// `next` of the page before.
    #[param(max_length = 1000)]
    after: Option<String>,
    /// How many items at most, 1 to 100; 20 unless told.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// Something that was done. Entries are never changed and never deleted.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Entry {
    entry: i64,
    at: Timestamp,
    /// Who did it; none for what happened by itself.
    actor: Option<PersonId>,
    action: String,
    /// To whom; none where it was to nobody in particular.
    subject: Option<PersonId>,
    #[schema(value_type = Object)]
    facts: Value,
    request_id: Option<String>,
}

impl From<AuditRow> for Entry {
    fn from(row: AuditRow) -> Self {
        Self {
            entry: row.id,
            at: row.at(),
            actor: row.actor.map(PersonId::from_uuid),
            action: row.action,
            subject: row.subject.map(PersonId::from_uuid),
            facts: row.facts,
            request_id: row.request_id,
        }
    }
}

/// Who did what to whom, newest first.
#[utoipa::path(
    get, path = "/v1/accounts/audit", tag = "accounts", operation_id = "audit",
    params(AuditQuery),
    responses(
        (status = OK, body = Page<Entry>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn trail(
    _: Signed,
    State(app): State<App>,
    Query(query): Query<AuditQuery>,
) -> Result<Json<Page<Entry>>, Fault<Never>> {
    let page = PageQuery { after: query.after, limit: query.limit };
    let (limit, before) = (page.limit()?, page.after::<i64>()?);
    if query.action.as_ref().is_some_and(|action| action.len() > 60) {
        return Err(Problem::invalid("action", "is longer than 60 bytes").into());
    }
    let wanted = audit::Wanted {
        actor: query.actor.map(PersonId::uuid),
        subject: query.subject.map(PersonId::uuid),
        action: query.action.as_deref(),
        before,
    };
    let rows = audit::trail(&app.db, wanted, limit + 1).await?;
    Ok(Json(Page::cut(rows, limit, |row| row.id).map(Entry::from)))
}
