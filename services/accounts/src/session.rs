//! Sessions: every way of signing in ends here, and so does every way of ending it.

use axum::extract::FromRequestParts;
use http::{header, request::Parts};
use jiff::{SignedDuration, Timestamp};
use kernel::{Actor, PersonId, Role, RoleKind, SessionId};
use serde::Serialize;
use store::Tx;
use wire::Pass;

use crate::{
    App, Config,
    config::SecondFactor,
    db::{PersonRow, attempt, session as db},
    throttle,
};

/// What signing in and refreshing give.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SignedIn {
    /// For the `Authorization` header, after `Bearer `.
    pub access_token: String,
    pub token_type: &'static str,
    /// When the access token ends.
    pub expires_at: Timestamp,
    /// Gives the next tokens, once. Not there where it was asked for as a cookie, with the header
    /// `X-Session: cookie`, nor is `device` then.
    #[schema(required = false)]
    pub refresh_token: String,
    /// The session, as it is listed.
    pub session: SessionId,
    pub person: PersonId,
    /// The roles that the access token carries.
    pub roles: Vec<Role>,
    /// What makes this device known: to be sent as `X-Device` when signing in the next time, which
    /// strangers' failures then do not slow down. Not given when refreshing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub device: Option<String>,
    /// Whether there are roles that come into force only with a second factor, and none was shown.
    pub must_enrol: bool,
}

/// What someone signs in on.
#[derive(Debug, Clone)]
pub struct Device {
    /// As the browser or app names itself.
    pub name: String,
    /// The network address, as the gateway saw it.
    pub address: String,
    /// What was given when signing in on it before.
    pub token: Option<String>,
}

/// The longest name of a device that is kept, in characters.
const LONGEST_NAME: usize = 200;

impl<S: Send + Sync> FromRequestParts<S> for Device {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let text = |name: &str| {
            let value = parts.headers.get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().chars().take(LONGEST_NAME).collect::<String>()
        };
        let address = text("x-forwarded-for");
        let address = address.rsplit(',').next().unwrap_or_default().trim().to_owned();
        let token = Some(text("x-device")).filter(|token| token.starts_with("dv_"));
        Ok(Self { name: text(header::USER_AGENT.as_str()), address, token })
    }
}

/// How a session begins.
#[derive(Debug, Clone, Copy)]
pub struct Beginning<'a> {
    /// Such as `password`, `google`, `passkey`.
    pub method: &'a str,
    pub device: &'a Device,
    /// Whether a second factor was shown.
    pub strong: bool,
}

/// Begins a session of a person who may have one: the row is of `tx`.
pub async fn begin(
    app: &App,
    tx: &mut Tx<'_>,
    row: &PersonRow,
    beginning: Beginning<'_>,
) -> anyhow::Result<SignedIn> {
    let now = app.clock.now();
    let (session, token) = (SessionId::new(), new_token());
    let new = db::NewSession {
        id: session,
        person: row.id,
        method: beginning.method,
        device: &beginning.device.name,
        address: &beginning.device.address,
        strong: beginning.strong,
        at: now,
        expires_at: expires_at(&app.config, now, now),
        token_hash: &token_hash(app, &token),
    };
    db::insert(tx, &new).await?;
    let known = beginning.device.token.clone();
    let known = known.unwrap_or_else(|| format!("dv_{}", kernel::random_token()));
    attempt::know_device(tx, &throttle::device_hash(app, &known), row.id, now).await?;
    let signed_in = tokens(app, row, (session, beginning.strong), token)?;
    Ok(SignedIn { device: Some(known), ..signed_in })
}

/// When a session ends that began then and is used now.
pub fn expires_at(config: &Config, began: Timestamp, now: Timestamp) -> Timestamp {
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    (now + days(config.session_idle_days)).min(began + days(config.session_days))
}

/// The tokens of a session.
pub fn tokens(
    app: &App,
    row: &PersonRow,
    (session, strong): (SessionId, bool),
    refresh_token: String,
) -> anyhow::Result<SignedIn> {
    let now = app.clock.now();
    let (roles, must_enrol) = in_force(row.roles(), strong, app.config.second_factor);
    let actor = Actor { person: row.id, roles };
    let pass = Pass { actor, session, version: row.access_version, scopes: None };
    let life = SignedDuration::from_mins(app.config.access_token_minutes);
    let access = app.keys.signing(now)?.sign(&pass, now, life)?;
    Ok(SignedIn {
        access_token: access.token,
        token_type: "Bearer",
        expires_at: access.expires_at,
        refresh_token,
        session,
        person: row.id,
        roles: pass.actor.roles,
        device: None,
        must_enrol,
    })
}

/// Whether a role needs a second factor.
pub fn needs_second_factor(kind: RoleKind, policy: SecondFactor) -> bool {
    use RoleKind::{Auditor, Clerk, Manager, Operator, Support, VendorOwner};
    match policy {
        SecondFactor::Nobody => false,
        SecondFactor::Operators => matches!(kind, Support | Operator | Auditor),
        SecondFactor::Staff => {
            matches!(kind, Support | Operator | Auditor | Clerk | Manager | VendorOwner)
        }
    }
}

/// The roles that are in force, and whether others wait for a second factor.
fn in_force(roles: Vec<Role>, strong: bool, policy: SecondFactor) -> (Vec<Role>, bool) {
    let (all, mut roles) = (roles.len(), roles);
    roles.retain(|role| strong || !needs_second_factor(role.kind(), policy));
    let waits = roles.len() < all;
    (roles, waits)
}

/// A refresh token that nobody can guess.
fn new_token() -> String {
    format!("rt_{}", kernel::random_token())
}

/// The token that follows: always the same one, so that two tabs that refresh at once go on with
/// the same. Nobody without the service's secret can tell it.
pub fn successor(app: &App, token: &str) -> String {
    let hash = app.vault.keyed_hash("refresh successor", token.as_bytes());
    format!("rt_{}", hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// What is kept of a refresh token.
pub fn token_hash(app: &App, token: &str) -> [u8; 32] {
    app.vault.keyed_hash("refresh token", token.as_bytes())
}

/// When access tokens that are given now have ended for sure.
pub fn last_token_ends(app: &App) -> Timestamp {
    app.clock.now() + SignedDuration::from_mins(app.config.access_token_minutes + 1)
}

/// Ends sessions of a person; their access tokens hold no longer anywhere within seconds.
pub async fn end(
    app: &App,
    tx: &mut Tx<'_>,
    person: PersonId,
    which: db::Which,
    why: &str,
) -> sqlx::Result<Vec<SessionId>> {
    db::end(tx, person, which, why, (app.clock.now(), last_token_ends(app))).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn privileged_roles_wait_for_a_second_factor() {
        let roles = vec![Role::Customer, Role::Manager { stores: vec![] }, Role::Operator];
        let kinds = |strong, policy| {
            let (roles, waits) = in_force(roles.clone(), strong, policy);
            (roles.iter().map(Role::kind).collect::<Vec<_>>(), waits)
        };
        use RoleKind::{Customer, Manager, Operator};
        assert_eq!(kinds(false, SecondFactor::Operators), (vec![Customer, Manager], true));
        assert_eq!(kinds(false, SecondFactor::Staff), (vec![Customer], true));
        let all = vec![Customer, Manager, Operator];
        assert_eq!(kinds(true, SecondFactor::Staff), (all.clone(), false));
        assert_eq!(kinds(false, SecondFactor::Nobody), (all, false));
    }
}
