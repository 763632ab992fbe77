use catalogue_api::StockLow;
use feed::Received;
use minijinja::context;

use crate::{
    App,
    config::Channel,
    db::{self, NewMessage, To},
    language::Language,
    letter::{self, Kind, line},
};

/// That a shelf is nearly empty. It is for the store's staff, whose addresses nobody tells yet, so
/// it is kept for the store and not sent.
pub async fn stock_low(app: App, told: Received<StockLow>) -> anyhow::Result<()> {
    let low = &told.event;
    let store = line(&low.store_name, 100);
    let facts = context! {
        product => line(&low.product_name, 100),
        store => store.clone(),
        free => low.free,
        threshold => low.threshold,
    };
    let letter = letter::word(Kind::StockLow, Language::English, facts)?;
    let Some(mut tx) = told.once(&app.db).await? else { return Ok(()) };
    let message = NewMessage {
        to: To::Store(low.store),
        order: None,
        kind: Kind::StockLow,
        recipient: &store,
        letter: &letter,
        dedupe_key: format!("event/{}", told.id()),
        at: app.clock.now(),
    };
    db::insert_message(&mut tx, &message, &[Channel::Dry]).await?;
    Ok(tx.commit().await?)
}
