//! What accounts is told.

use catalogue_api::StoreChanged;
use feed::{Follower, Received, follow};
use host::Deed;
use serde_json::json;

use crate::{App, db, session};

/// What the service does when others tell it something.
pub fn all(app: &App) -> Vec<Follower> {
    vec![follow(app, store_changed), follow(app, deed_done)]
}

/// Keeps what someone did in others' things, wherever that was.
async fn deed_done(app: App, told: Received<Deed>) -> anyhow::Result<()> {
    let Some(mut tx) = told.once(&app.db).await? else { return Ok(()) };
    let Deed { actor, session, machine, service, operation, path, request_id } = told.event;
    let deed = db::audit::Deed {
        actor: Some(actor.uuid()),
        session: Some(session.uuid()),
        action: &operation,
        subject: None,
        facts: json!({ "service": service, "path": path, "machine": machine }),
        request_id,
    };
    db::audit::note(&mut tx, &deed, told.at).await?;
    Ok(tx.commit().await?)
}

/// Keeps whose a store is: its vendor's owners are managers there.
async fn store_changed(app: App, told: Received<StoreChanged>) -> anyhow::Result<()> {
    let Some(mut tx) = told.once(&app.db).await? else { return Ok(()) };
    let StoreChanged { store, vendor, version } = told.event;
    for owner in db::vendor::keep_store(&mut tx, store, vendor, version).await? {
        // Their tokens name stores: the next ones name this one too, or no longer.
        db::session::end_access(&mut tx, owner, session::last_token_ends(&app)).await?;
    }
    tx.commit().await?;
    app.access_ended();
    Ok(())
}
