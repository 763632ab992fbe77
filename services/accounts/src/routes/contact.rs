use accounts_api::{AccountsRefusal, Contact};
use axum::extract::State;
use kernel::PersonId;
use wire::{Fault, House, Json, Path};

use crate::{App, db};

/// How to reach a person: for services of the house.
pub async fn contact(
    _: House,
    State(app): State<App>,
    Path(person): Path<PersonId>,
) -> Result<Json<Contact>, Fault<AccountsRefusal>> {
    let row = db::person(&app.db, person).await?.ok_or(AccountsRefusal::NoSuchPerson)?;
    // Without an address there is nobody who can be written to.
    let email = row.email.ok_or(AccountsRefusal::NoSuchPerson)?;
    Ok(Json(Contact { person: row.id, email, given_name: row.given_name, language: row.language }))
}
