//! A real streaming replica: who reads from it, and when not.

use std::time::Duration;

use sqlx::Connection;
use store::{Db, Lagging, Migration, Reads, Schema, Server};
use testkit::Replicated;
use tokio::{task::JoinHandle, time::Instant};
use wire::{Context, Freshness, Position};

const LIMIT: Duration = Duration::from_secs(3);
const TABLES: Migration =
    Migration { file: "V1__bottle.sql", sql: "create table bottle (name text not null)" };

struct Scene {
    servers: Replicated,
    db: Db,
    reads: Reads,
    measuring: JoinHandle<()>,
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.measuring.abort();
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Primary,
    Replica,
}

impl Scene {
    async fn new(limit: Duration) -> Self {
        let servers = Replicated::start().await;
        let (primary, replica) = (servers.primary_url(), servers.replica_url());
        let server = Server::new(&primary, b"a secret", 4).unwrap();
        let server = server.with_replicas([replica.as_str()], limit).unwrap();
        let schema = Schema { name: "cellar", migrations: vec![TABLES] };
        server.prepare(&schema).await.unwrap();
        let db = server.open(&schema).await.unwrap();
        let reads = server.reads(&schema, &db).measured();
        let measuring = tokio::spawn(async move { server.keep_measuring().await });
        Self { servers, db, reads, measuring }
    }

    /// Writes a bottle; who has written it reads what is as new.
    async fn write(&self, name: &str) -> Freshness {
        sqlx::query("insert into bottle values ($1)").bind(name).execute(&self.db).await.unwrap();
        Freshness::Since(self.reads.position().await.unwrap())
    }

    /// Who answers somebody whose answer has to be so new, and whether they see a bottle.
    async fn look(&self, freshness: Freshness, name: &str) -> (Who, bool) {
        let reads = self.reads.clone();
        as_of(freshness, async move { look_at(&reads.lagging(), name).await })
            .await
            .expect("an answer")
    }

    async fn await_who(&self, who: Who) {
        eventually("somebody else answers", || async {
            self.look(Freshness::Any, "").await.0 == who
        })
        .await;
    }

    async fn await_replica_with(&self, written: Freshness, name: &str) {
        eventually("the replica has it", || async {
            self.look(written, name).await == (Who::Replica, true)
        })
        .await;
    }
}

async fn look_at(from: &Lagging, name: &str) -> sqlx::Result<(Who, bool)> {
    let query = "select pg_is_in_recovery(), exists (select from bottle where name = $1)";
    let (replica, seen) =
        sqlx::query_as::<_, (bool, bool)>(query).bind(name).fetch_one(from).await?;
    Ok((if replica { Who::Replica } else { Who::Primary }, seen))
}

/// Runs `work` for a request whose answer has to be so new.
async fn as_of<F: Future>(freshness: Freshness, work: F) -> F::Output {
    let deadline = Instant::now() + Duration::from_secs(25);
    let context = Context { request_id: "1".into(), traceparent: None, deadline, freshness };
    context.scope(work).await
}

async fn eventually<W: Future<Output = bool>>(what: &str, is_so: impl Fn() -> W) {
    for _ in 0..1200 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never happened: {what}");
}

#[tokio::test]
async fn whoever_wrote_sees_it_and_who_lags_is_left_out_until_it_has_come_up() {
    let scene = Scene::new(LIMIT).await;
    scene.await_who(Who::Replica).await;
    let first = scene.write("Riesling").await;
    // Wherever it is read, it is there.
    for _ in 0..20 {
        assert!(scene.look(first, "Riesling").await.1);
    }
    scene.await_replica_with(first, "Riesling").await;

    scene.servers.pause().await;
    let second = scene.write("Silvaner").await;
    assert_eq!(scene.look(second, "Silvaner").await, (Who::Primary, true));
    // Sooner or later it is too far behind for anybody.
    scene.await_who(Who::Primary).await;
    for _ in 0..20 {
        assert_eq!(scene.look(Freshness::Any, "Silvaner").await, (Who::Primary, true));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(scene.reads.left_out().len(), 1);

    scene.servers.go_on().await;
    scene.await_replica_with(second, "Silvaner").await;
    assert!(scene.reads.left_out().is_empty());
}

#[tokio::test]
async fn nothing_is_decided_or_changed_at_a_replica() {
    let scene = Scene::new(Duration::from_mins(1)).await;
    scene.await_who(Who::Replica).await;
    scene.servers.pause().await;
    scene.write("Riesling").await;
    // Whoever has written nothing may see what was.
    assert_eq!(scene.look(Freshness::Any, "Riesling").await, (Who::Replica, false));
    // What changes something, and what no request asked for, sees what is.
    assert_eq!(scene.look(Freshness::Newest, "Riesling").await, (Who::Primary, true));
    let unasked = look_at(&scene.reads.lagging(), "Riesling").await.unwrap();
    assert_eq!(unasked, (Who::Primary, true));

    let change = "insert into bottle values ('Gutedel') returning name";
    let refused = as_of(Freshness::Any, async {
        sqlx::query(change).fetch_all(&scene.reads.lagging()).await
    });
    let refused = refused.await.unwrap_err();
    let refused = refused.as_database_error().expect("PostgreSQL's refusal");
    assert_eq!(refused.code().as_deref(), Some("25006"));
    assert!(!scene.look(Freshness::Newest, "Gutedel").await.1, "nor was it done at the primary");
}

#[tokio::test]
async fn no_reading_fails_while_a_replica_is_killed_and_it_comes_back_by_itself() {
    let mut scene = Scene::new(LIMIT).await;
    let written = scene.write("Riesling").await;
    scene.await_replica_with(written, "Riesling").await;
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let reads = scene.reads.clone();
            tokio::spawn(as_of(Freshness::Any, async move {
                let (mut answers, begun) = (Vec::new(), Instant::now());
                while begun.elapsed() < Duration::from_secs(4) {
                    answers.push(look_at(&reads.lagging(), "Riesling").await.map(|seen| seen.0));
                }
                answers
            }))
        })
        .collect();
    tokio::time::sleep(Duration::from_secs(1)).await;
    scene.servers.kill_replica().await;
    let mut answered = Vec::new();
    for reader in readers {
        for answer in reader.await.unwrap() {
            answered.push(answer.expect("no reading fails"));
        }
    }
    assert!(answered.contains(&Who::Replica) && answered.contains(&Who::Primary));
    assert_eq!(scene.look(written, "Riesling").await, (Who::Primary, true));

    scene.servers.restart_replica().await;
    scene.await_who(Who::Replica).await;
}

#[tokio::test]
async fn who_waits_for_a_replica_that_falls_silent_is_answered_by_the_primary() {
    let scene = Scene::new(Duration::from_mins(1)).await;
    scene.await_who(Who::Replica).await;
    let reads = scene.reads.clone();
    let waiting = tokio::spawn(as_of(Freshness::Any, async move {
        let query = "select pg_sleep(case when pg_is_in_recovery() then 600 else 0 end)";
        sqlx::query(query).fetch_all(&reads.lagging()).await.map(|rows| rows.len())
    }));
    tokio::time::sleep(Duration::from_millis(300)).await;
    scene.servers.freeze_replica().await;
    // Both who had begun to wait and who comes before it is known.
    let came = tokio::time::timeout(Duration::from_secs(20), scene.look(Freshness::Any, ""));
    assert_eq!(came.await.expect("an answer").0, Who::Primary);
    let waited = tokio::time::timeout(Duration::from_secs(20), waiting).await;
    assert_eq!(waited.expect("an answer").unwrap().unwrap(), 1);
    assert_eq!(scene.reads.left_out().len(), 1);

    scene.servers.thaw_replica();
    scene.await_who(Who::Replica).await;
}

#[tokio::test]
async fn an_address_where_there_is_no_replica_changes_nothing() {
    let servers = Replicated::start().await;
    let other = testkit::fresh_database().await;
    let (primary, replica) = (servers.primary_url(), servers.replica_url());
    let schema = Schema { name: "cellar", migrations: vec![TABLES] };
    let (server, _) = replica.rsplit_once('/').unwrap();
    let beside = format!("{server}/postgres");
    let named = Server::new(&primary, b"a secret", 4).unwrap();
    assert!(named.with_replicas([beside.as_str()], LIMIT).is_err(), "of the same cluster");

    let nowhere = "postgres://127.0.0.1:9/tipple";
    // Of the same name, in another cluster.
    let (_, name) = other.rsplit_once('/').unwrap();
    let mut connection = sqlx::PgConnection::connect(&primary).await.unwrap();
    let create = sqlx::AssertSqlSafe(format!("create database {name}"));
    sqlx::query(create).execute(&mut connection).await.unwrap();
    let of_others = format!("{server}/{name}");
    for (of, at, why) in [
        (&primary, nowhere, "Connection refused"),
        (&primary, primary.as_str(), "it is no replica"),
        (&other, of_others.as_str(), "it is a replica of another database"),
    ] {
        let server = Server::new(of, b"a secret", 4).unwrap();
        let server = server.with_replicas([at], LIMIT).unwrap();
        server.prepare(&schema).await.unwrap();
        let db = server.open(&schema).await.unwrap();
        let reads = server.reads(&schema, &db).measured();
        eventually(why, || async {
            let checked = server.look_at_replicas().await;
            checked.is_err_and(|error| format!("{error:#}").contains(why))
        })
        .await;
        let measuring = tokio::spawn(async move { server.keep_measuring().await });
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(2) {
            let looked = async { look_at(&reads.lagging(), "").await };
            let (who, _) = as_of(Freshness::Any, looked).await.unwrap();
            assert_eq!(who, Who::Primary, "{at}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        measuring.abort();
    }
}

#[tokio::test]
async fn a_position_that_nobody_has_come_to_keeps_nobody_waiting() {
    let scene = Scene::new(LIMIT).await;
    scene.await_who(Who::Replica).await;
    let here = scene.reads.position().await.unwrap();
    let beyond = Freshness::Since(Position { at: u64::MAX, ..here });
    assert_eq!(scene.look(beyond, "").await.0, Who::Primary);
    let of_the_next = Freshness::Since(Position { timeline: here.timeline + 1, at: 0, ..here });
    assert_eq!(scene.look(of_the_next, "").await.0, Who::Primary);
    // What was written to another database says nothing about this one.
    let elsewhere = Position { cluster: here.cluster ^ 1, at: u64::MAX, ..here };
    assert_eq!(scene.look(Freshness::Since(elsewhere), "").await.0, Who::Replica);
}

#[tokio::test]
async fn a_replica_that_becomes_a_primary_is_left_out() {
    let scene = Scene::new(Duration::from_mins(1)).await;
    scene.await_who(Who::Replica).await;
    scene.servers.promote_replica().await;
    let mut elsewhere = sqlx::PgConnection::connect(&scene.servers.replica_url()).await.unwrap();
    let theirs = "insert into cellar.bottle values ('Fusel')";
    sqlx::query(theirs).execute(&mut elsewhere).await.unwrap();
    eventually("it is left out", || async { scene.reads.left_out().len() == 1 }).await;
    // Long after it was found out, too.
    for _ in 0..20 {
        assert_eq!(scene.look(Freshness::Any, "Fusel").await, (Who::Primary, false));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The old primary's replica has what was lost with it, and is farther than the new primary.
#[tokio::test]
async fn a_replica_that_followed_a_primary_which_was_lost_is_not_read() {
    let mut scene = Scene::new(Duration::from_mins(1)).await;
    let before = scene.write("Riesling").await;
    scene.await_replica_with(before, "Riesling").await;
    scene.servers.make_spare().await;
    sqlx::query("insert into bottle select 'lost' from generate_series(1, 20000)")
        .execute(&scene.db)
        .await
        .unwrap();
    let lost = scene.write("lost").await;
    scene.await_replica_with(lost, "lost").await;
    scene.servers.fail_over().await;

    let silvaner = "insert into bottle values ('Silvaner')";
    eventually("the new primary takes changes", || async {
        sqlx::query(silvaner).execute(&scene.db).await.is_ok()
    })
    .await;
    let (Freshness::Since(lost), after) = (lost, scene.reads.position().await.unwrap()) else {
        panic!("a position")
    };
    assert!(after.timeline > lost.timeline && after.at < lost.at, "{after:?} {lost:?}");
    // Whoever wrote sees it at once, though this process may not know yet what has happened.
    assert_eq!(scene.look(Freshness::Since(after), "Silvaner").await, (Who::Primary, true));
    eventually("it is left out", || async { scene.reads.left_out().len() == 1 }).await;
    assert_eq!(scene.look(Freshness::Any, "lost").await, (Who::Primary, false));
    assert_eq!(scene.look(Freshness::Since(lost), "lost").await, (Who::Primary, false));

    scene.servers.copy_replica().await;
    scene.await_replica_with(Freshness::Since(after), "Silvaner").await;
    assert!(!scene.look(Freshness::Any, "lost").await.1);
}

#[tokio::test]
async fn a_replica_that_goes_over_to_the_new_primary_is_read_again() {
    let mut scene = Scene::new(Duration::from_mins(1)).await;
    let before = scene.write("Riesling").await;
    scene.await_replica_with(before, "Riesling").await;
    scene.servers.make_spare().await;
    scene.servers.fail_over().await;
    eventually("the new primary takes changes", || async {
        sqlx::query("insert into bottle values ('Silvaner')").execute(&scene.db).await.is_ok()
    })
    .await;
    let after = Freshness::Since(scene.reads.position().await.unwrap());
    scene.await_replica_with(after, "Silvaner").await;
    assert!(scene.reads.left_out().is_empty());
}
