//! Stripe's error objects.

use serde_json::{Value, json};

pub struct Failure {
    pub status: u16,
    pub error: Value,
    /// Whether it is what the endpoint did, and so the answer to its key from now on.
    pub kept: bool,
}

impl Failure {
    /// The parameters do not make sense.
    pub fn invalid(code: &str, param: &str, message: impl Into<String>) -> Self {
        let error = json!({
            "type": "invalid_request_error", "code": code, "param": param, "message": message.into(),
        });
        Self { status: 400, error, kept: false }
    }

    /// The object is not in a state for that.
    pub fn state(code: &str, message: impl Into<String>, intent: Value) -> Self {
        let mut error =
            json!({"type": "invalid_request_error", "code": code, "message": message.into()});
        if !intent.is_null() {
            error["payment_intent"] = intent;
        }
        Self { status: 400, error, kept: true }
    }

    pub fn missing(kind: &str, id: &str, param: &str) -> Self {
        let message = format!("No such {kind}: '{id}'");
        let error = json!({
            "type": "invalid_request_error", "code": "resource_missing", "param": param,
            "message": message,
        });
        Self { status: 404, error, kept: true }
    }

    /// The bank declined; `error` is what the intent shows as its last error.
    pub fn card(mut error: Value, intent: Value) -> Self {
        error["payment_intent"] = intent;
        Self { status: 402, error, kept: true }
    }

    pub fn key() -> Self {
        let message = "Invalid API Key provided";
        let error = json!({"type": "invalid_request_error", "message": message});
        Self { status: 401, error, kept: false }
    }

    pub fn account(account: &str) -> Self {
        let message = format!("The provided key does not have access to account '{account}'");
        let error = json!({
            "type": "invalid_request_error", "code": "account_invalid", "message": message,
        });
        Self { status: 403, error, kept: false }
    }

    pub fn unknown_path(path: &str) -> Self {
        let message = format!("Unrecognized request URL ({path})");
        let error = json!({"type": "invalid_request_error", "message": message});
        Self { status: 404, error, kept: false }
    }

    pub fn broken() -> Self {
        let message = "An unknown error occurred";
        Self { status: 500, error: json!({"type": "api_error", "message": message}), kept: true }
    }

    pub fn twin() -> Self {
        let message = "There is currently another in-progress request using this key";
        let error = json!({
            "type": "idempotency_error", "code": "idempotency_key_in_use", "message": message,
        });
        Self { status: 409, error, kept: false }
    }

    pub fn other_parameters() -> Self {
        let message = "Keys for idempotent requests can only be used with the same parameters";
        let error = json!({"type": "idempotency_error", "message": message});
        Self { status: 400, error, kept: false }
    }

    pub fn body(&self) -> Value {
        json!({"error": self.error})
    }
}
