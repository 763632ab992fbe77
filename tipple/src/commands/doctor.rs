//! `tipple doctor`: looks at all that a house needs, and says of each thing that it is well, or what is wrong
//! and what to do.

mod database;
mod ground;
mod others;

use std::{path::Path, process::ExitCode};

use anyhow::ensure;
use host::{House, Settings};

use super::house_of;
use crate::{PARTS, settings};

/// What was looked at, and what was found.
type Finding = (String, anyhow::Result<String>);

/// Looks at everything that a start needs and says what is wrong with it, all at once.
pub async fn run(config: Option<&Path>) -> anyhow::Result<ExitCode> {
    let settings = match Settings::load(config, "") {
        Ok(settings) => settings,
        Err(error) => return Ok(told("settings", &Err(error))),
    };
    host::choose_cryptography();
    let house = house_of(settings);
    let mut findings = of_settings(&house, config);
    findings.extend(database::look(&house).await);
    findings.extend(others::look(&house).await);
    findings.push(finding("clock", ground::clock(&house).await));
    findings.push(finding("disk", ground::disk(&house)));
    let mut worst = ExitCode::SUCCESS;
    for (what, finding) in &findings {
        let code = told(what, finding);
        if finding.is_err() {
            worst = code;
        }
    }
    Ok(worst)
}

fn finding(what: &str, found: anyhow::Result<String>) -> Finding {
    (what.to_owned(), found)
}

fn of_settings(house: &House, config: Option<&Path>) -> Vec<Finding> {
    vec![
        finding("settings", settings::check(&house.settings).map(|()| "are understood".to_owned())),
        finding("secrets", secrets(house)),
        finding("secrets' files", ground::files(config)),
        finding("services", services(house)),
        finding("payment providers", providers(house)),
        finding("letters", letters(house)),
    ]
}

fn told(what: &str, finding: &anyhow::Result<String>) -> ExitCode {
    match finding {
        Ok(text) => {
            println!("ok    {what}: {text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("WRONG {what}: {error:#}");
            ExitCode::FAILURE
        }
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
