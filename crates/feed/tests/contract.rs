//! What every carrier promises.

use std::time::Duration;

use futures::future::join_all;
use kernel::Event;
use sqlx::Connection;
use testkit::{Bench, Road};

use crate::support::{
    Carried, RunId, Told, Whispered, all_sent, count, heard, hears, run, tell_all, teller, told,
    wait,
};

/// Each of these tests with each carrier.
macro_rules! with_each_carrier {
    ($($name:ident),* $(,)?) => {
        mod embedded {
            $(#[tokio::test]
            async fn $name() {
                super::$name(super::Carried::embedded()).await;
            })*
        }
        mod by_rabbitmq {
            $(#[tokio::test]
            async fn $name() {
                if let Some(carried) = super::Carried::by_rabbitmq() {
                    super::$name(carried).await;
                }
            })*
        }
    };
}

with_each_carrier![
    trouble_with_one_subject_keeps_its_order_and_stops_no_other,
    what_cannot_be_handled_is_a_dead_letter_that_can_be_replayed,
    a_dead_letter_can_be_rewritten_and_thrown_away,
    an_event_is_told_if_and_only_if_its_transaction_commits,
    who_tells_waits_for_nobody_who_tells_of_something_else,
    many_that_wait_for_one_another_cost_nobody_else,
    many_writers_and_two_processes_keep_the_order_of_each_subject,
    what_nobody_follows_reaches_nobody,
    a_process_that_stops_leaves_what_it_has_not_handled_to_others,
    what_only_a_newer_version_follows_waits_for_it,
    a_database_whose_connections_never_answer_again_stops_no_event,
];

async fn trouble_with_one_subject_keeps_its_order_and_stops_no_other(carried: Carried) {
    let bench = carried.bench().start().await;
    let id = RunId::new();
    run(id, |run| (run.panics, run.errors) = (2, 1));
    for number in 0..3 {
        bench.tell(&told(id, "trouble", number)).await;
        bench.tell(&told(id, "peace", number)).await;
    }
    hears(&bench, id, "peace", &[0, 1, 2]).await;
    hears(&bench, id, "trouble", &[0, 1, 2]).await;
}

/// Makes an event a dead letter, as after many failures.
async fn give_up(bench: &Bench, number: i32) -> feed::DeadLetter {
    let mut connection = bench.connection().await;
    let failed_often = "update feed.message set attempts = 1000, due_at = now()
         where dead_at is null and attempts > 0 and (body -> 'data' ->> 'number')::int = $1";
    loop {
        let found = sqlx::query(failed_often).bind(number).execute(&mut connection).await;
        if found.expect("a message").rows_affected() == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let carrier = &bench.process.carrier;
    bench
        .eventually("it is dead", || async {
            carrier.dead_letters(None, 0, 10).await.expect("letters").pop()
        })
        .await
}

async fn what_cannot_be_handled_is_a_dead_letter_that_can_be_replayed(carried: Carried) {
    let bench = carried.bench().start().await;
    let id = RunId::new();
    run(id, |run| run.errors = u32::MAX);
    tell_all(&bench, &[told(id, "trouble", 1), told(id, "trouble", 2)]).await;
    let letter = give_up(&bench, 1).await;
    assert_eq!((&*letter.queue, &*letter.subject), ("listener", "trouble"));
    assert!(letter.error.contains("on purpose"), "{}", letter.error);
    run(id, |run| run.errors = 0);
    // The next one is no longer held up.
    hears(&bench, id, "trouble", &[2]).await;
    let carrier = &bench.process.carrier;
    assert!(!carrier.replay(letter.seq + 100).await.expect("an answer"));
    assert!(carrier.replay(letter.seq).await.expect("an answer"));
    hears(&bench, id, "trouble", &[2, 1]).await;
    assert!(carrier.dead_letters(None, 0, 10).await.expect("letters").is_empty());
    assert!(!carrier.replay(letter.seq).await.expect("an answer"));
}

async fn a_dead_letter_can_be_rewritten_and_thrown_away(carried: Carried) {
    let bench = carried.bench().start().await;
    let carrier = &bench.process.carrier;
    let id = RunId::new();
    run(id, |run| run.errors = u32::MAX);
    tell_all(&bench, &[told(id, "trouble", 1)]).await;
    let letter = give_up(&bench, 1).await;
    run(id, |run| run.errors = 0);
    let mut body = letter.body.clone();
    body["data"]["number"] = 7.into();
    carrier.rewrite(letter.seq, &body).await.expect("it is there");
    assert!(carrier.replay(letter.seq).await.expect("an answer"));
    hears(&bench, id, "trouble", &[7]).await;

    run(id, |run| run.errors = u32::MAX);
    tell_all(&bench, &[told(id, "trouble", 2)]).await;
    let letter = give_up(&bench, 2).await;
    run(id, |run| run.errors = 0);
    carrier.discard(letter.seq).await.expect("it is there");
    assert!(carrier.dead_letters(None, 0, 10).await.expect("letters").is_empty());
    tell_all(&bench, &[told(id, "trouble", 3)]).await;
    hears(&bench, id, "trouble", &[7, 3]).await;
}

async fn an_event_is_told_if_and_only_if_its_transaction_commits(carried: Carried) {
    let bench = carried.bench().start().await;
    let id = RunId::new();
    let mut connection = teller(&bench).await;
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
    hears(&bench, id, "order", &wanted).await;
    all_sent(&bench).await;
}

async fn who_tells_waits_for_nobody_who_tells_of_something_else(carried: Carried) {
    let bench = carried.bench().start().await;
    let id = RunId::new();
    let (mut slow, mut quick) = (teller(&bench).await, teller(&bench).await);
    let mut open = slow.begin().await.expect("a transaction");
    feed::append(&mut open, &told(id, "one", 1), bench.now()).await.expect("appended");
    sqlx::query("set lock_timeout = '1s'").execute(&mut quick).await.expect("set");
    for number in 1..=3 {
        let mut tx = quick.begin().await.expect("a transaction");
        let event = told(id, "two", number);
        feed::append(&mut tx, &event, bench.now()).await.expect("it takes no lock of others");
        tx.commit().await.expect("committed");
    }
    // Nor does whoever listens wait for what is not yet true.
    hears(&bench, id, "two", &[1, 2, 3]).await;
    assert_eq!(heard(id, "one"), [0; 0]);
    open.commit().await.expect("committed");
    hears(&bench, id, "one", &[1]).await;
}

async fn many_that_wait_for_one_another_cost_nobody_else(carried: Carried) {
    let bench = carried.bench().start().await;
    let id = RunId::new();
    run(id, |run| run.errors = u32::MAX);
    for (about, many) in [("trouble", carried.many), ("peace", 100)] {
        let events: Vec<_> = (0..many).map(|number| told(id, about, number)).collect();
        tell_all(&bench, &events).await;
        all_sent(&bench).await;
    }
    hears(&bench, id, "peace", &(0..100).collect::<Vec<_>>()).await;
    assert_eq!(heard(id, "trouble"), [0; 0]);
}

/// Writers of each subject, and how often each writes.
const WRITERS: usize = 3;
const TIMES: u32 = 12;
const SUBJECTS: [&str; 5] = ["one", "two", "three", "four", "five"];

/// Writes of one subject under the lock of its row, as services do.
async fn write(bench: &Bench, id: RunId, about: &str) {
    let mut connection = teller(bench).await;
    for _ in 0..TIMES {
        let mut tx = connection.begin().await.expect("a transaction");
        let number: i32 = sqlx::query_scalar(
            "update turn set number = number + 1 where about = $1 returning number",
        )
        .bind(about)
        .fetch_one(&mut *tx)
        .await
        .expect("a number");
        let event = told(id, about, number.unsigned_abs());
        feed::append(&mut tx, &event, bench.now()).await.expect("appended");
        tx.commit().await.expect("committed");
    }
}

async fn many_writers_and_two_processes_keep_the_order_of_each_subject(carried: Carried) {
    let bench = carried.bench().start().await;
    let _other = bench.another(|toml| toml).await;
    let id = RunId::new();
    run(id, |run| run.pause = Duration::from_millis(3));
    let mut connection = teller(&bench).await;
    sqlx::query("create table turn (about text primary key, number int not null)")
        .execute(&mut connection)
        .await
        .expect("a table");
    for about in SUBJECTS {
        sqlx::query("insert into turn values ($1, 0)")
            .bind(about)
            .execute(&mut connection)
            .await
            .expect("a row");
    }
    let writers = SUBJECTS.iter().flat_map(|about| [*about; WRITERS]);
    join_all(writers.map(|about| write(&bench, id, about))).await;
    let wanted: Vec<u32> = (1..=TIMES * WRITERS as u32).collect();
    for about in SUBJECTS {
        hears(&bench, id, about, &wanted).await;
    }
}

async fn what_nobody_follows_reaches_nobody(carried: Carried) {
    let bench = carried.bench().start().await;
    let id = RunId::new();
    bench.tell(&Whispered { run: id, about: "order".into() }).await;
    bench.tell(&told(id, "order", 1)).await;
    hears(&bench, id, "order", &[1]).await;
    let inbox = "select count(*) from listener.inbox";
    let waiting = "select count(*) from feed.message";
    wait(&bench, "nothing waits", || async { count(&bench, waiting).await == 0 }).await;
    assert_eq!(count(&bench, inbox).await, 1);
}

async fn a_process_that_stops_leaves_what_it_has_not_handled_to_others(carried: Carried) {
    let first = carried.bench().start().await;
    let id = RunId::new();
    run(id, |run| run.pause = Duration::from_millis(5));
    let events: Vec<_> = (0..200).map(|number| told(id, "order", number)).collect();
    tell_all(&first, &events).await;
    wait(&first, "some are heard", || async { heard(id, "order").len() > 20 }).await;
    let other = first.another(|toml| toml).await;
    first.process.stop().await;
    hears(&other, id, "order", &(0..200).collect::<Vec<_>>()).await;
}

async fn what_only_a_newer_version_follows_waits_for_it(carried: Carried) {
    let old = carried.bench().start().await;
    let id = RunId::new();
    // As a process of the newer version does when it starts.
    let carrier = &old.process.carrier;
    carrier.declare("listener", &[Whispered::KIND]).await.expect("declared");
    let mut connection = teller(&old).await;
    let mut tx = connection.begin().await.expect("a transaction");
    let whispered = Whispered { run: id, about: "order".into() };
    feed::append(&mut tx, &whispered, old.now()).await.expect("appended");
    for event in [told(id, "order", 1), told(id, "other", 1)] {
        feed::append(&mut tx, &event, old.now()).await.expect("appended");
    }
    tx.commit().await.expect("committed");
    hears(&old, id, "other", &[1]).await;
    // One of the old version that is started again changes nothing about it.
    let _again = old.another(without_migrating).await;
    let waiting = "select count(*) from feed.message where attempts = 0 and dead_at is null";
    wait(&old, "they wait", || async { count(&old, waiting).await == 2 }).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(heard(id, "order"), [0; 0]);
    assert_eq!(count(&old, waiting).await, 2);

    let newer = |toml: String| without_migrating(toml) + "\n[listener]\nnewer = true\n";
    let newer = old.another(newer).await;
    hears(&newer, id, "order", &[0, 1]).await;

    // Whoever brings the house up to date may say that nobody wants it any more.
    newer.process.stop().await;
    carrier.declare_only("listener", &[Told::KIND]).await.expect("declared");
    old.tell(&whispered).await;
    old.tell(&told(id, "order", 2)).await;
    hears(&old, id, "order", &[0, 1, 2]).await;
}

/// As processes of one house among others are run.
fn without_migrating(toml: String) -> String {
    toml.replace("[database]\n", "[database]\nmigrate_on_start = false\n")
}

async fn a_database_whose_connections_never_answer_again_stops_no_event(carried: Carried) {
    let bench = carried.bench().start().await;
    let (server, name) = bench.database_url.rsplit_once('/').expect("an address");
    let (host, port) = server.rsplit_once(':').expect("a port");
    let road = Road::to(port.parse().expect("a number")).await;
    let through = format!("{host}:{}/{name}", road.port);
    let here = bench.database_url.clone();
    let bench = bench.restarted(|toml| toml.replace(&here, &through)).await;
    let id = RunId::new();
    run(id, |run| run.pause = Duration::from_millis(5));
    // In the middle of sending and of handling.
    tell_all(&bench, &(0..300).map(|number| told(id, "order", number)).collect::<Vec<_>>()).await;
    wait(&bench, "some are heard", || async { heard(id, "order").len() > 20 }).await;
    road.freezes();
    tell_all(&bench, &[told(id, "later", 1)]).await;
    // As long as what has begun is waited for, and a lock that nobody can let go of. One whose commit
    // nobody answered for is handled, and is not heard of here.
    let handled = "select count(*) from listener.inbox";
    for _ in 0..5 {
        tokio::time::sleep(Duration::from_secs(10)).await;
        if count(&bench, handled).await == 301 {
            break;
        }
    }
    wait(&bench, "all are handled", || async { count(&bench, handled).await == 301 }).await;
    let heard = heard(id, "order");
    assert!(heard.len() >= 299 && heard.is_sorted_by(|one, next| one < next), "{heard:?}");
}
