use accounts_api::{PersonChanged, PersonErased};
use feed::{Follower, Received, follow};
use jiff::SignedDuration;

use crate::{App, db};

/// What the service does when others tell it something.
pub fn all(app: &App) -> Vec<Follower> {
    vec![follow(app, person_changed), follow(app, person_erased)]
}

/// Keeps the date of birth that the person stated.
async fn person_changed(app: App, told: Received<PersonChanged>) -> anyhow::Result<()> {
    let Some(mut tx) = told.once(&app.db).await? else { return Ok(()) };
    db::keep_person(&mut tx, &told.event).await?;
    Ok(tx.commit().await?)
}

/// An order under way is judged once more when it leaves the store; none is for a week.
const AGE_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Deletes what the person stated. What the law was asked about them stays, less where they were.
async fn person_erased(app: App, told: Received<PersonErased>) -> anyhow::Result<()> {
    let Some(mut tx) = told.once(&app.db).await? else { return Ok(()) };
    store::erased::remember(&mut tx, told.event.person.uuid(), told.at).await?;
    db::personal::cut(&mut tx, store::erased::since(app.clock.now())).await?;
    Ok(tx.commit().await?)
}

/// Does it again for what was judged after that.
pub async fn cut_erased(app: App) -> anyhow::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    db::personal::cut(&mut tx, store::erased::since(now)).await?;
    db::personal::forget_ages(&mut tx, now - AGE_KEPT).await?;
    Ok(tx.commit().await?)
}
