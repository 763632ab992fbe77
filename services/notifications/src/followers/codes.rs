use accounts_api::{CodeWanted, Purpose};
use feed::Received;

use crate::{
    App,
    db::{self, NewCode},
};

/// That somebody may have to be told a code: noted down, and asked for when it is sent.
pub async fn code_wanted(app: App, told: Received<CodeWanted>) -> anyhow::Result<()> {
    let CodeWanted { flow, purpose } = told.event;
    let Some(mut tx) = told.once(&app.db).await? else { return Ok(()) };
    let new = NewCode {
        flow,
        purpose,
        channel: app.config.code_channel(purpose == Purpose::ConfirmPhone),
        dedupe_key: format!("event/{}", told.id()),
        at: app.clock.now(),
    };
    db::insert_code(&mut tx, &new).await?;
    Ok(tx.commit().await?)
}
