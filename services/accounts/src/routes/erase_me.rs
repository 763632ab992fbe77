use axum::{extract::State, http::StatusCode};
use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use wire::{Fault, Json, Problem, Refusal, Signed};

use crate::{
    App, audit, db, erasure,
    password::LONGEST,
    proof::{self, ProofRefused},
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Farewell {
    /// Of the account; left out where it has none.
    #[garde(length(chars, max = LONGEST))]
    #[schema(max_length = 200)]
    password: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum EraseRefusal {
    WrongPassword,
    SignInAgain,
    /// Nobody could run the platform any more.
    LastOperator,
}

impl Refusal for EraseRefusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::LastOperator => StatusCode::CONFLICT,
            _ => StatusCode::FORBIDDEN,
        }
    }
    fn detail(&self) -> String {
        match self {
            Self::WrongPassword => ProofRefused::WrongPassword.detail(),
            Self::SignInAgain => ProofRefused::SignInAgain.detail(),
            Self::LastOperator => "Make someone else an operator first.".into(),
        }
    }
}

fn unproven(fault: Fault<ProofRefused>) -> Fault<EraseRefusal> {
    match fault {
        Fault::Refused(ProofRefused::WrongPassword) => EraseRefusal::WrongPassword.into(),
        Fault::Refused(ProofRefused::SignInAgain) => EraseRefusal::SignInAgain.into(),
        Fault::Problem(problem) => Fault::Problem(problem),
        Fault::Broken(error) => Fault::Broken(error),
    }
}

/// Deletes the asker's account and everything about them, for good: here at once, in all other
/// services within seconds. Orders under way are still brought. What the law makes the house keep of
/// past orders stays, without who it was: docs/personal-data.md lists it.
#[utoipa::path(
    post, path = "/v1/accounts/me/erasure", tag = "accounts", operation_id = "erase_me",
    request_body = Farewell,
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn erase_me(
    asker: Signed,
    State(app): State<App>,
    Json(input): Json<Farewell>,
) -> Result<StatusCode, Fault<EraseRefusal>> {
    let row = proof::of_asker(&app, &asker, input.password).await.map_err(unproven)?;
    let mut tx = app.db.begin().await?;
    if db::lock_operators(&mut tx).await? == [row.id] {
        return Err(EraseRefusal::LastOperator.into());
    }
    db::lock_person(&mut tx, row.id).await?.ok_or_else(super::gone)?;
    erasure::write_down(&app, row.id).await?;
    audit::note(&app, &mut tx, &asker, ("erased", Some(row.id)), json!({})).await?;
    erasure::erase(&app, &mut tx, row.id).await?;
    tx.commit().await?;
    app.access_ended();
    Ok(StatusCode::NO_CONTENT)
}
