//! What is read from a streaming replica, and by whom not.

use axum::http::StatusCode;
use kernel::ProductId;
use serde_json::{Value, json};
use sqlx::Connection;
use testkit::{Caller, Replicated};
use wire::{Freshness, HouseKey};

use crate::shop::Shop;

async fn price(caller: &Caller, page: &str) -> i64 {
    let page: Value = caller.get(page).await.ok();
    page["offers"]["items"][0]["price"]["amount"].as_i64().expect("a price")
}

/// Staff set another price; what they are told of how far the database was then.
async fn put(shop: &Shop, product: ProductId, price_minor: i64) -> String {
    let staff = shop.as_staff().with("tipple-position", &shop.bench.position(Freshness::Newest));
    let seen: Value = staff.get(&shop.path("/listings")).await.ok();
    let version = &seen["items"][0]["listing_version"];
    let input = json!({ "price_minor": price_minor, "tax_class": "spirits", "active": true });
    let staff = shop.as_staff().with("if-match", &format!("\"v{version}\""));
    let answer = staff.put(&shop.path(&format!("/listings/{product}")), input).await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.headers["tipple-position"].to_str().unwrap().to_owned()
}

async fn is_at_the_replica(servers: &Replicated, price: i64) -> bool {
    let mut replica = sqlx::PgConnection::connect(&servers.replica_url()).await.unwrap();
    let query = "select exists (select from catalogue.listing where price_minor = $1)";
    sqlx::query_scalar(query).bind(price).fetch_one(&mut replica).await.unwrap_or(false)
}

/// Whether the service has a connection to the replica.
async fn is_read(servers: &Replicated) -> bool {
    let mut replica = sqlx::PgConnection::connect(&servers.replica_url()).await.unwrap();
    let query = "select exists (select from pg_stat_activity where usename = 'tipple_catalogue')";
    sqlx::query_scalar(query).fetch_one(&mut replica).await.unwrap()
}

/// What nobody was told here.
fn forged(written: &str) -> Vec<String> {
    let another = HouseKey::new(b"the secret of another house than this one").unwrap();
    let other = another.seal(Freshness::Newest, jiff::Timestamp::UNIX_EPOCH).unwrap();
    let turned: String = written.chars().rev().collect();
    let texts = ["", "0", "ffffffffffffffff", "-1", "null", "18446744073709551616"];
    let long = ["A".repeat(64), "f".repeat(4096), other, turned];
    texts.map(String::from).into_iter().chain(long).collect()
}

#[tokio::test]
async fn whoever_changes_something_sees_it_while_others_may_see_what_was() {
    let servers = Replicated::start().await;
    let open = |bench: testkit::BenchBuilder| bench.replicated(&servers, 60_000);
    let shop = Shop::open_with(|bench| open(bench).cached(60_000, 60_000)).await;
    let bottle = shop.bottle("Noah's Mill", 3).await;
    let servers = &servers;
    let here = || async move { is_at_the_replica(servers, 2999).await.then_some(()) };
    shop.bench.eventually("the replica has the bottle", here).await;
    servers.pause().await;
    let written = put(&shop, bottle, 3499).await;

    let page = format!("/v1/catalogue/products/{bottle}");
    let writer = shop.anyone().with("tipple-position", &written);
    assert_eq!(price(&writer, &page).await, 3499);
    let (anyone, page) = (&shop.anyone(), &page);
    // Each of these addresses is kept apart, whoever answers.
    let limits = std::sync::atomic::AtomicU32::new(2);
    let kept = shop.bench.eventually("the replica is read from", || async {
        let limit = limits.fetch_add(1, std::sync::atomic::Ordering::Relaxed).min(100);
        let page = format!("{page}?limit={limit}");
        (price(anyone, &page).await == 2999).then_some(page)
    });
    let kept = kept.await;
    assert_eq!(price(anyone, &kept).await, 2999, "it is kept");
    assert_eq!(price(&writer, &kept).await, 3499, "but not for whoever wrote");
    for forged in forged(&written) {
        let forger = anyone.with("tipple-position", &forged);
        assert_eq!(price(&forger, &kept).await, 2999, "{forged}");
    }

    servers.go_on().await;
    let here = || async move { is_at_the_replica(servers, 3499).await.then_some(()) };
    shop.bench.eventually("the replica has come up", here).await;
}

#[tokio::test]
async fn nobody_who_reads_is_refused_while_a_replica_is_killed() {
    let servers = Replicated::start().await;
    let shop = Shop::open_with(|bench| bench.replicated(&servers, 5_000)).await;
    let bottle = shop.bottle("Noah's Mill", 3).await;
    let written = put(&shop, bottle, 3499).await;
    let servers = &servers;
    let here = || async move { is_at_the_replica(servers, 3499).await.then_some(()) };
    shop.bench.eventually("the replica has the bottle", here).await;
    let (page, writer) = (
        format!("/v1/catalogue/products/{bottle}"),
        shop.anyone().with("tipple-position", &written),
    );
    let reading = async {
        for turn in 0..300 {
            assert_eq!(price(&writer, &page).await, 3499, "{turn}");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    let killing = async {
        // Not before it is read from.
        let read = || async move { is_read(servers).await.then_some(()) };
        shop.bench.eventually("the replica is read from", read).await;
        servers.kill_replica().await;
    };
    tokio::join!(reading, killing);
}

#[tokio::test]
async fn nobody_is_told_of_positions_where_there_is_no_replica() {
    let shop = Shop::open().await;
    let operator = shop.as_operator();
    let named = json!({ "path": "wine", "name": "Wine" });
    let answer = operator.put("/v1/catalogue/categories", named).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert!(!answer.headers.contains_key("tipple-position"));
}

/// A change of which nobody is told, once the replica has it too.
async fn change_unseen(shop: &Shop, servers: &Replicated, price: i64) {
    let query = "update catalogue.listing set price_minor = $1";
    let mut db = shop.bench.connection().await;
    sqlx::query(query).bind(price).execute(&mut db).await.unwrap();
    let here = || async move { is_at_the_replica(servers, price).await.then_some(()) };
    shop.bench.eventually("the replica has it", here).await;
}

#[tokio::test]
async fn what_is_kept_is_for_those_who_have_written_too() {
    let servers = Replicated::start().await;
    let open = |bench: testkit::BenchBuilder| bench.replicated(&servers, 60_000);
    let shop = Shop::open_with(|bench| open(bench).cached(60_000, 60_000)).await;
    let bottle = shop.bottle("Noah's Mill", 3).await;
    let written = put(&shop, bottle, 3499).await;
    let here = || async { is_at_the_replica(&servers, 3499).await.then_some(()) };
    shop.bench.eventually("the replica has it", here).await;
    let page = format!("/v1/catalogue/products/{bottle}");
    let (anyone, writer) = (shop.anyone(), shop.anyone().with("tipple-position", &written));
    assert_eq!(price(&anyone, &page).await, 3499);
    change_unseen(&shop, &servers, 3999).await;
    assert_eq!(price(&writer, &page).await, 3999, "not what is kept for others");
    change_unseen(&shop, &servers, 4499).await;
    assert_eq!(price(&writer, &page).await, 3999, "what they had before is kept");
    let newest = shop.bench.position(Freshness::Newest);
    let newest = anyone.with("tipple-position", &newest);
    assert_eq!(price(&newest, &page).await, 4499);
    // How far they had come is of no more use: they are given what all are.
    shop.bench.advance(180);
    assert_eq!(price(&writer, &page).await, 3499);
}
