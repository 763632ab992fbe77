use accounts_api::PersonChanged;
use feed::{Follower, Received, follow};

use crate::{App, db};

/// What the service does when others tell it something.
pub fn all(app: &App) -> Vec<Follower> {
    vec![follow(app, person_changed)]
}

/// Keeps the date of birth that the person stated.
async fn person_changed(app: App, told: Received<PersonChanged>) -> anyhow::Result<()> {
    let Some(mut tx) = told.once(&app.db).await? else { return Ok(()) };
    db::keep_person(&mut tx, &told.event).await?;
    Ok(tx.commit().await?)
}
