use accounts_api::{AccountsRefusal, Birth};
use axum::extract::State;
use kernel::PersonId;
use wire::{Fault, House, Json, Path};

use crate::{App, db};

/// When a person says that they were born: for services of the house.
pub async fn birth(
    _: House,
    State(app): State<App>,
    Path(person): Path<PersonId>,
) -> Result<Json<Birth>, Fault<AccountsRefusal>> {
    let row = db::person(&app.db, person).await?.ok_or(AccountsRefusal::NoSuchPerson)?;
    Ok(Json(Birth { date_of_birth: row.date_of_birth() }))
}
