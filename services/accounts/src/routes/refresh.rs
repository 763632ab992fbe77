use accounts_api::Says;
use axum::{Extension, extract::State};
use garde::Validate;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Tx;
use wire::{Fault, Json, Problem, Refusal, StatusCode};

use crate::{
    App, audit,
    cookie::Brought,
    db::{
        self, PersonRow,
        session::{SessionRow, Which},
    },
    flow,
    session::{self, Device, SignedIn},
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// Not needed where it lies in a cookie.
    #[garde(inner(length(max = 100)))]
    #[schema(max_length = 100, nullable = false)]
    #[serde(default)]
    refresh_token: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum RefreshRefusal {
    SessionEnded,
}

impl Refusal for RefreshRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::UNAUTHORIZED
    }
    fn detail(&self) -> String {
        "This session has ended. Sign in again.".into()
    }
}

/// What a refresh token turned out to be.
enum Token {
    /// The one that is next.
    Live,
    /// Spent a moment ago, on this device: another tab was faster.
    JustSpent,
    /// Spent: someone holds a copy.
    Stolen,
}

/// Gives the next access token and the next refresh token of a session. A refresh token is used
/// once: one that comes again later than a few seconds ends its session, for whoever has the newer
/// one. With `X-Session: cookie` the token comes from the cookie that signing in with that header set,
/// and the next one goes there.
#[utoipa::path(
    post, path = "/v1/accounts/sessions/refresh", tag = "accounts", operation_id = "refresh",
    request_body = Refresh,
    responses(
        (status = OK, body = SignedIn),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn refresh(
    State(app): State<App>,
    device: Device,
    brought: Option<Extension<Brought>>,
    Json(input): Json<Refresh>,
) -> Result<Json<SignedIn>, Fault<RefreshRefusal>> {
    let now = app.clock.now();
    let brought = input.refresh_token.or(brought.map(|Extension(Brought(token))| token));
    let spent = brought.ok_or(RefreshRefusal::SessionEnded)?;
    let hash = session::token_hash(&app, &spent);
    let mut tx = app.db.begin().await?;
    let row = db::session::lock_by_token(&mut tx, &hash).await?;
    let row = row.filter(|row| row.is_open(now)).ok_or(RefreshRefusal::SessionEnded)?;
    let person = db::person_in(&mut tx, row.person_id).await?;
    let person = person.filter(|person| person.blocked_at().is_none());
    let person = person.ok_or(RefreshRefusal::SessionEnded)?;
    let token = judge(&app, &mut tx, &hash, &row, &device).await?;
    let next = session::successor(&app, &spent);
    match token {
        Token::Live => {
            let next_hash = session::token_hash(&app, &next);
            let expires_at = session::expires_at(&app.config, row.created_at(), now);
            db::session::rotate(&mut tx, row.id, (&hash, &next_hash), now, expires_at).await?;
        }
        Token::JustSpent => {}
        Token::Stolen => {
            end_family(&app, &mut tx, &person, &row).await?;
            tx.commit().await?;
            app.access_ended();
            return Err(RefreshRefusal::SessionEnded.into());
        }
    }
    let signed_in = session::tokens(&app, &person, (row.id, row.strong), next)?;
    tx.commit().await?;
    Ok(Json(signed_in))
}

async fn judge(
    app: &App,
    tx: &mut Tx<'_>,
    hash: &[u8],
    row: &SessionRow,
    device: &Device,
) -> sqlx::Result<Token> {
    let Some(spent_at) = db::session::spent_at(tx, hash).await? else { return Ok(Token::Live) };
    let grace = SignedDuration::from_secs(app.config.refresh_grace_seconds);
    let just = app.clock.now().duration_since(spent_at) <= grace;
    Ok(if just && row.device == device.name { Token::JustSpent } else { Token::Stolen })
}

async fn end_family(
    app: &App,
    tx: &mut Tx<'_>,
    person: &PersonRow,
    row: &SessionRow,
) -> anyhow::Result<()> {
    session::end(app, tx, row.person_id, Which::One(row.id), "refresh token used twice").await?;
    let facts = json!({ "session": row.id });
    audit::note_of(app, tx, row.person_id, "refresh_token_reused", facts).await?;
    tracing::warn!(session = %row.id, "a spent refresh token came again: its session has ended");
    if let Some(email) = &person.email {
        flow::tell(app, tx, person.id, email, &Says::SessionEnded).await?;
    }
    Ok(())
}
