//! A Redis that forgets, dies, is silent or was never there: slower, still right.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use cache::{Cache, Redis};
use testkit::OwnRedis;
use tokio::{sync::Barrier, task::JoinSet, time::sleep};

use super::{PATIENCE, Truth, eventually, long, over, prefix, redis};

/// Whether what one process loads the other has.
async fn share(one: &Cache, other: &Cache) -> bool {
    let (truth, key) = (Truth::open(), kernel::random_token());
    truth.of(one, &key).await;
    truth.of(other, &key).await;
    truth.loads() == 1
}

/// People who change and read, while `harm` is done to Redis: none reads what was before their own
/// change, none gets an error.
async fn through(caches: &[Cache], harm: impl Future<Output = ()>) {
    let (truth, barrier) = (Truth::open(), Arc::new(Barrier::new(7)));
    let mut people = JoinSet::new();
    for place in 0..6 {
        let (cache, truth) = (caches[place % caches.len()].clone(), truth.clone());
        let barrier = Arc::clone(&barrier);
        people.spawn(async move {
            barrier.wait().await;
            let begun = Instant::now();
            while begun.elapsed() < Duration::from_secs(3) {
                let mine = truth.now.fetch_add(1, Ordering::SeqCst) + 1;
                cache.forget_all().await;
                assert!(truth.by(&cache).await >= mine, "their own change");
                sleep(Duration::from_millis(2)).await;
            }
        });
    }
    barrier.wait().await;
    harm.await;
    while let Some(ended) = people.join_next().await {
        ended.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_redis_that_loses_everything() {
    let Some(own) = OwnRedis::start().await else { return };
    let prefix = prefix();
    let [one, other] = [redis(&own.url(), &prefix).await, redis(&own.url(), &prefix).await];
    let caches = [over(&one, long()), over(&other, long())];
    through(&caches, async {
        for _ in 0..20 {
            own.flush().await;
            sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    let truth = Truth::open();
    assert_eq!(truth.by(&caches[0]).await, truth.by(&caches[0]).await);
    own.flush().await;
    assert!(share(&caches[0], &caches[1]).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_redis_that_is_killed_and_comes_back() {
    let Some(mut own) = OwnRedis::start().await else { return };
    let prefix = prefix();
    let [one, other] = [redis(&own.url(), &prefix).await, redis(&own.url(), &prefix).await];
    let caches = [over(&one, long()), over(&other, long())];
    through(&caches, async {
        for _ in 0..2 {
            sleep(Duration::from_millis(300)).await;
            own.kill();
            sleep(Duration::from_millis(500)).await;
            own.restart().await;
        }
    })
    .await;
    eventually("they share again", async || share(&caches[0], &caches[1]).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_redis_that_accepts_and_is_silent() {
    let Some(own) = OwnRedis::start().await else { return };
    let prefix = prefix();
    let patience = Duration::from_millis(200);
    let open = async || Redis::open(&own.url(), &prefix, patience).await.unwrap();
    let [one, other] = [open().await, open().await];
    let caches = [over(&one, long()), over(&other, long())];
    own.fall_silent();
    let (truth, begun) = (Truth::open(), Instant::now());
    for key in 0..300 {
        truth.of(&caches[0], &key.to_string()).await;
    }
    // Were each of them to wait, it would be a minute.
    assert!(begun.elapsed() < PATIENCE, "only the first waits");
    assert!(one.is_away());
    truth.set(1);
    caches[0].forget_all().await;
    assert_eq!(truth.of(&caches[0], "0").await, 1);
    own.go_on();
    eventually("they share again", async || share(&caches[0], &caches[1]).await).await;
}

/// Redis has the old value, and did not hear that it is forgotten.
#[tokio::test]
async fn what_redis_did_not_hear_it_is_told_before_it_is_read_again() {
    for all in [true, false] {
        let Some(own) = OwnRedis::start().await else { return };
        let prefix = prefix();
        let patience = Duration::from_millis(200);
        let open = async || Redis::open(&own.url(), &prefix, patience).await.unwrap();
        let [one, other] = [open().await, open().await];
        let [one, other] = [(over(&one, long()), one), (over(&other, long()), other)];
        let truth = Truth::open();
        eventually("Redis has it", async || {
            truth.by(&one.0).await;
            share(&one.0, &other.0).await
        })
        .await;
        own.fall_silent();
        truth.set(1);
        if all {
            one.0.forget_all().await;
        } else {
            one.0.forget("key").await;
        }
        assert_eq!(truth.by(&one.0).await, 1);
        own.go_on();
        eventually("Redis answers", async || !one.1.is_away()).await;
        assert_eq!(truth.by(&one.0).await, 1);
        assert_eq!(truth.of(&one.0, "another").await, 1);
        eventually("the other knows too", async || truth.by(&other.0).await == 1).await;
    }
}

#[tokio::test]
async fn a_redis_that_is_not_there_at_first() {
    let Some(mut own) = OwnRedis::start().await else { return };
    own.kill();
    let prefix = prefix();
    let [one, other] = [redis(&own.url(), &prefix).await, redis(&own.url(), &prefix).await];
    let caches = [over(&one, long()), over(&other, long())];
    let truth = Truth::open();
    for _ in 0..3 {
        assert_eq!(truth.by(&caches[0]).await, 0);
    }
    assert_eq!(truth.loads(), 1, "it keeps what it has by itself");
    own.restart().await;
    eventually("they share", async || share(&caches[0], &caches[1]).await).await;
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_and_not_repeated() {
    for wrong in ["", "localhost", "http://:secret@localhost", "redis://:secret@localhost:port"] {
        let refused = Redis::open(wrong, "x", PATIENCE).await.err().expect("no address");
        assert!(!format!("{refused:#}").contains("secret"), "{refused:#}");
    }
}
