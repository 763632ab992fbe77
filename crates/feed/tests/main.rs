//! Events from one service to another, on a fresh database.

use std::{collections::BTreeMap, sync::Mutex};

use feed::Received;
use host::{Part, Service};
use kernel::{Event, Id};
use serde::{Deserialize, Serialize};
use sqlx::Connection;
use testkit::Bench;

/// What one test tells and hears.
type RunId = Id<Run>;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Told {
    run: RunId,
    about: String,
    number: u32,
}

impl Event for Told {
    const KIND: &'static str = "tipple.teller.told";
    fn subject(&self) -> String {
        self.about.clone()
    }
}

/// What the listener has heard, and how often trouble is still to befall it.
#[derive(Default)]
struct Run {
    heard: Vec<(String, u32)>,
    panics: u32,
    errors: u32,
}

static RUNS: Mutex<BTreeMap<RunId, Run>> = Mutex::new(BTreeMap::new());

fn run<T>(run: RunId, look: impl FnOnce(&mut Run) -> T) -> T {
    look(RUNS.lock().expect("nobody panics here").entry(run).or_default())
}

fn heard(of: RunId, about: &str) -> Vec<u32> {
    let all = run(of, |run| run.heard.clone());
    all.into_iter().filter(|(it, _)| it == about).map(|(_, number)| number).collect()
}

async fn listen(db: store::Db, told: Received<Told>) -> anyhow::Result<()> {
    let event = &told.event;
    let Some(tx) = told.once(&db).await? else { return Ok(()) };
    if event.about == "trouble" {
        let left = |left: &mut u32| std::mem::replace(left, left.saturating_sub(1)) > 0;
        assert!(!run(event.run, |run| left(&mut run.panics)), "on purpose");
        anyhow::ensure!(!run(event.run, |run| left(&mut run.errors)), "on purpose");
    }
    tx.commit().await?;
    run(event.run, |run| run.heard.push((event.about.clone(), event.number)));
    Ok(())
}

const PARTS: &[Part] = &[Part {
    name: "listener",
    migrations: &[],
    follows: &[Told::KIND],
    open_api: || host::open_api("Listener", "", &[], Default::default()),
    access: &[],
    undocumented: false,
    start: |context| {
        Box::pin(async move {
            let followers = vec![feed::follow(&context.db, listen)];
            Ok(Service { followers, ..Service::default() })
        })
    },
}];

fn told(run: RunId, about: &str, number: u32) -> Told {
    Told { run, about: about.into(), number }
}

#[tokio::test]
async fn trouble_with_one_subject_keeps_its_order_and_stops_no_other() {
    let bench = Bench::of(PARTS).start().await;
    let id = RunId::new();
    run(id, |run| (run.panics, run.errors) = (2, 1));
    for number in 0..3 {
        bench.tell(&told(id, "trouble", number)).await;
        bench.tell(&told(id, "peace", number)).await;
    }
    let all = |about: &'static str| async move { (heard(id, about) == [0, 1, 2]).then_some(()) };
    bench.eventually("peace goes on", || all("peace")).await;
    bench.eventually("trouble ends", || all("trouble")).await;
}

#[tokio::test]
async fn what_cannot_be_handled_is_a_dead_letter_that_can_be_replayed() {
    let bench = Bench::of(PARTS).start().await;
    let id = RunId::new();
    run(id, |run| run.errors = u32::MAX);
    bench.tell(&told(id, "trouble", 1)).await;
    bench.tell(&told(id, "trouble", 2)).await;
    let mut connection = bench.connection().await;
    // As after many failures.
    sqlx::query("update feed.message set attempts = 1000, due_at = now() where seq = 1")
        .execute(&mut connection)
        .await
        .expect("a message");
    let carrier = &bench.process.carrier;
    let letter = bench
        .eventually("it is dead", || async {
            carrier.dead_letters(None, 0, 10).await.expect("letters").pop()
        })
        .await;
    assert_eq!((&*letter.queue, &*letter.subject), ("listener", "trouble"));
    assert!(letter.error.contains("on purpose"), "{}", letter.error);
    run(id, |run| run.errors = 0);
    let both = |wanted: Vec<u32>| async move { (heard(id, "trouble") == wanted).then_some(()) };
    bench.eventually("the next one is no longer held up", || both(vec![2])).await;
    assert!(!carrier.replay(letter.seq + 100).await.expect("an answer"));
    assert!(carrier.replay(letter.seq).await.expect("an answer"));
    bench.eventually("the dead one is handled", || both(vec![2, 1])).await;
    assert!(carrier.dead_letters(None, 0, 10).await.expect("letters").is_empty());
}

#[tokio::test]
async fn an_event_is_told_if_and_only_if_its_transaction_commits() {
    let bench = Bench::of(PARTS).start().await;
    let id = RunId::new();
    let mut connection = bench.connection().await;
    sqlx::query("set search_path to listener").execute(&mut connection).await.expect("a schema");
    for number in 0..450 {
        let mut tx = connection.begin().await.expect("a transaction");
        feed::append(&mut tx, &told(id, "order", number), bench.now()).await.expect("appended");
        if number % 3 == 0 {
            tx.rollback().await.expect("rolled back");
        } else {
            tx.commit().await.expect("committed");
        }
    }
    let wanted: Vec<u32> = (0..450).filter(|number| number % 3 != 0).collect();
    bench
        .eventually("all are heard, in order", || async {
            (heard(id, "order") == wanted).then_some(())
        })
        .await;
    let left: i64 = sqlx::query_scalar("select count(*) from outbox where sent_at is null")
        .fetch_one(&mut connection)
        .await
        .expect("a count");
    assert_eq!(left, 0);
}

#[tokio::test]
async fn many_that_wait_for_one_another_cost_nobody_else() {
    let bench = Bench::of(PARTS).start().await;
    let id = RunId::new();
    run(id, |run| run.errors = u32::MAX);
    let mut connection = bench.connection().await;
    sqlx::query("set search_path to listener").execute(&mut connection).await.expect("a schema");
    for (about, many) in [("trouble", 10_000), ("peace", 100)] {
        let events: Vec<Told> = (0..many).map(|number| told(id, about, number)).collect();
        let mut tx = connection.begin().await.expect("a transaction");
        feed::append_all(&mut tx, &events, bench.now()).await.expect("appended");
        tx.commit().await.expect("committed");
        let sent = || async {
            let left: i64 =
                sqlx::query_scalar("select count(*) from listener.outbox where sent_at is null")
                    .fetch_one(&mut bench.connection().await)
                    .await
                    .expect("a count");
            (left == 0).then_some(())
        };
        bench.eventually("all are sent", sent).await;
    }
    let wanted: Vec<u32> = (0..100).collect();
    bench
        .eventually("peace goes on", || async { (heard(id, "peace") == wanted).then_some(()) })
        .await;
    assert_eq!(heard(id, "trouble"), [0; 0]);
}
