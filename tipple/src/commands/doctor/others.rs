use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context as _, ensure};
use cache::Redis;
use host::House;
use secrecy::ExposeSecret as _;
use wire::HOUSE_HEADER;

use super::Report;
use crate::PARTS;

/// How long anybody may take to answer a doctor.
const PATIENCE: Duration = Duration::from_secs(3);
/// More than so many wait in a queue only where its service is away or too slow.
const MANY: u32 = 1000;

pub async fn look(house: &House, report: &mut Report) {
    let answers = report.look("events", events(house)).await;
    if answers && house.settings.events.broker().is_some() {
        report.look("queues", queues(house)).await;
    }
    report.look("redis", redis(house)).await;
    for (service, addresses) in &house.settings.upstreams {
        report.look(service, processes(house, service, &addresses.0)).await;
    }
}

/// Whether what carries the events answers.
async fn events(house: &House) -> anyhow::Result<String> {
    let Some(broker) = house.settings.events.broker() else {
        return Ok("are carried by PostgreSQL".to_owned());
    };
    broker.reach().await?;
    Ok("are carried by RabbitMQ, which answers".to_owned())
}

/// Whether the broker has a queue for everybody who follows something, and whether it is emptied.
async fn queues(house: &House) -> anyhow::Result<String> {
    let broker = house.settings.events.broker().context("there is no broker")?;
    let followers: Vec<&str> =
        PARTS.iter().filter(|part| !part.follows.is_empty()).map(|part| part.name).collect();
    let queues = broker
        .look(&followers)
        .await
        .context("the house declares its queues when it starts: start it")?;
    for queue in queues.iter().filter(|queue| !queue.is_dead) {
        ensure!(
            queue.takers > 0,
            "nobody takes from {}, in which {} wait: start its service",
            queue.name,
            queue.waiting
        );
        ensure!(
            queue.waiting < MANY,
            "{} wait in {}: start another process of its service, or see what keeps it",
            queue.waiting,
            queue.name
        );
    }
    let waiting: u32 = queues.iter().map(|queue| queue.waiting).sum();
    Ok(format!("{} are there, and {waiting} events in them", queues.len()))
}

async fn redis(house: &House) -> anyhow::Result<String> {
    let settings = &house.settings.redis;
    let url = settings.url.expose_secret();
    if url.is_empty() {
        let many = house.settings.upstreams.values().any(|addresses| addresses.0.len() > 1);
        let told = if many { ": several processes are faster with one" } else { "" };
        return Ok(format!("there is none{told}"));
    }
    let redis = Redis::open(url, &settings.prefix, PATIENCE).await?;
    let about = redis.about().await;
    ensure!(
        !about.is_empty(),
        "it does not answer, or not to this password: see whether it runs; until then all is slower"
    );
    let of = |name: &str| about.get(name).map_or("", String::as_str);
    let version = of("redis_version");
    let major: u32 = version.split('.').next().and_then(|text| text.parse().ok()).unwrap_or(0);
    ensure!(major >= 6, "Redis {version} is too old: use 6 or newer");
    let (bound, policy) = (of("maxmemory"), of("maxmemory_policy"));
    ensure!(
        bound == "0" || policy != "noeviction",
        "it takes nothing more once {bound} bytes are full: set its maxmemory-policy to allkeys-lru"
    );
    let told = if bound == "0" { "; set its maxmemory, it has no bound" } else { "" };
    Ok(format!("{version} answers{told}"))
}

/// Whether each process of a service is there and ready.
async fn processes(house: &House, service: &str, at: &[String]) -> anyhow::Result<String> {
    let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
    let token = house.settings.house_key()?.token("host", house.clock.now())?;
    let path = match service {
        "gateway" => "/readyz".to_owned(),
        service => format!("/internal/{service}/ready"),
    };
    let mut not = BTreeMap::new();
    for address in at {
        let asked = http.get(format!("{address}{path}")).header(HOUSE_HEADER, &token).send().await;
        match asked {
            Ok(answer) if answer.status().is_success() => {}
            Ok(answer) => {
                let why = answer.text().await.unwrap_or_default();
                not.insert(address, format!("is not ready: {why}"));
            }
            Err(_) => {
                not.insert(address, "does not answer: start it, or see its log".to_owned());
            }
        }
    }
    let told: Vec<String> = not.iter().map(|(address, why)| format!("{address} {why}")).collect();
    ensure!(not.is_empty(), "{}", told.join("; "));
    Ok(format!("{} of {} ready", at.len(), at.len()))
}
