use accounts_api::Says;
use axum::{extract::State, http::StatusCode};
use garde::Validate;
use serde::Deserialize;
use serde_json::json;
use wire::{Fault, Json, Problem, Signed};

use crate::{
    App, audit,
    db::{self, session::Which},
    flow,
    password::{LONGEST, SHORTEST},
    proof::{self, ProofRefused},
    session,
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The one there is; left out where there is none.
    #[garde(length(chars, max = LONGEST))]
    #[schema(max_length = 200)]
    password: Option<String>,
    /// At least ten characters.
    #[garde(length(chars, min = SHORTEST, max = LONGEST))]
    #[schema(min_length = 10, max_length = 200)]
    new_password: String,
}

/// Changes the asker's password, and ends all their other sessions.
#[utoipa::path(
    post, path = "/v1/accounts/password/change", tag = "accounts",
    operation_id = "change_password",
    request_body = PasswordChange,
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn change_password(
    asker: Signed,
    State(app): State<App>,
    Json(input): Json<PasswordChange>,
) -> Result<StatusCode, Fault<ProofRefused>> {
    let row = proof::of_asker(&app, &asker, input.password).await?;
    let hash = app.passwords.hash_new("new_password", input.new_password, row.words()).await?;
    let mut tx = app.db.begin().await?;
    // While it was hashed, its person may have set another by letter, or ended this session: then
    // whoever holds the old one must not come last.
    let now = db::lock_person(&mut tx, row.id).await?;
    let now = now.filter(|now| now.password_hash == row.password_hash);
    if now.is_none() || !db::session::is_open(&mut tx, asker.pass.session, app.clock.now()).await? {
        return Err(Problem::unauthenticated("The session has ended. Sign in again.").into());
    }
    db::set_password(&mut tx, row.id, &hash).await?;
    let others = Which::AllBut(asker.pass.session);
    session::end(&app, &mut tx, row.id, others, "password changed").await?;
    audit::note(&app, &mut tx, &asker, ("password_changed", Some(row.id)), json!({})).await?;
    if let Some(email) = &row.email {
        flow::tell(&app, &mut tx, row.id, email, &Says::PasswordChanged).await?;
    }
    tx.commit().await?;
    app.access_ended();
    Ok(StatusCode::NO_CONTENT)
}
