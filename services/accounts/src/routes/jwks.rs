use axum::{
    extract::State,
    http::{HeaderName, header},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use wire::{Json, Problem, VerifyingKey};

use crate::App;

/// Keys as RFC 7517 writes them.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Jwks {
    keys: Vec<Jwk>,
}

/// An Ed25519 key (RFC 8037).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Jwk {
    kty: &'static str,
    crv: &'static str,
    kid: String,
    /// The 32 bytes of the key in unpadded base64url.
    x: String,
    alg: &'static str,
    #[serde(rename = "use")]
    usage: &'static str,
}

impl From<&VerifyingKey> for Jwk {
    fn from(key: &VerifyingKey) -> Self {
        Self {
            kty: "OKP",
            crv: "Ed25519",
            kid: key.kid.clone(),
            x: URL_SAFE_NO_PAD.encode(key.bytes),
            alg: "EdDSA",
            usage: "sig",
        }
    }
}

/// The public keys with which access tokens can be checked. Anyone may read them.
#[utoipa::path(
    get, path = "/v1/accounts/.well-known/jwks.json", tag = "accounts", operation_id = "keys",
    responses(
        (status = OK, body = Jwks),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn keys(State(app): State<App>) -> ([(HeaderName, &'static str); 1], Json<Jwks>) {
    let keys = app.verifying_keys.iter().map(Jwk::from).collect();
    ([(header::CACHE_CONTROL, "public, max-age=300")], Json(Jwks { keys }))
}
