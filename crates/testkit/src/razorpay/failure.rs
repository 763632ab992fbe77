//! How Razorpay says no.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

/// An error as its API answers it.
#[derive(Debug, Clone)]
pub struct Failure {
    pub status: StatusCode,
    pub code: &'static str,
    pub description: String,
    pub reason: &'static str,
    pub field: Option<&'static str>,
}

impl Failure {
    /// A request that cannot be done.
    pub fn bad(description: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code: "BAD_REQUEST_ERROR",
            description: description.into(),
            reason: "input_validation_failed",
            field: None,
        }
    }

    pub fn field(field: &'static str, description: impl Into<String>) -> Self {
        Self { field: Some(field), ..Self::bad(description) }
    }

    pub fn no_such_id() -> Self {
        Self::bad("The id provided does not exist")
    }

    pub fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    pub fn server() -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            code: "SERVER_ERROR",
            reason: "NA",
            ..Self::bad("The server encountered an error")
        }
    }

    pub fn body(&self) -> Value {
        let mut error = json!({
            "code": self.code,
            "description": self.description,
            "source": "business",
            "step": "payment_initiation",
            "reason": self.reason,
            "metadata": {},
        });
        if let Some(field) = self.field {
            error["field"] = json!(field);
        }
        json!({ "error": error })
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.status, Json(self.body())).into_response()
    }
}
