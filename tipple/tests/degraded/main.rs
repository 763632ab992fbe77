//! What works while something beside the house does not: the house is held against the table in
//! `docs/degraded.md`, cell by cell, and is itself again soon after. Some rows are tried for two
//! seconds each; those that `TIPPLE_FAULTS` names (`maps,SMTP`, or `all`, as `make test-long` does) for
//! ten, in which everything is asked again and again. `TIPPLE_WRITE` writes what is seen into the table,
//! for a person to judge.

mod scene;
#[path = "../support/mod.rs"]
mod support;
mod table;

use std::time::Duration;

use futures::future::join_all;
use reqwest::{RequestBuilder, StatusCode};
use testkit::{Road, Trouble};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::{
    scene::Scene,
    table::{ASKED, Row, Seen, agrees},
};

/// An answer is late from here on, and none takes longer than the other.
const LATE: Duration = Duration::from_millis(1500);
const LONGEST: Duration = Duration::from_secs(30);
/// The house is itself again within this.
const RECOVERY: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_works_while_something_else_does_not_is_as_the_table_says() {
    let Some(scene) = Scene::new().await else { return };
    let faults = std::env::var("TIPPLE_FAULTS").ok();
    let lasts = Duration::from_secs(if faults.is_some() { 10 } else { 2 });
    let (mut wrong, mut tried) = (Vec::new(), Vec::new());
    for row in table::chosen(faults.as_deref()) {
        let road = &scene.roads[row.beside.as_str()];
        recovers(&scene, road).await;
        let (seen, came) = suffer(&scene, &row, lasts).await;
        let took = recovers(&scene, road).await;
        let name = format!("{}, {}", row.beside, row.wrong);
        println!("{name}: {seen:?}; itself again after {took:?}");
        if !came {
            wrong.push(format!("{name}: nothing came that way"));
        }
        if took > RECOVERY {
            wrong.push(format!("{name}: itself again only after {took:?}"));
        }
        for ((asked, cell), seen) in ASKED.iter().zip(&row.cells).zip(&seen) {
            if !agrees(cell, seen) {
                wrong.push(format!("{name}: {asked} {seen:?}, and the table says {cell}"));
            }
        }
        scene.whoever_orders_again_is_served().await;
        tried.push((row, seen));
    }
    assert!(!tried.is_empty());
    scene.everybody_was_told().await;
    scene.everything_is_there_once().await;
    if std::env::var("TIPPLE_WRITE").is_ok() {
        table::write(&tried);
        return;
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What comes of everything while a row's trouble lasts, and whether anything came its way.
async fn suffer(scene: &Scene, row: &Row, lasts: Duration) -> (Vec<Seen>, bool) {
    let (road, trouble) = (&scene.roads[row.beside.as_str()], row.trouble());
    let moments = moments(trouble, lasts);
    let mut prepared = Vec::new();
    for _ in 0..=moments.len() {
        prepared.push(scene.requests().await.expect("all is well before"));
    }
    let once_more = prepared.pop().expect("one more than there are moments");
    let (began, before) = (Instant::now(), road.harmed());
    road.suffers(Some(trouble));
    let asked = moments.into_iter().zip(prepared).map(|(moment, requests)| async move {
        sleep_until(began + moment).await;
        scene.ask(requests).await
    });
    let mut seen = vec![Seen::new(); ASKED.len()];
    for answers in join_all(asked).await {
        seen.iter_mut().zip(answers).for_each(|(seen, answer)| _ = seen.insert(answer));
    }
    // A machine that does other things too is late where nothing is wrong, but not again and again.
    for ((cell, seen), request) in row.cells.iter().zip(&mut seen).zip(once_more) {
        if cell == "works" && seen.contains("late") && outcome(request).await == "works" {
            seen.remove("late");
            seen.insert("works".into());
        }
    }
    sleep_until(began + lasts).await;
    // Where nobody listens, nobody sees who comes.
    let came = trouble == Trouble::Refused || comes(road, before).await;
    road.suffers(None);
    (seen, came)
}

/// When everything is asked: once what was on its way has noticed, and again; where it flaps, in good
/// seconds and bad ones.
fn moments(trouble: Trouble, lasts: Duration) -> Vec<Duration> {
    let moments: Vec<u64> = match trouble {
        Trouble::Flapping => (1..20).map(|half| half * 500).collect(),
        _ => vec![500, 5_000, 9_000],
    };
    let moments = moments.into_iter().map(Duration::from_millis);
    moments.filter(|moment| *moment < lasts).collect()
}

async fn comes(road: &Road, before: usize) -> bool {
    let began = Instant::now();
    while road.harmed() == before {
        if began.elapsed() > LONGEST {
            return false;
        }
        sleep(Duration::from_millis(50)).await;
    }
    true
}

/// How long until all of it works again, what was broken too.
async fn recovers(scene: &Scene, road: &Road) -> Duration {
    let (began, before) = (Instant::now(), road.carried());
    loop {
        let is_well = match scene.is_well().await {
            Ok(()) if road.carried() == before => Err(anyhow::anyhow!("nothing comes that way")),
            is_well => is_well,
        };
        let Err(why) = is_well else { return began.elapsed() };
        println!("not well after {:?}: {why:#}", began.elapsed());
        assert!(began.elapsed() < 2 * RECOVERY, "it does not recover: {why:#}");
        sleep(Duration::from_millis(200)).await;
    }
}

/// What whoever asked would call it.
async fn outcome(request: RequestBuilder) -> String {
    let began = Instant::now();
    let whole = async {
        let answer = request.send().await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        Ok::<_, reqwest::Error>((status, headers, answer.text().await?))
    };
    let (status, headers, body) = match timeout(LONGEST, whole).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => return format!("broken: {error:#}"),
        Err(_) => return "hangs".into(),
    };
    if status.is_success() {
        return if began.elapsed() < LATE { "works" } else { "late" }.into();
    }
    let kind = headers.get("content-type").and_then(|kind| kind.to_str().ok());
    let later = [StatusCode::SERVICE_UNAVAILABLE, StatusCode::GATEWAY_TIMEOUT].contains(&status);
    if later && kind == Some("application/problem+json") {
        return "later".into();
    }
    format!("wrong: {status} {body}")
}
