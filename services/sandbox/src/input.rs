//! What handlers take.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Request},
    http::{StatusCode, header, request::Parts},
};
use garde::Validate;
use serde::de::DeserializeOwned;
use subtle::ConstantTimeEq;

use crate::{App, failure::Failure};

/// A JSON body, read and checked.
pub struct Input<T>(pub T);

impl<T> FromRequest<App> for Input<T>
where
    T: DeserializeOwned + Validate,
    T::Context: Default,
{
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let bytes = Bytes::from_request(request, app).await.map_err(|_| {
            Failure::invalid("request_unreadable", "The body could not be read.", None)
        })?;
        let value: T = serde_json::from_slice(&bytes)
            .map_err(|error| Failure::invalid("parameter_invalid", error.to_string(), None))?;
        value.validate().map_err(|report| {
            let first = report.iter().next().map(|(path, _)| path.to_string());
            Failure::invalid("parameter_invalid", report.to_string().trim(), first.as_deref())
        })?;
        Ok(Self(value))
    }
}

/// The merchant's server, which knows the secret key.
pub struct Merchant;

impl FromRequestParts<App> for Merchant {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let given = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let given = given.and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default();
        if bool::from(given.as_bytes().ct_eq(app.config.secret_key.as_bytes())) {
            return Ok(Self);
        }
        let message = "Send the secret key as `Authorization: Bearer …`.";
        Err(Failure::request(StatusCode::UNAUTHORIZED, "api_key_invalid", message, None))
    }
}

/// The `Idempotency-Key` of a write, where one was sent.
pub struct Key(pub Option<String>);

impl FromRequestParts<App> for Key {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Failure> {
        let Some(value) = parts.headers.get("idempotency-key") else { return Ok(Self(None)) };
        let text = value.to_str().unwrap_or_default();
        if (1..=255).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) {
            return Ok(Self(Some(text.to_owned())));
        }
        let message = "Idempotency-Key must be 1 to 255 visible ASCII characters.";
        Err(Failure::invalid("parameter_invalid", message, Some("Idempotency-Key")))
    }
}

/// The id in the path; one of another form names nothing.
pub struct IntentId(pub String);

impl FromRequestParts<App> for IntentId {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let id = Path::<String>::from_request_parts(parts, app).await;
        let id = id.map(|Path(id)| id).unwrap_or_default();
        if well_formed(&id) { Ok(Self(id)) } else { Err(Failure::missing("payment_intent")) }
    }
}

/// Whether this could be an id of ours at all.
pub fn well_formed(id: &str) -> bool {
    (4..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
