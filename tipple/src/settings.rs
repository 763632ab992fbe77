//! Every section of the settings, whoever reads it.

use std::collections::BTreeMap;

use host::Settings;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::demo::simulator;

/// The settings of all who have any, as they are understood: defaults filled in, secrets left out.
pub fn sections(settings: &Settings) -> anyhow::Result<BTreeMap<&'static str, Value>> {
    Ok(BTreeMap::from([
        section::<accounts::Config>(settings, "accounts")?,
        section::<cart::Config>(settings, "cart")?,
        section::<catalogue::Config>(settings, "catalogue")?,
        section::<delivery::Config>(settings, "delivery")?,
        section::<simulator::Config>(settings, "demo")?,
        section::<gateway::Config>(settings, "gateway")?,
        section::<insight::Config>(settings, "insight")?,
        section::<notifications::Config>(settings, "notifications")?,
        section::<orders::Config>(settings, "orders")?,
        section::<payments::Config>(settings, "payments")?,
        section::<sandbox::Config>(settings, "sandbox")?,
    ]))
}

fn section<T: Serialize + DeserializeOwned + Default>(
    settings: &Settings,
    name: &'static str,
) -> anyhow::Result<(&'static str, Value)> {
    let config: T = settings.section(name)?;
    Ok((name, serde_json::to_value(config)?))
}

/// Refuses a section or key that nobody reads: what is misspelt would silently not hold.
pub fn check(settings: &Settings) -> anyhow::Result<()> {
    let known: Vec<&str> = sections(settings)?.into_keys().collect();
    settings.refuse_unknown(&known)
}
