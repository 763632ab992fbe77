//! What accounts is told.

use catalogue_api::StoreChanged;
use feed::{Follower, Received, follow};

use crate::{App, db, session};

/// What the service does when others tell it something.
pub fn all(app: &App) -> Vec<Follower> {
    vec![follow(app, store_changed)]
}

/// Keeps whose a store is: its vendor's owners are managers there.
async fn store_changed(app: App, told: Received<StoreChanged>) -> anyhow::Result<()> {
    let Some(mut tx) = told.once(&app.db).await? else { return Ok(()) };
    let StoreChanged { store, vendor, version } = told.event;
    for owner in db::vendor::keep_store(&mut tx, store, vendor, version).await? {
        // Their tokens name stores: the next ones name this one too, or no longer.
        db::session::end_access(&mut tx, owner, session::last_token_ends(&app)).await?;
    }
    Ok(tx.commit().await?)
}
