use axum::extract::State;
use compliance_api::{Outlook, Reason};
use wire::{Fault, House, Json, Never};

use crate::{App, db, judge::Case, outlook};

/// What would stand against a sale at each of several times: for services of the house. Nothing is
/// kept; the verdict of whichever time is chosen is, when the cart and its order ask for it.
pub async fn outlook(
    _: House,
    State(app): State<App>,
    Json(Outlook { facts, times }): Json<Outlook>,
) -> Result<Json<Vec<Vec<Reason>>>, Fault<Never>> {
    let law = app.law().await?;
    let (licence, born) = db::sides(&app.db, facts.store, facts.customer).await?;
    let licence = licence.as_ref();
    let case = Case { facts: &facts, law: &law, licence, stated_date_of_birth: born };
    Ok(Json(times.into_iter().map(|time| outlook::outlook(&case, time)).collect()))
}
