use axum::{extract::State as Shared, http::StatusCode};
use jiff::Timestamp;
use kernel::SavedMethodId;
use serde::Serialize;
use wire::{Fault, Json, Never, Path, Problem, Signed};

use crate::{App, db, db::saved::Method, keeping};

/// What you keep to pay with. The provider knows what it is; here is only what is shown of it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SavedMethods {
    methods: Vec<SavedMethod>,
}

/// A way to pay that you keep.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SavedMethod {
    method: SavedMethodId,
    /// Where it can be paid with: `stripe:us`.
    way: String,
    /// `card`, `paypal`, `upi` …
    kind: String,
    /// `visa`
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    brand: Option<String>,
    /// The card's last digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    last_four: Option<String>,
    /// The card's last month: `2034-08`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    expires: Option<String>,
    /// It can be paid with: its account is offered here as before. What is not can be removed.
    usable: bool,
    /// That month has ended; the bank may have sent a new card with the same number.
    expired: bool,
    saved_at: Timestamp,
}

impl SavedMethod {
    fn of(app: &App, method: Method, now: Timestamp) -> Self {
        Self {
            usable: app.accounts.find(&method.provider, &method.account).is_some(),
            method: method.id,
            way: format!("{}:{}", method.provider, method.account),
            expired: method.expires.as_deref().is_some_and(|month| keeping::is_over(month, now)),
            kind: method.kind,
            brand: method.brand,
            last_four: method.last_four,
            expires: method.expires,
            saved_at: method.saved_at,
        }
    }
}

/// What you keep to pay with, newest first, at most 20.
#[utoipa::path(
    get, path = "/v1/payments/methods", tag = "payments", operation_id = "saved_methods",
    responses(
        (status = OK, body = SavedMethods),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn saved_methods(
    actor: Signed,
    Shared(app): Shared<App>,
) -> Result<Json<SavedMethods>, Fault<Never>> {
    let now = app.clock.now();
    let kept = db::saved::of_customer(&app.db, actor.customer()).await?;
    let methods = kept.into_iter().map(|kept| SavedMethod::of(&app, kept, now)).collect();
    Ok(Json(SavedMethods { methods }))
}

/// Keeps it no longer: it is gone from here at once, and from the provider as soon as that answers.
#[utoipa::path(
    delete, path = "/v1/payments/methods/{method}", tag = "payments",
    operation_id = "remove_saved_method",
    params(("method" = SavedMethodId, Path)),
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn remove_saved_method(
    actor: Signed,
    Shared(app): Shared<App>,
    Path(method): Path<SavedMethodId>,
) -> Result<StatusCode, Fault<Never>> {
    let now = app.clock.now();
    if !db::saved::remove(&app.db, actor.customer(), method, now).await? {
        return Err(Problem::not_found("saved way to pay").into());
    }
    Ok(StatusCode::NO_CONTENT)
}
