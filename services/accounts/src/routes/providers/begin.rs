use axum::extract::State;
use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Path, Problem, Signed};

use super::{FLOW_LIFE, hash_of, redirect_uri};
use crate::{
    App,
    db::provider::flow::{self, FlowId, NewFlow},
    password::LONGEST,
    proof::{self, ProofRefused},
    providers::{Begun, return_path},
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BeginInput {
    /// The path of this site that the browser is sent to in the end; `/signed-in` unless told.
    #[garde(length(min = 1, max = return_path::LONGEST), inner(custom(return_path::ours)))]
    #[schema(
        min_length = 1,
        max_length = 300,
        pattern = "^/([!-\"$-.0-\\[\\]-~][!-\"$-\\[\\]-~]*)?$"
    )]
    return_path: Option<String>,
    /// To link: the account's password, where it has one; else its person has just signed in.
    #[garde(length(chars, min = 1, max = LONGEST))]
    #[schema(min_length = 1, max_length = 200)]
    password: Option<String>,
}

/// Where to send the browser, and what the app keeps to redeem the flow with.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Begin {
    /// At the provider.
    url: String,
    flow: FlowId,
    /// Never to leave the browser that began; `redeem` wants it.
    flow_secret: String,
    expires_at: Timestamp,
}

/// Begins a sign-in at a provider. With an access token, and proof that it is in its person's
/// hands, it links the identity to that account instead, and only the same person can redeem it.
#[utoipa::path(
    post, path = "/v1/accounts/providers/{provider}/begin", tag = "accounts",
    operation_id = "begin_provider",
    params(("provider" = String, Path)),
    request_body = BeginInput,
    responses(
        (status = OK, body = Begin),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security((), ("token" = [])),
)]
pub async fn begin_provider(
    asker: Option<Signed>,
    Path(name): Path<String>,
    State(app): State<App>,
    Json(input): Json<BeginInput>,
) -> Result<Json<Begin>, Fault<ProofRefused>> {
    let provider = super::provider(&app, &name)?;
    if let Some(asker) = &asker {
        // Whoever has got hold of a token for minutes must not get a way in for ever.
        proof::of_asker(&app, asker, input.password).await?;
    }
    let now = app.clock.now();
    let begun = Begun {
        state: kernel::random_token(),
        nonce: kernel::random_token(),
        verifier: kernel::random_token(),
        redirect_uri: redirect_uri(&app, &name),
    };
    let url = provider.address(&begun, now).await.map_err(|failure| {
        tracing::warn!(provider = name, why = failure.reason(), "no sign-in can begin");
        Problem::from(failure)
    })?;
    let (flow, flow_secret) = (FlowId::new(), kernel::random_token());
    let expires_at = now + FLOW_LIFE;
    let new = NewFlow {
        id: flow,
        provider: &name,
        secret_hash: &hash_of(&flow_secret),
        state_hash: &hash_of(&begun.state),
        nonce: &begun.nonce,
        verifier: &begun.verifier,
        return_path: input.return_path.as_deref().unwrap_or(return_path::USUAL),
        person: asker.map(|asker| asker.person),
        made_at: now,
        expires_at,
    };
    flow::insert(&app.db, &new).await?;
    Ok(Json(Begin { url: url.into(), flow, flow_secret, expires_at }))
}
