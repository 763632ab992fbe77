use std::{path::Path, process::ExitCode};

use anyhow::{Context as _, ensure};
use host::{House, Settings};
use jiff::Timestamp;
use sqlx::Row;

use super::house_of;
use crate::{PARTS, settings};

/// How far the machine's clock and the database's may be apart.
const CLOCKS_APART_SECONDS: f64 = 2.0;
/// The oldest PostgreSQL that Tipple runs on.
const OLDEST_POSTGRES: i32 = 150_000;

/// Looks at everything that a start needs and says what is wrong with it, all at once.
pub async fn run(config: Option<&Path>) -> anyhow::Result<ExitCode> {
    let settings = match Settings::load(config, "") {
        Ok(settings) => settings,
        Err(error) => return Ok(told("settings", &Err(error))),
    };
    let house = house_of(settings);
    let findings = [
        ("settings", settings::check(&house.settings).map(|()| "are understood".to_owned())),
        ("secrets", secrets(&house)),
        ("services", services(&house)),
        ("database", database(&house).await),
        ("connections", connections(&house).await),
        ("replicas", replicas(&house).await),
        ("events", events(&house).await),
        ("accounts at payment providers", left(&house).await),
        ("clock", clock(&house).await),
    ];
    let mut worst = ExitCode::SUCCESS;
    for (what, finding) in &findings {
        let code = told(what, finding);
        if finding.is_err() {
            worst = code;
        }
    }
    Ok(worst)
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

async fn database(house: &House) -> anyhow::Result<String> {
    let version = house.server()?.version().await?;
    ensure!(
        version >= OLDEST_POSTGRES,
        "PostgreSQL {} is too old: use 15 or newer",
        version / 10_000
    );
    Ok(format!("PostgreSQL {}.{} answers", version / 10_000, version % 10_000))
}

/// Whether one process of all services, each with its pool and the carrier with one more, fits.
async fn connections(house: &House) -> anyhow::Result<String> {
    let mut connection = house.server()?.connect().await?;
    let query = "select current_setting('max_connections')::int8
                      - current_setting('superuser_reserved_connections')::int8";
    let allowed: i64 = sqlx::query_scalar(query).fetch_one(&mut connection).await?;
    let most = i64::from(house.settings.database.pool_size) * (PARTS.len() as i64 + 1);
    ensure!(
        most <= allowed,
        "a process may open {most}, and PostgreSQL allows {allowed}: raise its max_connections, \
         or lower database.pool_size"
    );
    Ok(format!("a process opens at most {most} of the {allowed} that PostgreSQL allows"))
}

/// Whether every replica answers, and how far behind it is.
async fn replicas(house: &House) -> anyhow::Result<String> {
    if house.settings.database.replicas.is_empty() {
        return Ok("are not set".to_owned());
    }
    let behind = house.server()?.look_at_replicas().await?;
    let told = behind.iter().map(|(place, bytes)| format!("{place} is {bytes} bytes behind"));
    Ok(told.collect::<Vec<_>>().join(", "))
}

/// Whether what carries the events answers.
async fn events(house: &House) -> anyhow::Result<String> {
    let Some(broker) = house.settings.events.broker() else {
        return Ok("are carried by PostgreSQL".to_owned());
    };
    host::choose_cryptography();
    broker.reach().await?;
    Ok("are carried by RabbitMQ, which answers".to_owned())
}

/// Whether payments still need an account that has been taken out of the settings.
async fn left(house: &House) -> anyhow::Result<String> {
    let config: payments::Config = house.settings.section("payments")?;
    let left = payments::left(&house.server()?, &config).await?;
    let told: Vec<&str> = left.iter().map(|one| one.told.as_str()).collect();
    let told = told.join("; ");
    ensure!(
        left.iter().all(|one| !one.is_needed),
        "what waits at accounts that are not set any more goes on when they are: {told}"
    );
    Ok(if told.is_empty() { "are all set".into() } else { format!("wait for no payment: {told}") })
}

async fn clock(house: &House) -> anyhow::Result<String> {
    let mut connection = house.server()?.connect().await?;
    let row = sqlx::query("select clock_timestamp() as now").fetch_one(&mut connection).await?;
    let theirs: Timestamp = row.get::<jiff_sqlx::Timestamp, _>("now").to_jiff();
    let apart = house.clock.now().duration_since(theirs).as_secs_f64().abs();
    ensure!(
        apart < CLOCKS_APART_SECONDS,
        "this machine and the database are {apart:.1} s apart: let both follow a time server"
    );
    jiff::tz::TimeZone::get("America/Chicago").context("the time zone database is missing")?;
    Ok(format!("agrees with the database to {apart:.3} s"))
}
