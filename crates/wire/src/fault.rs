use std::fmt::Debug;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{CallError, Problem};

/// The ways in which one operation says no: an enum with `#[serde(tag = "code", rename_all =
/// "kebab-case")]`, so that a variant is its stable code and its fields are facts of the answer.
/// The same enum comes out of the typed client on the other side.
pub trait Refusal: Debug + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The HTTP status of this refusal.
    fn status(&self) -> StatusCode;
    /// A sentence for people that says what to do.
    fn detail(&self) -> String;
    /// The field at fault, where one is.
    fn field(&self) -> Option<String> {
        None
    }
}

impl<R: Refusal> From<R> for Problem {
    fn from(refusal: R) -> Self {
        let mut problem = Self::new(refusal.status(), "refused", refusal.detail());
        problem.field = refusal.field();
        if let Ok(Value::Object(mut facts)) = serde_json::to_value(&refusal) {
            if let Some(Value::String(code)) = facts.remove("code") {
                problem.kind = format!("/problems/{code}");
                problem.code = code;
            }
            for taken in ["type", "title", "status", "detail", "field", "errors", "request_id"] {
                debug_assert!(!facts.contains_key(taken), "{taken} is the problem's own");
                facts.remove(taken);
            }
            problem.facts = facts;
        }
        problem
    }
}

/// Why a handler did not answer as asked.
#[derive(Debug)]
pub enum Fault<R> {
    /// A rule of this operation says no.
    Refused(R),
    /// A rule that every operation shares says no: bad input, not found, not allowed.
    Problem(Box<Problem>),
    /// Something is broken; the asker learns only the request id.
    Broken(anyhow::Error),
}

/// An operation with no refusals of its own.
#[derive(Debug, Serialize, serde::Deserialize)]
pub enum Never {}

impl Refusal for Never {
    fn status(&self) -> StatusCode {
        match *self {}
    }
    fn detail(&self) -> String {
        match *self {}
    }
}

impl<R: Refusal> From<R> for Fault<R> {
    fn from(refusal: R) -> Self {
        Self::Refused(refusal)
    }
}

impl<R> From<Problem> for Fault<R> {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl<R: Refusal> From<anyhow::Error> for Fault<R> {
    fn from(error: anyhow::Error) -> Self {
        Self::Broken(error)
    }
}

#[cfg(feature = "sqlx")]
impl<R: Refusal> From<sqlx::Error> for Fault<R> {
    fn from(error: sqlx::Error) -> Self {
        Self::Broken(error.into())
    }
}

impl<R: Refusal> Fault<R> {
    /// Turns what a call to another service said into what this operation says: `translate` maps
    /// the other's refusal, and a service that does not answer becomes 503.
    pub fn from_call<S>(error: CallError<S>, translate: impl FnOnce(S) -> Self) -> Self {
        match error {
            CallError::Refused(refusal) => translate(refusal),
            CallError::Unavailable(service) => Problem::unavailable(service).into(),
        }
    }
}

impl<R: Refusal> IntoResponse for Fault<R> {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(refusal) => Problem::from(refusal).into_response(),
            Self::Problem(problem) => problem.into_response(),
            Self::Broken(error) => broken(&error),
        }
    }
}

/// Logged once, here, with its causes; answered without them.
fn broken(error: &anyhow::Error) -> Response {
    #[cfg(feature = "sqlx")]
    if error.chain().any(is_crowded) {
        tracing::warn!("no database connection came free in time");
        return Problem::overloaded().into_response();
    }
    #[cfg(feature = "sqlx")]
    if error.chain().any(is_away) {
        tracing::error!(error = format!("{error:#}"), "the database is away");
        return Problem::database_away().into_response();
    }
    tracing::error!(error = format!("{error:#}"), "request failed");
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal-error",
        "Something went wrong on our side. Try again; if it stays, tell us the request id.",
    )
    .into_response()
}

#[cfg(feature = "sqlx")]
fn is_crowded(cause: &(dyn std::error::Error + 'static)) -> bool {
    matches!(cause.downcast_ref(), Some(sqlx::Error::PoolTimedOut))
}

/// Whether the database does not answer, is about to stop or has just begun.
#[cfg(feature = "sqlx")]
fn is_away(cause: &(dyn std::error::Error + 'static)) -> bool {
    use sqlx::Error::{Database, Io, PoolClosed, Tls, WorkerCrashed};

    match cause.downcast_ref() {
        Some(Io(_) | Tls(_) | PoolClosed | WorkerCrashed) => true,
        // Errors of the connection, no more connections, ended by an operator, and changes asked of
        // a server that takes none: https://www.postgresql.org/docs/current/errcodes-appendix.html
        Some(Database(error)) => error.code().is_some_and(|code| {
            code.starts_with("08") || code.starts_with("57P") || code == "53300" || code == "25006"
        }),
        _ => false,
    }
}

#[cfg(all(test, feature = "sqlx"))]
mod tests {
    use std::io::{Error, ErrorKind};

    use super::*;

    #[test]
    fn a_database_that_is_away_is_no_fault_of_ours() {
        let told = |error: sqlx::Error| {
            let error = anyhow::Error::from(error).context("a basket was read");
            broken(&error).status().as_u16()
        };
        assert_eq!(told(sqlx::Error::Io(Error::from(ErrorKind::ConnectionReset))), 503);
        assert_eq!(told(sqlx::Error::PoolClosed), 503);
        assert_eq!(told(sqlx::Error::PoolTimedOut), 503);
        assert_eq!(told(sqlx::Error::RowNotFound), 500);
    }
}
