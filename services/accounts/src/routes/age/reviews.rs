use axum::extract::State;
use jiff::{Timestamp, civil::Date};
use kernel::PersonId;
use serde::Deserialize;
use serde::Serialize;
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query, Signed};

use crate::{
    App,
    db::{
        self,
        age::{AgeReviewId, ReviewRow},
    },
};

/// A review, as those who decide see it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Review {
    #[schema(value_type = String, format = Uuid)]
    id: AgeReviewId,
    person: PersonId,
    given_name: String,
    family_name: String,
    /// As the person stated it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date, required = false)]
    date_of_birth: Option<Date>,
    note: String,
    asked_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    decided_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    decided_by: Option<PersonId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    accepted: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    reason: Option<String>,
}

impl From<ReviewRow> for Review {
    fn from(row: ReviewRow) -> Self {
        Self {
            id: row.id,
            person: row.person_id,
            date_of_birth: row.date_of_birth(),
            asked_at: row.asked_at(),
            decided_at: row.decided_at(),
            decided_by: row.decided_by.map(PersonId::from_uuid),
            accepted: row.accepted,
            given_name: row.given_name,
            family_name: row.family_name,
            note: row.note,
            reason: row.reason,
        }
    }
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReviewsQuery {
    /// Those that were decided instead of those that wait.
    #[serde(default)]
    #[param(required = false)]
    decided: bool,
    /// `next` of the page before.
    #[param(max_length = 1000)]
    after: Option<String>,
    /// How many items at most, 1 to 100; 20 unless told.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// Reviews that people asked for, oldest first. Support, operators and auditors, all of them.
#[utoipa::path(
    get, path = "/v1/accounts/age-reviews", tag = "accounts", operation_id = "age_reviews",
    params(ReviewsQuery),
    responses(
        (status = OK, body = Page<Review>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn age_reviews(
    _: Signed,
    State(app): State<App>,
    Query(query): Query<ReviewsQuery>,
) -> Result<Json<Page<Review>>, Fault<Never>> {
    let page = PageQuery { after: query.after, limit: query.limit };
    let (limit, after) = (page.limit()?, page.after()?);
    let rows = db::age::reviews(&app.db, !query.decided, after, limit + 1).await?;
    Ok(Json(Page::cut(rows, limit, |row| row.id).map(Review::from)))
}
