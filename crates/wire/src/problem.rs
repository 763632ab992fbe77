use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{PROBLEM_JSON, context, flaw};

/// An answer that says no, as RFC 9457 `application/problem+json`.
///
/// `code` is stable and meant for programs; `detail` is a sentence for people and may change.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// A relative reference that names the kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "/problems/invalid-input")]
    pub kind: String,
    /// A short title of the kind.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code of the kind, `kebab-case`.
    #[schema(example = "invalid-input")]
    pub code: String,
    /// What went wrong this time and what to do about it.
    pub detail: String,
    /// The field at fault, where there is one: `lines[0].quantity`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// All the fields at fault, where the input was checked as a whole.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    /// What to give to the operator when asking about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Facts that belong to this code.
    #[serde(flatten)]
    #[schema(ignore)]
    pub facts: Map<String, Value>,
    /// Seconds after which a retry makes sense; also sent as `Retry-After`.
    #[serde(skip)]
    #[schema(ignore)]
    pub retry_after: Option<u64>,
}

/// One field that was not as it should be.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct FieldProblem {
    #[schema(example = "lines[0].quantity")]
    pub field: String,
    #[schema(example = "greater than 999")]
    pub message: String,
    /// The stable code of what is wrong with it, `kebab-case`.
    #[schema(required = false, example = "too-large")]
    pub code: String,
    /// The limit that it does not keep, where it is a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, example = 999)]
    pub limit: Option<i64>,
}

impl FieldProblem {
    /// What a check says of a field, with the code of it.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        let (field, message) = (field.into(), message.into());
        let (code, limit) = (flaw::code(&message), flaw::limit(&message));
        Self { field, message, code, limit }
    }
}

impl Problem {
    pub fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("/problems/{code}"),
            title: status.canonical_reason().unwrap_or("Refused").into(),
            status: status.as_u16(),
            code: code.into(),
            detail: detail.into(),
            field: None,
            errors: Vec::new(),
            request_id: None,
            facts: Map::new(),
            retry_after: None,
        }
    }

    /// 422 `invalid-input`: the request was understood, one field was not acceptable.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        let (field, message) = (field.into(), message.into());
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-input", format!("{field}: {message}"))
            .with_errors(vec![FieldProblem::new(field, message)])
    }

    /// 400 `malformed-request`: could not be read at all.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed-request", detail)
    }

    /// 401 `unauthenticated`: no token, or one that does not hold.
    pub fn unauthenticated(detail: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", detail)
    }

    /// 401 `unauthenticated`: nobody said who asks.
    pub fn sign_in_first() -> Self {
        Self::unauthenticated("Sign in first.")
    }

    /// 403 `forbidden`: signed in, but nobody in this role may do this anywhere.
    pub fn forbidden(detail: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// 404 `not-found`: missing, or not the asker's; the two look alike.
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", format!("There is no such {what}."))
    }

    /// 409 `conflict`: it changed since it was read.
    pub fn stale(what: &str) -> Self {
        let detail = format!("The {what} changed since you read it. Read it again.");
        Self::new(StatusCode::PRECONDITION_FAILED, "stale-version", detail)
    }

    /// 503 `unavailable`: a part of the house does not answer; nothing was changed by this call
    /// that repeating it would double.
    pub fn unavailable(service: &str) -> Self {
        let detail = format!("The {service} service does not answer right now. Try again shortly.");
        let mut problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail);
        problem.retry_after = Some(2);
        problem
    }

    /// 503 `unavailable`: the database does not answer. A change whose last word was lost may have
    /// been made: ask with the same key, or look, before asking again.
    pub fn database_away() -> Self {
        let detail = "The house cannot reach its records right now. Try again shortly.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail).with_retry_after(2)
    }

    /// 503 `overloaded`: asked for more than can be done at once.
    pub fn overloaded() -> Self {
        let detail = "Too much is going on right now. Try again in a moment.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", detail).with_retry_after(1)
    }

    /// 503 `leaving`: this process is about to end, and others go on.
    pub fn leaving() -> Self {
        let detail = "This process is about to end. Ask another one.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "leaving", detail).with_retry_after(1)
    }

    /// 504 `took-too-long`: the time that whoever asked would wait is over.
    pub fn took_too_long(service: &str) -> Self {
        let detail = format!("The {service} service took too long. It may have done it all.");
        Self::new(StatusCode::GATEWAY_TIMEOUT, "took-too-long", detail)
    }

    pub fn with_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    pub fn with_errors(mut self, errors: Vec<FieldProblem>) -> Self {
        self.field = errors.first().map(|error| error.field.clone());
        self.errors = errors;
        self
    }

    pub fn with_retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl IntoResponse for Problem {
    fn into_response(mut self) -> Response {
        if self.request_id.is_none() {
            self.request_id = context::current().map(|context| context.request_id);
        }
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response =
            (self.status(), [(header::CONTENT_TYPE, PROBLEM_JSON)], body).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == 401 {
            let challenge = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
