use accounts_api::PersonErased;
use feed::Received;

use crate::{App, db, folder};

/// Deletes what the person was told. What comes late about them is dropped from now on.
pub async fn person_erased(app: App, told: Received<PersonErased>) -> anyhow::Result<()> {
    let Some(mut tx) = told.once(&app.db).await? else { return Ok(()) };
    store::erased::remember(&mut tx, told.event.person.uuid(), told.at).await?;
    tx.commit().await?;
    cut_erased(app).await
}

/// Deletes what there is of people who have been erased: a message may have been on its way.
pub async fn cut_erased(app: App) -> anyhow::Result<()> {
    let gone = db::personal::cut(&app.db).await?;
    if gone.is_empty() { Ok(()) } else { folder::forget(&app.config, gone).await }
}
