use axum::extract::State;
use kernel::PersonId;
use serde_json::Value;
use wire::{Fault, House, Json, Never, Path};

use crate::{App, db};

/// All there is here of one person: for services of the house, when the person wants to have it.
pub async fn data(
    _: House,
    State(app): State<App>,
    Path(person): Path<PersonId>,
) -> Result<Json<Value>, Fault<Never>> {
    Ok(Json(db::personal::data(&app.db, person).await?))
}
