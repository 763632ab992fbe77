use axum::{
    extract::State,
    http::{HeaderName, header},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use wire::{Fault, Json, Never, Problem, Signed, StatusCode, VerifyingKey};

use crate::{App, audit, keys};

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

/// The public keys with which access tokens can be checked.
#[utoipa::path(
    get, path = "/v1/accounts/.well-known/jwks.json", tag = "accounts", operation_id = "keys",
    responses(
        (status = OK, body = Jwks),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn keys(State(app): State<App>) -> ([(HeaderName, &'static str); 1], Json<Jwks>) {
    let keys = app.keys.all().iter().map(|key| Jwk::from(key.verifying_key())).collect();
    ([(header::CACHE_CONTROL, "public, max-age=60")], Json(Jwks { keys }))
}

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyChange {
    /// Whether the keys there are may be in other hands: then all their tokens end at once, and
    /// everyone's next request begins with a refresh.
    #[garde(skip)]
    stolen: bool,
}

/// Changes the key that signs access tokens. Keys change by themselves too; neither refuses a live
/// token unless it is said that keys were stolen.
#[utoipa::path(
    post, path = "/v1/accounts/keys/change", tag = "accounts", operation_id = "change_key",
    request_body = KeyChange,
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn change_key(
    asker: Signed,
    State(app): State<App>,
    Json(input): Json<KeyChange>,
) -> Result<StatusCode, Fault<Never>> {
    let mut tx = app.db.begin().await?;
    keys::change(&mut tx, &app.vault, app.clock.now(), input.stolen).await?;
    let facts = json!({ "stolen": input.stolen });
    audit::note(&app, &mut tx, &asker, ("key_changed", None), facts).await?;
    tx.commit().await?;
    app.keys.read(&app.db, &app.vault).await?;
    Ok(StatusCode::NO_CONTENT)
}
