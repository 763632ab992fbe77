use axum::{
    extract::{RawQuery, State},
    http::{HeaderName, StatusCode, header},
};
use secrecy::ExposeSecret;
use url::form_urlencoded;
use wire::{Fault, Never, Path, Problem, Raw};

use super::{hash_of, redirect_uri};
use crate::{
    App,
    db::provider::flow::{self, FlowRow},
    providers::{Back, Begun, Failure, Identity, Provider, leaving::SEALED_FOR, return_path},
};

/// A browser that is sent on. Its address holds a ticket, which goes no further.
type Redirect = (StatusCode, [(HeaderName, String); 3]);

/// The longest value that is taken of what came back, in bytes.
const LONGEST_VALUE: usize = 4 * 1024;

/// What a provider sent the browser back with.
#[derive(Default)]
struct Came {
    state: String,
    error: Option<String>,
    back: Back,
}

/// The browser comes back from a provider. Whoever brings the state of a flow, once: it is sent on
/// to the app with a ticket, or with a stable `error`.
#[utoipa::path(
    get, path = "/v1/accounts/providers/{provider}/callback", tag = "accounts",
    operation_id = "provider_callback",
    params(
        ("provider" = String, Path),
        ("state" = Option<String>, Query),
        ("code" = Option<String>, Query),
        ("error" = Option<String>, Query),
        ("iss" = Option<String>, Query),
    ),
    responses(
        (status = SEE_OTHER, headers(("Location" = String))),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn provider_callback(
    Path(name): Path<String>,
    State(app): State<App>,
    RawQuery(query): RawQuery,
) -> Result<Redirect, Fault<Never>> {
    let provider = super::provider(&app, &name)?;
    come_back(&app, provider, read(query.unwrap_or_default().as_bytes())).await
}

/// The same by a form, which Apple has the browser post from its own page.
#[utoipa::path(
    post, path = "/v1/accounts/providers/{provider}/callback", tag = "accounts",
    operation_id = "provider_form_callback",
    params(("provider" = String, Path)),
    request_body(content = Object, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = SEE_OTHER, headers(("Location" = String))),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn provider_form_callback(
    Path(name): Path<String>,
    State(app): State<App>,
    Raw(body): Raw,
) -> Result<Redirect, Fault<Never>> {
    let provider = super::provider(&app, &name)?;
    come_back(&app, provider, read(&body)).await
}

/// None when a name that means something comes twice, or is too long: which one holds?
fn read(form: &[u8]) -> Option<Came> {
    let mut came = Came::default();
    let (mut state, mut code) = (None, None);
    for (name, value) in form_urlencoded::parse(form) {
        let place = match name.as_ref() {
            "state" => &mut state,
            "code" => &mut code,
            "error" => &mut came.error,
            "iss" => &mut came.back.issuer,
            "user" => &mut came.back.user,
            _ => continue,
        };
        if value.len() > LONGEST_VALUE || place.replace(value.into_owned()).is_some() {
            return None;
        }
    }
    came.state = state?;
    came.back.code = code.unwrap_or_default();
    Some(came)
}

async fn come_back(
    app: &App,
    provider: &Provider,
    came: Option<Came>,
) -> Result<Redirect, Fault<Never>> {
    let unknown = || {
        let error = [("error", Failure::Ended.code())];
        Ok(redirect(return_path::with(&app.public_url, return_path::USUAL, &error)))
    };
    let Some(came) = came else { return unknown() };
    let hash = hash_of(&came.state);
    let flow = flow::take(&app.db, &provider.name, &hash, app.clock.now()).await?;
    let Some(flow) = flow else { return unknown() };
    let id = flow.id.to_string();
    match identify(app, provider, &came, &flow).await {
        Ok(identity) => {
            let ticket = kernel::random_token();
            keep(app, &flow, &identity, &ticket).await?;
            let values = [("flow", id.as_str()), ("ticket", ticket.as_str())];
            Ok(redirect(return_path::with(&app.public_url, &flow.return_path, &values)))
        }
        Err(failure) => {
            let (code, why) = (failure.code(), failure.reason());
            tracing::info!(provider = provider.name, code, why, "nobody is signed in");
            flow::fail(&app.db, flow.id, &format!("{code} {why}")).await?;
            let values = [("flow", id.as_str()), ("error", code)];
            Ok(redirect(return_path::with(&app.public_url, &flow.return_path, &values)))
        }
    }
}

async fn identify(
    app: &App,
    provider: &Provider,
    came: &Came,
    flow: &FlowRow,
) -> Result<Identity, Failure> {
    match came.error.as_deref() {
        // What Apple says when someone turns back.
        Some("access_denied" | "user_cancelled_authorize") => return Err(Failure::Denied),
        Some(_) => return Err(Failure::ErrorAnswer),
        None if came.back.code.is_empty() => return Err(Failure::ErrorAnswer),
        None => {}
    }
    let begun = Begun {
        state: came.state.clone(),
        nonce: flow.nonce.clone(),
        verifier: flow.verifier.clone(),
        redirect_uri: redirect_uri(app, &provider.name),
    };
    provider.identify(&came.back, &begun, app.clock.now()).await
}

async fn keep(app: &App, flow: &FlowRow, identity: &Identity, ticket: &str) -> anyhow::Result<()> {
    let token = identity.refresh_token.as_ref();
    let sealed = token
        .map(|token| app.vault.seal(SEALED_FOR, token.expose_secret().as_bytes()))
        .transpose()?;
    flow::keep(&app.db, flow.id, identity, sealed.as_deref(), &hash_of(ticket)).await?;
    Ok(())
}

fn redirect(to: String) -> Redirect {
    let headers = [
        (header::LOCATION, to),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
    ];
    (StatusCode::SEE_OTHER, headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_twice_or_too_long_is_not_taken() {
        let came = read(b"state=s&code=c%20d&iss=i&other=1&other=2").expect("it is whole");
        assert_eq!((came.state.as_str(), came.back.code.as_str()), ("s", "c d"));
        assert_eq!(came.back.issuer.as_deref(), Some("i"));
        let long = format!("state=s&code={}", "c".repeat(LONGEST_VALUE + 1));
        for bad in ["", "code=c", "state=s&state=t", "state=s&code=c&code=d", &long] {
            assert!(read(bad.as_bytes()).is_none(), "{bad}");
        }
    }
}
