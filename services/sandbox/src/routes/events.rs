use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    App, db,
    failure::{ErrorBody, Failure},
    input::{Merchant, well_formed},
};

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// 1 to 100; 10 unless told.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// The id of the last event read.
    starting_after: Option<String>,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct EventList {
    #[schema(value_type = Vec<Object>)]
    data: Vec<Value>,
    has_more: bool,
}

/// Events, newest first.
#[utoipa::path(
    get, path = "/sandbox/v1/events", tag = "sandbox", operation_id = "sandbox_list_events",
    params(ListQuery),
    responses(
        (status = OK, body = EventList),
        (status = "default", body = ErrorBody),
    ),
    security(("token" = [])),
)]
pub async fn list(
    _: Merchant,
    State(app): State<App>,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<EventList>, Failure> {
    let unreadable = |rejected: QueryRejection| {
        Failure::invalid("parameter_invalid", rejected.body_text(), None)
    };
    let Query(query) = query.map_err(unreadable)?;
    let limit = query.limit.unwrap_or(10);
    if !(1..=100).contains(&limit) {
        let message = "limit must be between 1 and 100.";
        return Err(Failure::invalid("parameter_invalid", message, Some("limit")));
    }
    let before = match query.starting_after {
        None => None,
        Some(id) => {
            let seq = if well_formed(&id) { db::event_seq(&app.db, &id).await? } else { None };
            Some(seq.ok_or_else(|| Failure::missing("event"))?)
        }
    };
    let mut rows = db::events(&app.db, before, limit + 1).await?;
    let has_more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let read = |(_, body): &(i64, String)| serde_json::from_str(body).unwrap_or_default();
    Ok(Json(EventList { data: rows.iter().map(read).collect(), has_more }))
}
