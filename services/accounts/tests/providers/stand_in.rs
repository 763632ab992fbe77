//! An OpenID provider of ours, which does as it is told.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testkit::Bench;
use url::{Url, form_urlencoded};

pub const RSA: &str = include_str!("../keys/rsa.pem");
pub const RSA_NEXT: &str = include_str!("../keys/rsa-next.pem");

/// What the provider does.
pub struct Script {
    /// What its tokens say, besides what belongs to the sign-in.
    pub claims: Value,
    /// Makes a token of claims.
    pub mint: Arc<dyn Fn(&Value) -> String + Send + Sync>,
    pub keys: Vec<Value>,
    pub userinfo: Value,
    /// What its discovery document says besides the usual.
    pub discovery: Value,
    /// Ways in which paths answer that are not as they should be.
    pub faults: HashMap<&'static str, Fault>,
}

/// How a path answers instead.
#[derive(Clone)]
pub enum Fault {
    /// So many bytes more than there should be, all of them space.
    Huge(usize),
    Slow,
    Status(u16, Value),
    NotJson,
    Redirect,
}

/// Someone who signed in there.
struct Approved {
    nonce: String,
    challenge: String,
    redirect_uri: String,
}

struct Shared {
    issuer: String,
    script: Mutex<Script>,
    codes: Mutex<HashMap<String, Approved>>,
    /// Which paths were asked, and with what.
    asked: Mutex<Vec<(String, String)>>,
}

pub struct StandIn {
    shared: Arc<Shared>,
}

pub fn rsa(pem: &str) -> EncodingKey {
    EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap()
}

pub fn jwk(pem: &str, kid: &str) -> Value {
    let mut jwk = Jwk::from_encoding_key(&rsa(pem), Algorithm::RS256).unwrap();
    jwk.common.key_id = Some(kid.into());
    serde_json::to_value(jwk).unwrap()
}

pub fn sign(pem: &str, kid: &str, claims: &Value) -> String {
    let mut header = Header::new(Algorithm::RS256);
    header.kid = Some(kid.into());
    jsonwebtoken::encode(&header, claims, &rsa(pem)).unwrap()
}

impl StandIn {
    /// Starts it at a free port. Its time is the benches'.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let now = testkit::NOON.parse::<Timestamp>().unwrap().as_second();
        let script = Script {
            claims: json!({
                "iss": issuer, "aud": "tipple", "sub": "ann", "iat": now, "exp": now + 3_000,
                "email": "ann@example.com", "email_verified": true,
                "given_name": "Ann", "family_name": "Lee",
            }),
            mint: Arc::new(|claims| sign(RSA, "one", claims)),
            keys: vec![jwk(RSA, "one")],
            userinfo: json!(null),
            discovery: json!({}),
            faults: HashMap::new(),
        };
        let shared = Arc::new(Shared {
            issuer,
            script: Mutex::new(script),
            codes: Mutex::default(),
            asked: Mutex::default(),
        });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { shared }
    }

    pub fn issuer(&self) -> &str {
        &self.shared.issuer
    }

    /// What it does, to be changed.
    pub fn script(&self) -> MutexGuard<'_, Script> {
        self.shared.script.lock().unwrap()
    }

    /// Changes one claim of its tokens.
    pub fn claim(&self, name: &str, value: Value) {
        self.script().claims[name] = value;
    }

    /// What was asked at a path, oldest first.
    pub fn asked(&self, path: &str) -> Vec<String> {
        let asked = self.shared.asked.lock().unwrap();
        asked.iter().filter(|(at, _)| at == path).map(|(_, body)| body.clone()).collect()
    }

    /// The person says yes at the address that we sent them to; gives the code.
    pub fn approve(&self, url: &Url) -> String {
        assert!(url.as_str().starts_with(&format!("{}/authorize?", self.issuer())), "{url}");
        let said: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(
            (said["response_type"].as_str(), said["client_id"].as_str()),
            ("code", "tipple")
        );
        assert_eq!(said["code_challenge_method"], "S256");
        let code = kernel::random_token();
        let approved = Approved {
            nonce: said["nonce"].clone(),
            challenge: said["code_challenge"].clone(),
            redirect_uri: said["redirect_uri"].clone(),
        };
        self.shared.codes.lock().unwrap().insert(code.clone(), approved);
        code
    }

    /// How it is set as the provider `name`.
    pub fn settings(&self, name: &str) -> String {
        format!(
            "[accounts.providers.{name}]\nkind = \"oidc\"\nissuer = \"{}\"\n\
             client_id = \"tipple\"\nclient_secret = \"a secret\"\n",
            self.issuer()
        )
    }

    /// A bench that knows it as `idp`, and believes its e-mail addresses.
    pub async fn bench(&self) -> Bench {
        let settings = self.settings("idp");
        let settings = format!("provider_patience_ms = 2000\n{settings}vouches_for_email = true");
        crate::bench_with(&settings).await
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let body = axum::body::to_bytes(body, 100_000).await.unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    shared.asked.lock().unwrap().push((path.clone(), body.clone()));
    let fault = shared.script.lock().unwrap().faults.get(path.as_str()).cloned();
    let usual = match path.as_str() {
        "/.well-known/openid-configuration" => discovery(&shared),
        "/keys" => json!({ "keys": shared.script.lock().unwrap().keys }),
        "/token" => match token(&shared, &parts.headers, &body) {
            Ok(tokens) => tokens,
            Err(why) => return refused(400, &json!({ "error": why })),
        },
        "/me" => shared.script.lock().unwrap().userinfo.clone(),
        "/revoke" => json!({}),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    match fault {
        None => json_text(usual.to_string()),
        Some(Fault::Huge(more)) => json_text(format!("{usual}{}", " ".repeat(more))),
        Some(Fault::Slow) => {
            tokio::time::sleep(Duration::from_secs(10)).await;
            json_text(usual.to_string())
        }
        Some(Fault::Status(status, value)) => refused(status, &value),
        Some(Fault::NotJson) => json_text("<html>".into()),
        Some(Fault::Redirect) => {
            // To where all is well.
            shared.script.lock().unwrap().faults.clear();
            (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, path)]).into_response()
        }
    }
}

fn discovery(shared: &Shared) -> Value {
    let issuer = &shared.issuer;
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "userinfo_endpoint": format!("{issuer}/me"),
        "revocation_endpoint": format!("{issuer}/revoke"),
    });
    let script = shared.script.lock().unwrap();
    for (name, value) in script.discovery.as_object().unwrap() {
        document[name] = value.clone();
    }
    document
}

/// What a provider looks at before it gives tokens for a code, once.
fn token(shared: &Shared, headers: &HeaderMap, body: &str) -> Result<Value, &'static str> {
    let form: HashMap<String, String> =
        form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let proved = headers.contains_key(header::AUTHORIZATION) || form.contains_key("client_secret");
    if !proved {
        return Err("invalid_client");
    }
    let approved = shared.codes.lock().unwrap().remove(&form["code"]).ok_or("invalid_grant")?;
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&form["code_verifier"]));
    if challenge != approved.challenge || form["redirect_uri"] != approved.redirect_uri {
        return Err("invalid_grant");
    }
    let script = shared.script.lock().unwrap();
    let mut claims = script.claims.clone();
    if claims.get("nonce").is_none() {
        claims["nonce"] = approved.nonce.into();
    }
    Ok(json!({
        "access_token": "an access token",
        "token_type": "Bearer",
        "refresh_token": "a refresh token that nobody else sees",
        "id_token": (script.mint)(&claims),
    }))
}

fn json_text(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

fn refused(status: u16, value: &Value) -> Response {
    (StatusCode::from_u16(status).unwrap(), json_text(value.to_string())).into_response()
}
