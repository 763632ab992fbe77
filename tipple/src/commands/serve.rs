use std::{path::Path, process::ExitCode};

use anyhow::ensure;

use super::{asked_to_stop, house};
use crate::PARTS;

/// Serves the named services, or all of them.
///
/// The sandbox is a payment provider of no one's money, so it runs only where it is named or its
/// section is in the settings.
pub async fn run(config: Option<&Path>, services: &[String]) -> anyhow::Result<ExitCode> {
    for name in services {
        let known = PARTS.iter().map(|part| part.name).collect::<Vec<_>>();
        ensure!(
            known.contains(&name.as_str()),
            "there is no service {name:?}; there are {}",
            known.join(", ")
        );
    }
    let house = house(config)?;
    let wanted = |name: &str| match services {
        [] => name != "sandbox" || house.settings.has_section("sandbox"),
        named => named.iter().any(|service| service == name),
    };
    let names: Vec<&str> = PARTS.iter().map(|part| part.name).filter(|name| wanted(name)).collect();
    gateway::publish(PARTS);
    let process = house.start(&names).await?;
    tracing::info!(listen = house.settings.listen, services = names.join(" "), "serving");
    process.serve(house.bind().await?, asked_to_stop()).await?;
    Ok(ExitCode::SUCCESS)
}
