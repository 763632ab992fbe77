//! What handlers take: checked input and who is asking. Every failure is a [`Problem`] that names
//! the field.

mod objects;

use std::ops::Deref;

use axum::{
    extract::{FromRequest, FromRequestParts, OptionalFromRequestParts, Request, rejection},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use garde::Validate;
use kernel::{Actor, Place};
use serde::{Serialize, de::DeserializeOwned};

use self::objects::Objects;
use crate::{FieldProblem, HOUSE_HEADER, Pass, Problem, Reach, Verifier, card};

/// A JSON body that has been read and checked; or a JSON answer.
#[derive(Debug, Clone)]
pub struct Json<T>(pub T);

impl<T, S> FromRequest<S> for Json<T>
where
    T: DeserializeOwned + Validate,
    T::Context: Default,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers().get(header::CONTENT_TYPE)) {
            let detail = "Send the body as application/json.";
            let code = "unsupported-media-type";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, code, detail));
        }
        let for_the_house = card::is_for_the_house(request.uri().path());
        let Raw(bytes) = Raw::from_request(request, state).await?;
        if !for_the_house {
            card::refuse_in_json(&bytes)?;
        }
        // All bodies from outside are objects.
        if !for_the_house && bytes.trim_ascii_start().starts_with(b"[") {
            return Err(Problem::malformed("The body is a list instead of an object."));
        }
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        let value: T = if for_the_house {
            serde_path_to_error::deserialize(&mut reader)
        } else {
            serde_path_to_error::deserialize(Objects(&mut reader))
        }
        .map_err(unreadable)?;
        reader.end().map_err(|_| Problem::malformed("There is something after the JSON value."))?;
        value.validate().map_err(|report| checked(&report))?;
        Ok(Self(value))
    }
}

/// A body as it came.
#[derive(Debug, Clone)]
pub struct Raw(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let is_form = is_form(request.headers().get(header::CONTENT_TYPE));
        let bytes = Bytes::from_request(request, state).await.map_err(|rejected| {
            let status = rejected.status();
            if status == StatusCode::PAYLOAD_TOO_LARGE {
                return Problem::new(status, "body-too-large", "The body is larger than allowed.");
            }
            Problem::malformed("The body could not be read.")
        })?;
        if is_form {
            card::refuse_in_form(&String::from_utf8_lossy(&bytes))?;
        }
        Ok(Self(bytes))
    }
}

fn is_form(content_type: Option<&HeaderValue>) -> bool {
    content_type
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"))
}

fn is_json(content_type: Option<&HeaderValue>) -> bool {
    let kind = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

fn unreadable(error: serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let path = error.path().to_string();
    let inner = error.into_inner();
    if inner.is_data() {
        let message = without_position(&inner);
        return Problem::invalid(field_at(&path, &message), message);
    }
    Problem::malformed(format!("The body is not valid JSON: {inner}."))
}

/// Serde knows the way to what it was reading, and says only in words which part it lacks there.
fn field_at(path: &str, message: &str) -> String {
    let part = ["missing field `", "unknown field `", "duplicate field `"]
        .into_iter()
        .find_map(|start| message.strip_prefix(start)?.split('`').next())
        .filter(|part| !part.is_empty());
    match (path, part) {
        ("." | "", Some(part)) => part.to_owned(),
        ("." | "", None) => "body".to_owned(),
        (path, Some(part)) if path.rsplit('.').next() != Some(part) => format!("{path}.{part}"),
        (path, _) => path.to_owned(),
    }
}

/// serde's message less its ` at line 1 column 7`, which means nothing to a form.
fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rfind(" at line ").map_or(text.clone(), |at| text[..at].to_owned())
}

fn checked(report: &garde::Report) -> Problem {
    let errors: Vec<_> = report
        .iter()
        .map(|(path, error)| {
            let field = if path.is_empty() { "body".to_owned() } else { path.to_string() };
            FieldProblem::new(field, error.message().to_string())
        })
        .collect();
    let detail = errors
        .iter()
        .map(|error| format!("{}: {}", error.field, error.message))
        .collect::<Vec<_>>()
        .join("; ");
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-input", detail).with_errors(errors)
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// Path parameters; a value of the wrong form is a 404, for no such thing can exist.
#[derive(Debug, Clone)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if parts.uri.path().contains(NUL) {
            return Err(Problem::not_found("resource"));
        }
        <axum::extract::Path<T> as FromRequestParts<S>>::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Path(value)| Self(value))
            .map_err(|_: rejection::PathRejection| Problem::not_found("resource"))
    }
}

/// In a path or query: PostgreSQL keeps no such character, and no person means it.
const NUL: &str = "%00";

/// Query parameters.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let mut pairs = parts.uri.query().unwrap_or_default().split('&');
        if let Some(pair) = pairs.find(|pair| pair.contains(NUL)) {
            let field =
                pair.split('=').next().filter(|field| !field.is_empty() && !field.contains(NUL));
            return Err(Problem::invalid(field.unwrap_or("query"), "contains a NUL character"));
        }
        <axum::extract::Query<T> as FromRequestParts<S>>::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Query(value)| Self(value))
            .map_err(|rejected: rejection::QueryRejection| {
                let text = rejected.body_text();
                let text = text.trim_start_matches("Failed to deserialize query string: ");
                let (path, message) = text.split_once(": ").unwrap_or((".", text));
                match field_at(path, message).as_str() {
                    "body" => Problem::invalid("query", message),
                    field => Problem::invalid(field, message),
                }
            })
    }
}

/// The signed-in person who asks, as the edge of the service let them pass. Refused with 401 where
/// there is none.
#[derive(Debug, Clone)]
pub struct Signed {
    pub pass: Pass,
    /// The rows that the rule of this operation lets them have.
    pub reach: Reach,
}

impl Deref for Signed {
    type Target = Actor;
    fn deref(&self) -> &Actor {
        &self.pass.actor
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::sign_in_first)
    }
}

/// For what anyone may read but a signed-in person sees more of.
impl<S: Send + Sync> OptionalFromRequestParts<S> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Problem> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}

/// The access token that a request carries; empty where it carries something else.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().unwrap_or_default();
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    Some(if scheme.eq_ignore_ascii_case("bearer") { token.trim() } else { "" })
}

/// A call from another service of the house: the service's name.
#[derive(Debug, Clone)]
pub struct House(pub String);

impl<S: Send + Sync> FromRequestParts<S> for House {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let token = parts.headers.get(HOUSE_HEADER).and_then(|value| value.to_str().ok());
        let missing = || Problem::unauthenticated("This process cannot verify tokens.");
        let verifier = parts.extensions.get::<Verifier>().ok_or_else(missing)?;
        verifier.house(token.unwrap_or_default()).map(Self)
    }
}

/// The `Idempotency-Key` header: 1 to 255 visible characters, with or without the quotes that
/// the draft standard asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(pub String);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get("idempotency-key") else {
            let detail = "Send an Idempotency-Key header, the same again when you retry.";
            let code = "idempotency-key-missing";
            return Err(
                Problem::new(StatusCode::BAD_REQUEST, code, detail).with_field("Idempotency-Key")
            );
        };
        let text = value.to_str().unwrap_or_default().trim();
        let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
        let fits = (1..=255).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        if !fits {
            let message = "must be 1 to 255 visible ASCII characters";
            return Err(Problem::invalid("Idempotency-Key", message));
        }
        Ok(Self(text.to_owned()))
    }
}

/// The version that the asker read, from `If-Match`. Refused with 428 where it is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub i64);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else {
            let detail = "Send If-Match with the ETag that you read.";
            let status = StatusCode::PRECONDITION_REQUIRED;
            return Err(Problem::new(status, "if-match-missing", detail).with_field("If-Match"));
        };
        value
            .to_str()
            .ok()
            .and_then(|text| text.trim().strip_prefix("\"v")?.strip_suffix('"')?.parse().ok())
            .map(Self)
            .ok_or_else(|| Problem::invalid("If-Match", "is not an ETag that we gave out"))
    }
}

/// Where a change may also be made without having read: a version that is sent must still hold.
impl<S: Send + Sync> OptionalFromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Problem> {
        if !parts.headers.contains_key(header::IF_MATCH) {
            return Ok(None);
        }
        <Self as FromRequestParts<S>>::from_request_parts(parts, state).await.map(Some)
    }
}

/// The `ETag` header of a thing at this version.
pub fn etag(version: i64) -> [(header::HeaderName, String); 1] {
    [(header::ETAG, format!("\"v{version}\""))]
}

/// A garde rule for text that is kept: no control characters but line breaks and tabs, for they
/// mean nothing to a person, and PostgreSQL cannot keep NUL.
pub fn plain_text(text: &str, _: &()) -> garde::Result {
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(garde::Error::new("contains control characters"));
    }
    Ok(())
}

/// A garde rule for places.
pub fn on_the_globe(place: &Place, _: &()) -> garde::Result {
    if place.is_valid() { Ok(()) } else { Err(garde::Error::new("is not a place on the globe")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Pairs = Query<Vec<(String, String)>>;

    async fn query(uri: &str) -> Result<Pairs, Problem> {
        let (mut parts, ()) = http::Request::get(uri).body(()).expect("a request").into_parts();
        <Pairs as FromRequestParts<()>>::from_request_parts(&mut parts, &()).await
    }

    #[derive(Debug, serde::Deserialize, Validate)]
    struct Stop {
        #[garde(skip)]
        place: Place,
    }

    async fn stop(path: &str, body: &str) -> Result<Json<Stop>, Problem> {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        let request = request.body(body.to_owned().into()).expect("a request");
        Json::from_request(request, &()).await
    }

    #[tokio::test]
    async fn a_list_in_a_body_is_no_object_but_within_the_house() {
        let (object, list) = (r#"{"place": {"lat": 1, "lon": 2}}"#, r#"{"place": [1, 2]}"#);
        let outside = "/v1/delivery/shift";
        assert!((stop(outside, object).await.expect("a stop").0.place.lat - 1.0).abs() < 1e-9);
        let problem = stop(outside, list).await.expect_err("a list");
        assert_eq!((problem.status, problem.field.as_deref()), (422, Some("place")));
        assert!(problem.detail.contains("expected an object"), "{}", problem.detail);
        assert_eq!(stop(outside, "[[1, 2]]").await.expect_err("a list").status, 400);
        assert!(stop("/internal/delivery/shift", list).await.is_ok());
    }

    #[tokio::test]
    async fn what_no_database_can_keep_is_refused_by_its_field() {
        assert_eq!(query("/?q=a%20b&n=1").await.expect("a query").0.len(), 2);
        let problem = query("/?n=1&q=a%00b").await.expect_err("a NUL");
        assert_eq!((problem.status, problem.field.as_deref()), (422, Some("q")));
        assert_eq!(query("/?a%00=1").await.expect_err("a NUL").field.as_deref(), Some("query"));
    }
}
