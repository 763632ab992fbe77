//! Both kinds of bell pass one contract; the one over Redis also what becomes of it when that is ill.

use std::time::{Duration, Instant};

use cache::{Bell, Listener, Redis};
use testkit::{OwnRedis, shared_redis};
use tokio::time::{sleep, timeout};

use super::{PATIENCE, eventually, prefix, redis};

/// Where it is rung, and where it is heard: within one process without Redis and with it, and in two.
async fn kinds() -> Vec<(Bell, Bell)> {
    let alone = Bell::new(None);
    let mut kinds = vec![(alone.clone(), alone)];
    if let Some(url) = shared_redis() {
        let one = shared(&url, &prefix()).await;
        kinds.push((one.clone(), one));
        let prefix = prefix();
        kinds.push((shared(&url, &prefix).await, shared(&url, &prefix).await));
    }
    kinds
}

/// A process's bell, once it hears others.
async fn shared(url: &str, prefix: &str) -> Bell {
    let bell = Bell::new(Some(&redis(url, prefix).await));
    eventually("it hears others", async || bell.hears_others()).await;
    bell
}

async fn rings(listener: &mut Listener) {
    timeout(PATIENCE, listener.rung()).await.expect("it rings");
}

/// Whatever has rung, it does no longer.
async fn is_silent(listener: &mut Listener) {
    let more = timeout(Duration::from_millis(300), listener.rung()).await;
    assert!(more.is_err(), "it rings though nobody rang");
}

#[tokio::test]
async fn whoever_listens_hears_what_is_rung_then() {
    for (here, there) in kinds().await {
        here.ring("order 1");
        let mut listener = there.listen("order 1");
        // What went out before is on its way at most.
        sleep(Duration::from_millis(100)).await;
        let _ = timeout(Duration::from_millis(1), listener.rung()).await;
        for _ in 0..3 {
            here.ring("order 1");
            rings(&mut listener).await;
            is_silent(&mut listener).await;
        }
    }
}

#[tokio::test]
async fn another_topic_is_not_heard() {
    for (here, there) in kinds().await {
        let (mut one, mut other) = (there.listen("order 1"), there.listen("order 11"));
        here.ring("order 1");
        rings(&mut one).await;
        is_silent(&mut other).await;
        here.ring("order 11");
        rings(&mut other).await;
        is_silent(&mut one).await;
    }
}

#[tokio::test]
async fn what_rings_while_one_looks_is_not_missed_and_much_is_one() {
    for (here, there) in kinds().await {
        let mut listener = there.listen("news");
        for _ in 0..1000 {
            here.ring("news");
        }
        here.ring("done");
        let mut done = there.listen("done");
        // Time enough for all of it to come.
        sleep(Duration::from_millis(500)).await;
        rings(&mut listener).await;
        is_silent(&mut listener).await;
        here.ring("done");
        rings(&mut done).await;
    }
}

#[tokio::test]
async fn all_who_listen_hear_it_and_who_has_left_disturbs_nobody() {
    for (here, there) in kinds().await {
        let mut listeners: Vec<_> = (0..50).map(|_| there.listen("news")).collect();
        drop(there.listen("news"));
        listeners.truncate(40);
        here.ring("nobody listens to this");
        here.ring("news");
        for listener in &mut listeners {
            rings(listener).await;
        }
    }
}

#[tokio::test]
async fn houses_that_share_a_redis_do_not_hear_each_other() {
    let Some(url) = shared_redis() else { return };
    let (one, other) = (shared(&url, &prefix()).await, shared(&url, &prefix()).await);
    let mut listener = other.listen("news");
    one.ring("news");
    is_silent(&mut listener).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_redis_that_is_killed_costs_nobody_anything_and_is_found_again() {
    let Some(mut own) = OwnRedis::start().await else { return };
    let prefix = prefix();
    let (here, there) = (shared(&own.url(), &prefix).await, shared(&own.url(), &prefix).await);
    let (mut near, mut far) = (here.listen("news"), there.listen("news"));
    for _ in 0..2 {
        own.kill();
        eventually("they know", async || !here.hears_others() && !there.hears_others()).await;
        here.ring("news");
        rings(&mut near).await;
        is_silent(&mut far).await;
        own.restart().await;
        // Nobody knows what was missed, so whoever listens looks once.
        rings(&mut far).await;
        eventually("both hear", async || here.hears_others() && there.hears_others()).await;
        rings(&mut near).await;
        eventually("the other hears it again", async || {
            here.ring("news");
            timeout(Duration::from_millis(200), far.rung()).await.is_ok()
        })
        .await;
        let _ = timeout(Duration::from_millis(300), near.rung()).await;
        let _ = timeout(Duration::from_millis(300), far.rung()).await;
    }
    own.flush().await;
    here.ring("news");
    rings(&mut far).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_silent_redis_holds_nobody_up_who_rings() {
    let Some(own) = OwnRedis::start().await else { return };
    let prefix = prefix();
    let patience = Duration::from_millis(200);
    let open = async || Redis::open(&own.url(), &prefix, patience).await.unwrap();
    let (one, other) = (open().await, open().await);
    let (here, there) = (Bell::new(Some(&one)), Bell::new(Some(&other)));
    eventually("both hear", async || here.hears_others() && there.hears_others()).await;
    let (mut near, mut far) = (here.listen("news"), there.listen("news"));
    own.fall_silent();
    let begun = Instant::now();
    for number in 0..100_000 {
        here.ring(&format!("order {number}"));
    }
    here.ring("news");
    rings(&mut near).await;
    assert!(begun.elapsed() < PATIENCE);
    // A line on which nothing comes is given up, though it never breaks.
    eventually("they know", async || !here.hears_others() && !there.hears_others()).await;
    own.go_on();
    rings(&mut far).await;
    eventually("the other hears it again", async || {
        here.ring("news");
        timeout(Duration::from_millis(200), far.rung()).await.is_ok()
    })
    .await;
}

/// A house may give its processes a user of Redis that has its keys and nothing else.
#[tokio::test]
async fn a_redis_that_allows_no_channel_is_of_use_for_all_else() {
    let Some(own) = OwnRedis::start().await else { return };
    let prefix = prefix();
    let all = redis(&own.url(), &prefix).await;
    let mut user = ::redis::cmd("ACL");
    user.arg("SETUSER").arg("kept").arg("on").arg(">secret").arg("~*").arg("+@all");
    user.arg("resetchannels");
    all.ask::<()>(&user).await.unwrap();
    let narrow = redis(&own.url().replace("redis://", "redis://kept:secret@"), &prefix).await;
    let bell = Bell::new(Some(&narrow));
    let mut listener = bell.listen("news");
    for _ in 0..20 {
        bell.ring("news");
        rings(&mut listener).await;
        sleep(Duration::from_millis(50)).await;
        assert!(!narrow.is_away() && !bell.hears_others());
    }
}
