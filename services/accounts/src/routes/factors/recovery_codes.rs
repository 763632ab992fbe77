use axum::extract::State;
use serde_json::json;
use wire::{Fault, Json, Problem, Signed};

use super::RecoveryCodes;
use crate::{
    App, audit,
    second_factor::{self, FactorRefusal},
};

/// Gives the asker new recovery codes; those of before hold no longer. Any signed-in person who has
/// a second factor, for themselves only, in a session that began with one within 15 minutes.
#[utoipa::path(
    post, path = "/v1/accounts/me/recovery-codes", tag = "accounts",
    operation_id = "renew_recovery_codes",
    responses(
        (status = OK, body = RecoveryCodes),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn renew_recovery_codes(
    actor: Signed,
    State(app): State<App>,
) -> Result<Json<RecoveryCodes>, Fault<FactorRefusal>> {
    let mut tx = app.db.begin().await?;
    let (row, factors) = second_factor::lock_to_give_up(&app, &mut tx, &actor).await?;
    if !factors.any() {
        return Err(FactorRefusal::NotBegun.into());
    }
    let codes = second_factor::renew_recovery_codes(&app, &mut tx, row.id).await?;
    let deed = ("recovery_codes_renewed", Some(row.id));
    audit::note(&app, &mut tx, &actor, deed, json!({})).await?;
    tx.commit().await?;
    Ok(Json(RecoveryCodes { recovery_codes: Some(codes) }))
}
