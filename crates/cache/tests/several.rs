//! Processes that share a Redis.

use std::{sync::Arc, time::Duration};

use cache::{Cache, Times};
use testkit::shared_redis;
use tokio::{sync::Barrier, task::JoinSet, time::sleep};

use super::{LONG, Truth, eventually, long, over, prefix, redis};

/// Two processes with one Redis.
async fn two(times: Times) -> Option<[Cache; 2]> {
    let (url, prefix) = (shared_redis()?, prefix());
    let [one, other] = [redis(&url, &prefix).await, redis(&url, &prefix).await];
    Some([over(&one, times), over(&other, times)])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn askers_at_once_in_all_processes_share_one_load() {
    let Some(caches) = two(long()).await else { return };
    let (truth, barrier) = (Truth::closed(), Arc::new(Barrier::new(41)));
    let mut askers = JoinSet::new();
    for place in 0..40 {
        let (cache, truth) = (caches[place % 2].clone(), truth.clone());
        let barrier = Arc::clone(&barrier);
        askers.spawn(async move {
            barrier.wait().await;
            truth.by(&cache).await
        });
    }
    barrier.wait().await;
    truth.begun.notified().await;
    // Time for the other process to ask, and to be told to wait.
    sleep(Duration::from_millis(100)).await;
    truth.release();
    assert_eq!(askers.join_all().await, [0; 40]);
    assert_eq!(truth.loads(), 1);
}

#[tokio::test]
async fn one_of_them_loads_anew_what_is_stale() {
    let Some(caches) = two(Times::new(Duration::from_millis(1), LONG)).await else { return };
    let truth = Truth::open();
    for cache in &caches {
        assert_eq!(truth.by(cache).await, 0);
    }
    eventually("what was begun has ended", async || {
        let before = truth.loads();
        sleep(Duration::from_millis(100)).await;
        truth.loads() == before
    })
    .await;
    let changed = Truth::closed();
    changed.set(1);
    for _ in 0..6 {
        sleep(Duration::from_millis(100)).await;
        for cache in &caches {
            assert_eq!(changed.by(cache).await, 0);
        }
    }
    assert_eq!(changed.loads(), 1);
}

#[tokio::test]
async fn what_one_forgets_the_others_forget_in_a_moment() {
    let Some([one, other]) = two(long()).await else { return };
    for (all, key) in [(true, "a"), (false, "b")] {
        let truth = Truth::open();
        assert_eq!((truth.of(&one, key).await, truth.of(&other, key).await), (0, 0));
        assert_eq!(truth.loads(), 1);
        truth.set(1);
        if all {
            one.forget_all().await;
        } else {
            one.forget(key).await;
        }
        assert_eq!(truth.of(&one, key).await, 1);
        eventually("the other knows", async || truth.of(&other, key).await == 1).await;
    }
}

/// The other process's load read before the change, and its answer comes after it.
#[tokio::test]
async fn what_another_process_began_before_a_change_is_not_kept_after_it() {
    let Some([one, other]) = two(long()).await else { return };
    for (all, key) in [(true, "a"), (false, "b")] {
        let (early, late) = (Truth::closed(), Truth::open());
        let asker = (other.clone(), early.clone());
        let asker = tokio::spawn(async move { asker.1.of(&asker.0, key).await });
        early.begun.notified().await;
        late.set(1);
        if all {
            one.forget_all().await;
        } else {
            one.forget(key).await;
        }
        early.release();
        assert_eq!(asker.await.unwrap(), 0);
        assert_eq!(late.of(&one, key).await, 1);
        eventually("the other gives it up", async || late.of(&other, key).await == 1).await;
    }
}

#[tokio::test]
async fn bytes_of_another_shape_are_never_read() {
    let Some(url) = shared_redis() else { return };
    let redis = redis(&url, &prefix()).await;
    let [old, new] =
        ["1", "2"].map(|shape| Cache::of_bytes(Some(&redis), ("names", shape), long(), 1 << 20));
    let truth = Truth::open();
    assert_eq!(truth.by(&old).await, 0);
    truth.set(1);
    assert_eq!(truth.by(&new).await, 1);
    // A change that either makes known holds for both.
    truth.set(2);
    new.forget_all().await;
    eventually("both know", async || truth.by(&old).await == 2).await;
}

#[tokio::test]
async fn who_was_killed_while_loading_holds_nobody_up() {
    let (Some(url), prefix) = (shared_redis(), prefix()) else { return };
    let own = redis(&url, &prefix).await;
    let cache = over(&own, long());
    // The namespace's version, and under it somebody's right to load.
    assert_eq!(Truth::open().of(&cache, "other").await, 0);
    let mut version = ::redis::cmd("GET");
    version.arg(own.key("{names}:version"));
    let version: String = own.ask(&version).await.unwrap();
    let mut lease = ::redis::cmd("SET");
    lease
        .arg(own.key(format!("{{names}}:1:{version}:key:lease")))
        .arg("gone")
        .arg("PX")
        .arg(60_000);
    own.ask::<()>(&lease).await.unwrap();
    let truth = Truth::open();
    assert_eq!(truth.by(&cache).await, 0);
    assert_eq!(truth.loads(), 1);
}
