//! `tipple doctor`: looks at all that a house needs, and says of each thing that it is well, or what is wrong
//! and what to do.

mod database;
mod ground;
mod others;

use std::{path::Path, process::ExitCode, time::Duration};

use anyhow::{anyhow, ensure};
use host::{House, Settings};
use tokio::time::timeout;

use super::house_of;
use crate::{PARTS, settings};

/// How long one look may take, at something that answers slowly or not at all.
const PATIENCE: Duration = Duration::from_secs(30);

/// Looks at everything that a start needs, and says what is wrong with each thing as soon as it is known.
pub async fn run(config: Option<&Path>) -> anyhow::Result<ExitCode> {
    let mut report = Report { is_well: true };
    match Settings::load(config, "") {
        Ok(settings) => {
            host::choose_cryptography();
            look(&house_of(settings), config, &mut report).await;
        }
        Err(error) => drop(report.tell("settings", Err(error))),
    }
    Ok(if report.is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn look(house: &House, config: Option<&Path>, report: &mut Report) {
    let understood = settings::check(&house.settings).map(|()| "are understood".to_owned());
    report.tell("settings", understood);
    report.tell("secrets", secrets(house));
    report.tell("secrets' files", ground::files(config));
    report.tell("services", services(house));
    report.tell("payment providers", providers(house));
    report.tell("letters", letters(house));
    database::look(house, report).await;
    others::look(house, report).await;
    report.look("clock", ground::clock(house)).await;
    report.tell("disk", ground::disk(house));
}

/// What is said, and whether all of it is good.
struct Report {
    is_well: bool,
}

impl Report {
    /// Says what was found, and answers whether it is well.
    fn tell(&mut self, what: &str, found: anyhow::Result<String>) -> bool {
        match &found {
            Ok(text) => println!("ok    {what}: {text}"),
            Err(error) => println!("WRONG {what}: {error:#}"),
        }
        self.is_well &= found.is_ok();
        found.is_ok()
    }

    /// The same of what has yet to be looked at.
    async fn look(
        &mut self,
        what: &str,
        looking: impl Future<Output = anyhow::Result<String>>,
    ) -> bool {
        let seconds = PATIENCE.as_secs();
        let found = timeout(PATIENCE, looking).await;
        self.tell(what, found.unwrap_or_else(|_| Err(anyhow!("no answer within {seconds} s"))))
    }
}

fn secrets(house: &House) -> anyhow::Result<String> {
    house.settings.house_key()?;
    house.settings.fixed_keys()?;
    let accounts: accounts::Config = house.settings.section("accounts")?;
    accounts.check()?;
    Ok("are long enough".to_owned())
}

fn services(house: &House) -> anyhow::Result<String> {
    let known: Vec<&str> = PARTS.iter().map(|part| part.name).collect();
    for name in house.settings.upstreams.keys() {
        ensure!(known.contains(&name.as_str()), "upstreams.{name} names no service");
    }
    Ok(format!("{} known, {} elsewhere", known.len(), house.settings.upstreams.len()))
}

fn providers(house: &House) -> anyhow::Result<String> {
    let config: payments::Config = house.settings.section("payments")?;
    let keys = payments::providers(config, &house.settings.public_url, &house.clock)?;
    Ok(keys.join(", "))
}

fn letters(house: &House) -> anyhow::Result<String> {
    let config: notifications::Config = house.settings.section("notifications")?;
    config.check()?;
    let channels: Vec<&str> = config.channels.iter().map(|channel| channel.name()).collect();
    Ok(match channels[..] {
        ["dry"] => {
            "are kept and not sent: set notifications.channels for a house with people".into()
        }
        _ => format!("go out by {}", channels.join(", ")),
    })
}
