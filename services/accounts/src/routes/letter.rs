use accounts_api::{CodeRefusal, FlowId, Letter};
use axum::extract::State;
use wire::{Fault, House, Json, Path};

use crate::{App, flow};

/// The letter of a flow, with a new code in it: for whoever sends it now.
pub async fn letter(
    _: House,
    Path(id): Path<FlowId>,
    State(app): State<App>,
) -> Result<Json<Letter>, Fault<CodeRefusal>> {
    let letter = flow::letter(&app, id).await?;
    Ok(Json(letter.ok_or(CodeRefusal::NothingToSend)?))
}
