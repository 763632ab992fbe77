use axum::{extract::State, http::StatusCode};
use jiff::Timestamp;
use kernel::SessionId;
use serde::Serialize;
use serde_json::json;
use wire::{Fault, Json, Never, Path, Problem, Signed};

use crate::{
    App, audit,
    db::{self, session::Which},
    session,
};

/// Someone's signing in on one device.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Session {
    session: SessionId,
    /// Whether it is the one that asks.
    current: bool,
    /// How it began: `password`, `passkey`, the name of a provider.
    method: String,
    /// As the browser or app names itself.
    device: String,
    /// The network address that it began from.
    address: String,
    /// Whether a second factor was shown.
    strong: bool,
    created_at: Timestamp,
    /// When it was last refreshed.
    used_at: Timestamp,
    /// When it ends unless it is used.
    expires_at: Timestamp,
}

/// The asker's open sessions, the one used last first; at most 200.
#[utoipa::path(
    get, path = "/v1/accounts/sessions", tag = "accounts", operation_id = "sessions",
    responses(
        (status = OK, body = Vec<Session>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn sessions(
    asker: Signed,
    State(app): State<App>,
) -> Result<Json<Vec<Session>>, Fault<Never>> {
    let rows = db::session::open(&app.db, asker.person, app.clock.now()).await?;
    let sessions = rows.into_iter().map(|row| Session {
        session: row.id,
        current: row.id == asker.pass.session,
        created_at: row.created_at(),
        used_at: row.used_at(),
        expires_at: row.expires_at(),
        method: row.method,
        device: row.device,
        address: row.address,
        strong: row.strong,
    });
    Ok(Json(sessions.collect()))
}

/// Ends one of the asker's sessions, perhaps this one: its tokens hold no longer.
#[utoipa::path(
    delete, path = "/v1/accounts/sessions/{session}", tag = "accounts",
    operation_id = "end_session",
    params(("session" = SessionId, Path)),
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn end_session(
    asker: Signed,
    Path(session): Path<SessionId>,
    State(app): State<App>,
) -> Result<StatusCode, Fault<Never>> {
    let ended = end(&app, &asker, Which::One(session)).await?;
    if ended == 0 {
        return Err(Problem::not_found("session").into());
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Ends all of the asker's sessions but this one.
#[utoipa::path(
    delete, path = "/v1/accounts/sessions", tag = "accounts", operation_id = "end_other_sessions",
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn end_other_sessions(
    asker: Signed,
    State(app): State<App>,
) -> Result<StatusCode, Fault<Never>> {
    end(&app, &asker, Which::AllBut(asker.pass.session)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends this session: its tokens hold no longer.
#[utoipa::path(
    post, path = "/v1/accounts/sign-out", tag = "accounts", operation_id = "sign_out",
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn sign_out(asker: Signed, State(app): State<App>) -> Result<StatusCode, Fault<Never>> {
    end(&app, &asker, Which::One(asker.pass.session)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn end(app: &App, asker: &Signed, which: Which) -> Result<usize, Fault<Never>> {
    let mut tx = app.db.begin().await?;
    let ended = session::end(app, &mut tx, asker.person, which, "by its person").await?;
    for session in &ended {
        let facts = json!({ "session": session });
        audit::note(app, &mut tx, asker, ("session_ended", Some(asker.person)), facts).await?;
    }
    tx.commit().await?;
    app.access_ended();
    Ok(ended.len())
}
