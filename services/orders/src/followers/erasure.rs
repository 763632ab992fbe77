use accounts_api::PersonErased;
use feed::Received;

use crate::{App, db};

/// Deletes what there is of a person, or cuts it to what the law makes us keep.
pub async fn person_erased(app: App, told: Received<PersonErased>) -> anyhow::Result<()> {
    let Some(mut tx) = told.once(&app.db).await? else { return Ok(()) };
    store::erased::remember(&mut tx, told.event.person.uuid(), told.at).await?;
    db::personal::cut(&mut tx, store::erased::since(app.clock.now())).await?;
    Ok(tx.commit().await?)
}

/// Does it again for what was still needed then, or came late.
pub async fn cut_erased(app: App) -> anyhow::Result<()> {
    let mut tx = app.db.begin().await?;
    db::personal::cut(&mut tx, store::erased::since(app.clock.now())).await?;
    Ok(tx.commit().await?)
}
