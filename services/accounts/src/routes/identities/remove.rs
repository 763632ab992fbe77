use axum::{extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use wire::{Fault, Path, Problem, Refusal, Signed};

use crate::{
    App, audit,
    db::{
        self,
        provider::{self, leaving::Leaving},
    },
    routes::gone,
};

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum UnlinkRefusal {
    LastWayIn,
}

impl Refusal for UnlinkRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }
    fn detail(&self) -> String {
        "You could not sign in any more. Set a password or link another provider first.".into()
    }
}

/// Unlinks the asker's identity at a provider, unless nothing else lets them in. Any signed-in
/// person, their own only.
#[utoipa::path(
    delete, path = "/v1/accounts/me/identities/{provider}", tag = "accounts",
    operation_id = "unlink_identity",
    params(("provider" = String, Path)),
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn unlink_identity(
    actor: Signed,
    Path(name): Path<String>,
    State(app): State<App>,
) -> Result<StatusCode, Fault<UnlinkRefusal>> {
    let person = actor.person;
    let mut tx = app.db.begin().await?;
    // Locked, so that two at once do not each leave the other one to stay.
    db::lock_person(&mut tx, person).await?.ok_or_else(gone)?;
    if !provider::has(&mut tx, person, &name).await? {
        return Err(Problem::not_found("identity").into());
    }
    if !provider::has_other_way(&mut tx, person, &name).await? {
        return Err(UnlinkRefusal::LastWayIn.into());
    }
    let leaving = Leaving::Of(person, Some(&name));
    provider::leaving::remove(&mut tx, leaving, app.clock.now()).await?;
    let facts = json!({ "provider": name });
    audit::note(&app, &mut tx, &actor, ("identity_unlinked", Some(person)), facts).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
