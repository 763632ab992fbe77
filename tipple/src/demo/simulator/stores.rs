use std::sync::Arc;

use kernel::StoreId;
use serde_json::{Value, json};

use super::{City, pause};
use crate::demo::{data::DemoPerson, visitor::Visitor};

/// A clerk at the counter: accepts what is paid, packs what is accepted, a little later each.
pub async fn keep(city: Arc<City>, person: DemoPerson) {
    let clerk = city.enter(&person).await;
    let Some(store) = workplace(&clerk).await else { return };
    loop {
        pause(4.0).await;
        let queue = clerk.get(&format!("/v1/orders/stores/{store}/queue?limit=50")).await;
        let Ok(queue) = queue else { continue };
        for order in queue["items"].as_array().into_iter().flatten() {
            pause(1.0).await;
            if let Err(error) = serve(&clerk, order).await {
                tracing::debug!(%error, "a clerk is refused");
            }
        }
    }
}

async fn workplace(clerk: &Visitor) -> Option<StoreId> {
    let me = clerk.get("/v1/accounts/me").await.ok()?;
    let stores = me["roles"].as_array()?.iter().find_map(|role| role["stores"].as_array())?;
    stores.first()?.as_str()?.parse().ok()
}

async fn serve(clerk: &Visitor, order: &Value) -> anyhow::Result<()> {
    let Some(id) = order["order"].as_str() else { return Ok(()) };
    let command = match order["state"].as_str() {
        Some("paid") => "accept",
        Some("accepted") => "pack",
        _ => return Ok(()),
    };
    clerk.post(&format!("/v1/orders/orders/{id}/{command}"), &json!({})).await?;
    Ok(())
}
