use anyhow::{Context as _, ensure};
use host::House;

use super::Report;
use crate::PARTS;

/// The oldest PostgreSQL that Tipple runs on.
const OLDEST_POSTGRES: i32 = 150_000;
/// A replica that is farther behind shows people what is long past.
const REPLICA_SECONDS: f64 = 10.0;
const REPLICA_BYTES: i64 = 256 << 20;
/// An event is sent within a second where all is well.
const UNSENT_SECONDS: f64 = 30.0;

/// Where there is no database that answers, that alone.
pub async fn look(house: &House, report: &mut Report) {
    if !report.look("database", database(house)).await {
        return;
    }
    report.look("connections", connections(house)).await;
    report.look("tables", tables(house)).await;
    report.look("who follows it", followers(house)).await;
    report.look("replicas", replicas(house)).await;
    report.look("events to be sent", unsent(house)).await;
    report.look("events to be handled", unattended(house)).await;
    report.look("dead letters", dead_letters(house)).await;
    report.look("accounts at payment providers", left(house)).await;
}

async fn database(house: &House) -> anyhow::Result<String> {
    let version = house.server()?.version().await?;
    ensure!(
        version >= OLDEST_POSTGRES,
        "PostgreSQL {} is too old: use 15 or newer",
        version / 10_000
    );
    ensure!(
        !house.server()?.is_replica().await?,
        "it is a replica, which takes no changes: name its primary"
    );
    Ok(format!("PostgreSQL {}.{} answers", version / 10_000, version % 10_000))
}

/// Whether all processes of the house fit, each service with its pool and the carrier with its own.
async fn connections(house: &House) -> anyhow::Result<String> {
    let mut connection = house.server()?.connect().await?;
    let query = "select current_setting('max_connections')::int8
                      - current_setting('superuser_reserved_connections')::int8";
    let allowed: i64 = sqlx::query_scalar(query).fetch_one(&mut connection).await?;
    let upstreams = &house.settings.upstreams;
    let elsewhere: usize = upstreams.values().map(|at| at.0.len()).sum();
    let here = PARTS.iter().filter(|part| !upstreams.contains_key(part.name)).count();
    let processes = elsewhere + usize::from(here > 0);
    // Of each process the carrier's is as large as two others.
    let pools = here + elsewhere + 2 * processes;
    let measuring = if house.settings.database.replicas.is_empty() { 0 } else { processes };
    let most = i64::from(house.settings.database.pool_size) * pools as i64 + measuring as i64;
    ensure!(
        most <= allowed,
        "the house may open {most}, and PostgreSQL allows {allowed}: raise its max_connections, \
         or lower database.pool_size"
    );
    Ok(format!("the house opens at most {most} of the {allowed} that PostgreSQL allows"))
}

/// Whether each service can enter its schema by its own role, and finds its tables as it wants them.
async fn tables(house: &House) -> anyhow::Result<String> {
    let all = house.pending().await;
    let all = all.context("run `tipple migrate`, or see what keeps a service from its schema")?;
    let lacking: Vec<String> = all
        .iter()
        .filter(|(_, pending)| !pending.is_empty())
        .map(|(schema, pending)| format!("{schema} lacks {}", pending.join(", ")))
        .collect();
    ensure!(lacking.is_empty(), "run `tipple migrate`: {}", lacking.join("; "));
    Ok(format!("of {} schemas are up to date, each with its own role", all.len()))
}

/// Servers that stream from it, whether the house knows them or not.
async fn followers(house: &House) -> anyhow::Result<String> {
    let all = house.server()?.followers().await?;
    for replica in &all {
        ensure!(
            replica.state == "streaming"
                && replica.seconds < REPLICA_SECONDS
                && replica.bytes < REPLICA_BYTES,
            "{} is {} and {} bytes, {:.1} s behind: see whether it runs and its disk keeps up",
            replica.name,
            replica.state,
            replica.bytes,
            replica.seconds
        );
    }
    let told: Vec<String> = all
        .iter()
        .map(|one| format!("{} is {} bytes, {:.3} s behind", one.name, one.bytes, one.seconds))
        .collect();
    Ok(if told.is_empty() { "nobody follows it".into() } else { told.join("; ") })
}

/// Whether all that may lag can be read from each replica that the settings name.
async fn replicas(house: &House) -> anyhow::Result<String> {
    if house.settings.database.replicas.is_empty() {
        return Ok("are not set: the database is read alone".to_owned());
    }
    let behind = house.server()?.look_at_replicas().await?;
    for (place, bytes) in &behind {
        ensure!(
            *bytes < REPLICA_BYTES.unsigned_abs(),
            "{place} is {bytes} bytes behind and left out: see whether its disk keeps up"
        );
    }
    let told = behind.iter().map(|(place, bytes)| format!("{place} is {bytes} bytes behind"));
    Ok(told.collect::<Vec<_>>().join("; "))
}

/// Whether what the services have to tell goes out.
async fn unsent(house: &House) -> anyhow::Result<String> {
    let mut late = Vec::new();
    for part in PARTS {
        let db = house.database(part.name).await?;
        let (many, seconds) = feed::unsent(&db).await?;
        if seconds > UNSENT_SECONDS {
            late.push(format!("{many} of {} for up to {seconds:.0} s", part.name));
        }
    }
    ensure!(
        late.is_empty(),
        "{} wait: see that each service runs, and whether the broker takes anything (`rabbitmqctl \
         status` names alarms of its memory and disk)",
        late.join(", ")
    );
    Ok("none has waited for long".to_owned())
}

/// Whether somebody takes what has come.
async fn unattended(house: &House) -> anyhow::Result<String> {
    let waiting = house.carrier().await?.unattended().await?;
    let told: Vec<String> =
        waiting.iter().map(|one| format!("{} {} for {}", one.many, one.kind, one.queue)).collect();
    ensure!(
        told.is_empty(),
        "{} wait and nobody takes them: start those services, in the version that follows these kinds; \
         if there is none any more, run `tipple migrate` of the one that is to be",
        told.join(", ")
    );
    Ok("none has waited for long".to_owned())
}

/// What could not be handled waits for a person.
async fn dead_letters(house: &House) -> anyhow::Result<String> {
    let carrier = house.carrier().await?;
    let dead = carrier.dead_letters(None, 0, 100).await?;
    ensure!(
        dead.is_empty(),
        "{} of {}: `tipple dead-letters` lists them, and puts them back",
        if dead.len() < 100 { dead.len().to_string() } else { "100 or more".into() },
        dead[0].queue
    );
    Ok("none".to_owned())
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
