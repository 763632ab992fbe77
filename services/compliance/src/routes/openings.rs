use axum::extract::State;
use compliance_api::{Opening, Openings};
use jiff::tz::TimeZone;
use wire::{Fault, House, Json, Never};

use crate::{
    App, db,
    opening::{Sale, opening},
};

/// What the law says of stores before anybody has chosen a bottle: for services of the house. Nothing
/// is kept.
pub async fn openings(
    _: House,
    State(app): State<App>,
    Json(Openings { at, door_place, sellers }): Json<Openings>,
) -> Result<Json<Vec<Opening>>, Fault<Never>> {
    let law = app.law().await?;
    let stores: Vec<_> = sellers.iter().map(|seller| seller.store).collect();
    let licences = db::licence::of_stores(&app.db, &stores).await?;
    let mut said = Vec::with_capacity(sellers.len());
    for seller in &sellers {
        let zone = TimeZone::get(&seller.time_zone).map_err(anyhow::Error::from)?;
        let licence = licences.get(&seller.store);
        let sale = Sale { law: &law, licence, seller, zone: &zone, door_place };
        said.push(opening(&sale, at));
    }
    Ok(Json(said))
}
