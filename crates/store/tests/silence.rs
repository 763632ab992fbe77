//! A database whose connections fall silent, and go on to be open.

use std::time::Duration;

use store::{Schema, Server};
use testkit::Road;
use tokio::{net::TcpListener, time::timeout};

const PATIENCE: Duration = Duration::from_mins(2);

/// The port in the address of a database.
fn port_of(url: &str) -> u16 {
    let (_, at) = url.rsplit_once('@').unwrap_or(("", url));
    let (_, port) = at.split('/').next().and_then(|at| at.rsplit_once(':')).expect("a port");
    port.parse().expect("a number")
}

#[tokio::test]
async fn no_place_and_no_lock_is_lost_to_connections_that_never_answer_again() {
    let url = testkit::fresh_database().await;
    let road = Road::to(port_of(&url)).await;
    let through = url.replace(&format!(":{}/", port_of(&url)), &format!(":{}/", road.port));
    assert_ne!(url, through);
    let server = Server::new(&through, b"a secret", 3).unwrap();
    let schema = Schema { name: "cellar", migrations: Vec::new() };
    server.prepare(&schema).await.unwrap();
    let db = server.open(&schema).await.unwrap();

    // One is in the middle of a transaction, one of a question, and one has nothing to do.
    let mut tx = db.begin().await.unwrap();
    sqlx::query("select pg_advisory_xact_lock(1)").execute(&mut *tx).await.unwrap();
    let (mut busy, idle) = (db.acquire().await.unwrap(), db.acquire().await.unwrap());
    drop(idle);
    road.freezes();
    let asked = sqlx::query("select 1").execute(&mut *busy);
    assert!(timeout(Duration::from_millis(300), asked).await.is_err());
    drop((tx, busy));
    for _ in 0..3 {
        // Whoever gets one that is silent gives up, as a request does.
        let _ = timeout(Duration::from_millis(300), store::reach(&db)).await;
    }

    let found = async {
        let mut all = Vec::new();
        for _ in 0..3 {
            let mut one = db.acquire().await.expect("a connection");
            sqlx::query("select 1").execute(&mut *one).await.expect("an answer");
            all.push(one);
        }
        // What the first had is let go of, though it never said that it was done.
        sqlx::query("select pg_advisory_lock(1)").execute(&mut *all[0]).await.expect("the lock");
    };
    timeout(PATIENCE, found).await.expect("all three places, and the lock");
}

#[tokio::test]
async fn who_sets_up_the_house_is_told_that_the_database_says_nothing() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://postgres@127.0.0.1:{}/x", silent.local_addr().unwrap().port());
    let server = Server::new(&url, b"a secret", 3).unwrap();
    let told = timeout(PATIENCE, server.version()).await.expect("an answer").unwrap_err();
    assert!(told.to_string().contains("says nothing"), "{told}");
}
