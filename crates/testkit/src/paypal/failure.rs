//! Errors as PayPal answers them.

use serde_json::{Value, json};

pub struct Failure {
    pub status: u16,
    name: &'static str,
    issue: &'static str,
    links: Value,
}

impl Failure {
    const fn of(status: u16, name: &'static str, issue: &'static str) -> Self {
        Self { status, name, issue, links: Value::Null }
    }

    /// The body is not as documented.
    pub const fn invalid(issue: &'static str) -> Self {
        Self::of(400, "INVALID_REQUEST", issue)
    }

    /// Understood, and against the rules of the business.
    pub const fn refused(issue: &'static str) -> Self {
        Self::of(422, "UNPROCESSABLE_ENTITY", issue)
    }

    /// The bank said no: the payer may choose another way to pay, there.
    pub fn declined(page: &str) -> Self {
        let links = json!([{"href": page, "rel": "redirect", "method": "GET"}]);
        Self { links, ..Self::refused("INSTRUMENT_DECLINED") }
    }

    pub const fn missing() -> Self {
        Self::of(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")
    }

    pub const fn twin() -> Self {
        Self::of(409, "RESOURCE_CONFLICT", "PREVIOUS_REQUEST_IN_PROGRESS")
    }

    pub const fn token() -> Self {
        Self::of(401, "AUTHENTICATION_FAILURE", "INVALID_TOKEN")
    }

    pub const fn broken() -> Self {
        Self::of(500, "INTERNAL_SERVER_ERROR", "INTERNAL_SERVICE_ERROR")
    }

    pub fn body(&self) -> Value {
        let mut body = json!({
            "name": self.name,
            "message": "The requested action could not be performed.",
            "debug_id": kernel::random_token()[..13].to_lowercase(),
            "details": [{"issue": self.issue, "description": "See the issue."}],
        });
        if !self.links.is_null() {
            body["links"] = self.links.clone();
        }
        body
    }
}

impl From<&'static str> for Failure {
    fn from(issue: &'static str) -> Self {
        match issue {
            "MISSING_REQUIRED_PARAMETER" | "INVALID_PARAMETER_SYNTAX" => Self::invalid(issue),
            _ => Self::refused(issue),
        }
    }
}
