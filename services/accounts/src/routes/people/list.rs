use axum::extract::State;
use kernel::RoleKind;
use serde::Deserialize;
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query, Signed};

use super::ListedPerson;
use crate::{
    App,
    db::{self, People},
};

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PeopleQuery {
    /// Only people whose e-mail address begins like this.
    #[param(max_length = 254)]
    email: Option<String>,
    /// Only people whose given or family name, or the two of them, begin like this: at least two
    /// letters.
    #[param(min_length = 2, max_length = 200)]
    name: Option<String>,
    /// Only people who have this role.
    #[param(inline)]
    role: Option<RoleWord>,
    /// Only people who are blocked, or only those who are not.
    blocked: Option<bool>,
    /// `next` of the page before.
    #[param(max_length = 1000)]
    after: Option<String>,
    /// How many items at most, 1 to 100; 20 unless told.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// A role without its stores.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoleWord {
    Customer,
    Clerk,
    Manager,
    VendorOwner,
    Driver,
    Support,
    Operator,
    Auditor,
}

impl From<RoleWord> for RoleKind {
    fn from(word: RoleWord) -> Self {
        match word {
            RoleWord::Customer => Self::Customer,
            RoleWord::Clerk => Self::Clerk,
            RoleWord::Manager => Self::Manager,
            RoleWord::VendorOwner => Self::VendorOwner,
            RoleWord::Driver => Self::Driver,
            RoleWord::Support => Self::Support,
            RoleWord::Operator => Self::Operator,
            RoleWord::Auditor => Self::Auditor,
        }
    }
}

/// All people who have an e-mail address, in its order.
#[utoipa::path(
    get, path = "/v1/accounts/people", tag = "accounts", operation_id = "people",
    params(PeopleQuery),
    responses(
        (status = OK, body = Page<ListedPerson>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn people(
    _: Signed,
    State(app): State<App>,
    Query(query): Query<PeopleQuery>,
) -> Result<Json<Page<ListedPerson>>, Fault<Never>> {
    let page = PageQuery { after: query.after, limit: query.limit };
    let (limit, after) = (page.limit()?, page.after::<String>()?);
    let prefix = query.email.unwrap_or_default().to_lowercase();
    plain("email", &prefix)?;
    plain("after", after.as_deref().unwrap_or_default())?;
    let name = query.name.as_deref().map(named).transpose()?;
    let which = People {
        email: &prefix,
        name: name.as_deref(),
        role: query.role.map(RoleKind::from),
        blocked: query.blocked,
    };
    let rows = db::people(&app.db, &which, after.as_deref(), limit + 1).await?;
    Ok(Json(
        Page::cut(rows, limit, |row| row.email.clone().unwrap_or_default()).map(ListedPerson::from),
    ))
}

/// How a name that is looked for begins.
fn named(text: &str) -> Result<String, Problem> {
    plain("name", text)?;
    if text.chars().count() > 200 {
        return Err(Problem::invalid("name", "is longer than 200 letters"));
    }
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    if name.chars().count() < 2 {
        return Err(Problem::invalid("name", "is shorter than 2 letters"));
    }
    Ok(name)
}

/// What cannot be in an e-mail address cannot be looked for either.
fn plain(field: &str, text: &str) -> Result<(), Problem> {
    if text.len() > 254 {
        return Err(Problem::invalid(field, "is longer than 254 bytes"));
    }
    wire::plain_text(text, &()).map_err(|error| Problem::invalid(field, error.message()))
}
