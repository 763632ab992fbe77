//! Limits that several gateways count together, and what becomes of them without Redis.

use std::time::{Duration, Instant};

use testkit::{Bench, Caller, OwnRedis, shared_redis};

/// Each address and each token: three at once, and one a second.
const SETTINGS: &str = "[gateway]\nproxies_in_front = 1\naddress_per_second = 1\naddress_burst = 3
token_per_second = 1\ntoken_burst = 3";
const BURST: u64 = 3;

/// Two gateways of one house.
async fn two(url: &str) -> [Bench; 2] {
    let one = super::bench().settings(SETTINGS).redis(url).start().await;
    let other = one.another(|toml| toml).await;
    [one, other]
}

/// How many of twenty requests, taking turns at the gateways, are let in; and whether that is no
/// more than one gateway alone would have let in meanwhile.
async fn let_in(gateways: &[Bench; 2], request: impl Fn(&Caller, u32) -> Caller) -> (u64, bool) {
    let (begun, mut let_in) = (Instant::now(), 0);
    for number in 0..20 {
        let anyone = gateways[number as usize % 2].anyone("gateway");
        // Only one of them has the service: what counts is whether the limit turned it away.
        let answer = request(&anyone, number).get("/v1/orders/long").await;
        let_in += u64::from(answer.status != 429);
    }
    (let_in, let_in <= BURST + begun.elapsed().as_secs() + 1)
}

fn address(caller: &Caller, address: &str) -> Caller {
    caller.with("x-forwarded-for", address)
}

/// From another address each time.
fn token(caller: &Caller, number: u32) -> Caller {
    address(caller, &format!("10.0.1.{number}")).with("authorization", "Bearer shared")
}

#[tokio::test]
async fn an_address_has_one_limit_at_all_gateways() {
    let Some(url) = shared_redis() else { return };
    let gateways = two(&url).await;
    let (let_in, one_limit) = let_in(&gateways, |caller, _| address(caller, "10.0.0.1")).await;
    assert!(let_in >= BURST && one_limit, "{let_in}");
    let other = address(&gateways[0].anyone("gateway"), "10.0.0.2");
    assert_eq!(other.get("/v1/orders/long").await.status, 200, "another asker");
}

#[tokio::test]
async fn a_token_has_one_limit_wherever_it_is_used_from() {
    let Some(url) = shared_redis() else { return };
    let (let_in, one_limit) = let_in(&two(&url).await, token).await;
    assert!(let_in >= BURST && one_limit, "{let_in}");
}

#[tokio::test]
async fn a_dead_redis_neither_opens_nor_closes_the_doors() {
    let Some(mut own) = OwnRedis::start().await else { return };
    let gateways = two(&own.url()).await;
    let from = |last: u8| move |caller: &Caller, _| address(caller, &format!("10.0.0.{last}"));
    assert!(let_in(&gateways, from(1)).await.1);
    own.kill();
    let begun = Instant::now();
    let (without, _) = let_in(&gateways, from(2)).await;
    // Each counts for itself.
    assert!(without >= BURST, "they serve: {without}");
    assert!(without <= 2 * (BURST + begun.elapsed().as_secs() + 1), "and they limit: {without}");
    own.restart().await;
    // Another address each time, for what was counted before is known.
    for last in 3..=250 {
        let (let_in, one_limit) = let_in(&gateways, from(last)).await;
        assert!(let_in >= BURST);
        // Together they let in twice as many for as long as either counts for itself.
        if one_limit && let_in <= BURST + 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("they never count together again");
}

#[tokio::test]
async fn a_silent_redis_holds_nobody_up() {
    let Some(own) = OwnRedis::start().await else { return };
    let gateways = two(&own.url()).await;
    own.fall_silent();
    let begun = Instant::now();
    for number in 0..100 {
        let anyone = gateways[number as usize % 2].anyone("gateway");
        let answer = address(&anyone, &format!("10.0.2.{number}")).get("/v1/orders/long").await;
        assert_ne!(answer.status, 429);
    }
    // Were each to wait for it, this would be two hundred seconds.
    assert!(begun.elapsed() < Duration::from_mins(1), "{:?}", begun.elapsed());
    own.go_on();
}
