//! The commands of the binary, one file each.

pub mod cluster;
pub mod dead_letters;
pub mod demo;
pub mod doctor;
pub mod export;
pub mod import;
pub mod migrate;
pub mod openapi;
pub mod operator;
pub mod postgres;
pub mod serve;

use std::{collections::BTreeMap, path::Path, sync::Arc};

use host::{House, Settings};
use jiff::SignedDuration;
use kernel::Clock;

use crate::PARTS;

/// The house that the settings describe.
pub fn house(config: Option<&Path>) -> anyhow::Result<House> {
    let settings = Settings::load(config, "")?;
    crate::settings::check(&settings)?;
    host::start_logging(&settings.log);
    Ok(house_of(settings))
}

/// The house with these settings, by the machine's clock or as far ahead of it as they say.
pub fn house_of(settings: Settings) -> House {
    let clock = match settings.clock_ahead_seconds {
        0 => Clock::system(),
        ahead => Clock::ahead(SignedDuration::from_secs(ahead)),
    };
    House { settings: Arc::new(settings), clock, parts: PARTS, stand_ins: BTreeMap::new() }
}

/// Resolves when someone asks this process to stop: by Ctrl-C, by a signal, by closing the terminal.
pub async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = (signal(SignalKind::terminate()), signal(SignalKind::hangup()));
    if let (Ok(mut terminate), Ok(mut hang_up)) = signals {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
            _ = hang_up.recv() => {}
        }
    } else {
        let _ = tokio::signal::ctrl_c().await;
    }
}
