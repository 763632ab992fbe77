use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::Value;

/// How the sandbox says no, in the form that such providers use.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ErrorBody {
    pub error: ErrorFacts,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ErrorFacts {
    /// `api_error`, `card_error`, `idempotency_error` or `invalid_request_error`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decline_code: Option<String>,
    pub message: String,
    /// The parameter at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub param: Option<String>,
    /// The payment intent as it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub payment_intent: Option<Value>,
}

/// Why an operation did not do as asked.
#[derive(Debug)]
pub enum Failure {
    Refused(StatusCode, Box<ErrorFacts>),
    Broken(anyhow::Error),
}

impl Failure {
    /// 400 `invalid_request_error`.
    pub fn invalid(code: &str, message: impl Into<String>, param: Option<&str>) -> Self {
        Self::request(StatusCode::BAD_REQUEST, code, message, param)
    }

    pub fn request(
        status: StatusCode,
        code: &str,
        message: impl Into<String>,
        param: Option<&str>,
    ) -> Self {
        let facts = ErrorFacts {
            kind: "invalid_request_error",
            code: Some(code.to_owned()),
            decline_code: None,
            message: message.into(),
            param: param.map(ToOwned::to_owned),
            payment_intent: None,
        };
        Self::Refused(status, Box::new(facts))
    }

    /// 402 `card_error`: the card cannot be right.
    pub fn card(code: &str, message: &str, param: &str) -> Self {
        let Self::Refused(_, mut facts) = Self::invalid(code, message, Some(param)) else {
            return Self::outage();
        };
        facts.kind = "card_error";
        Self::Refused(StatusCode::PAYMENT_REQUIRED, facts)
    }

    pub fn missing(what: &str) -> Self {
        let message = format!("No such {what}.");
        Self::request(StatusCode::NOT_FOUND, "resource_missing", message, None)
    }

    /// The key has been used for something else.
    pub fn other_parameters() -> Self {
        let message = "This Idempotency-Key was used with other parameters.".into();
        let facts = ErrorFacts {
            kind: "idempotency_error",
            code: None,
            decline_code: None,
            message,
            param: None,
            payment_intent: None,
        };
        Self::Refused(StatusCode::BAD_REQUEST, Box::new(facts))
    }

    /// What a tester asked for: something went wrong at the provider.
    pub fn outage() -> Self {
        let facts = ErrorFacts {
            kind: "api_error",
            code: None,
            decline_code: None,
            message: "Something went wrong here; whether it took effect is unknown.".into(),
            param: None,
            payment_intent: None,
        };
        Self::Refused(StatusCode::INTERNAL_SERVER_ERROR, Box::new(facts))
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Broken(error.into())
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Broken(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(status, error) => {
                (status, Json(ErrorBody { error: *error })).into_response()
            }
            Self::Broken(error) => {
                tracing::error!(error = format!("{error:#}"), "request failed");
                Self::outage().into_response()
            }
        }
    }
}
