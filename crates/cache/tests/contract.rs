use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use cache::Times;
use tokio::{sync::Barrier, task::JoinSet, time::sleep};

use super::{LONG, Truth, eventually, kinds, long};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn askers_at_once_share_one_load() {
    for cache in kinds(long()).await {
        let (truth, barrier) = (Truth::closed(), Arc::new(Barrier::new(51)));
        truth.set(7);
        let mut askers = JoinSet::new();
        for _ in 0..50 {
            let (cache, truth, barrier) = (cache.clone(), truth.clone(), Arc::clone(&barrier));
            askers.spawn(async move {
                barrier.wait().await;
                truth.by(&cache).await
            });
        }
        barrier.wait().await;
        truth.begun.notified().await;
        truth.release();
        assert_eq!(askers.join_all().await, [7; 50]);
        assert_eq!(truth.loads(), 1);
    }
}

#[tokio::test]
async fn what_is_kept_is_not_asked_for_again() {
    for cache in kinds(long()).await {
        let truth = Truth::open();
        for key in ["a", "b", "a", "b", "a"] {
            assert_eq!(truth.of(&cache, key).await, 0);
        }
        assert_eq!(truth.loads(), 2);
    }
}

#[tokio::test]
async fn a_failed_load_keeps_nothing() {
    for cache in kinds(long()).await {
        let failed = cache.get("key", async { anyhow::bail!("on purpose") }).await;
        assert_eq!(failed.unwrap_err().root_cause().to_string(), "on purpose");
        assert_eq!(Truth::open().by(&cache).await, 0);
    }
}

#[tokio::test]
async fn an_asker_who_leaves_spoils_it_for_nobody() {
    for cache in kinds(long()).await {
        let truth = Truth::closed();
        let (leaver, other) = ((cache.clone(), truth.clone()), (cache.clone(), truth.clone()));
        let leaver = tokio::spawn(async move { leaver.1.by(&leaver.0).await });
        truth.begun.notified().await;
        let other = tokio::spawn(async move { other.1.by(&other.0).await });
        leaver.abort();
        assert!(leaver.await.unwrap_err().is_cancelled());
        truth.release();
        assert_eq!(other.await.unwrap(), 0);
        assert_eq!(truth.by(&cache).await, 0);
        assert_eq!(truth.loads(), 2);
    }
}

#[tokio::test]
async fn what_is_stale_is_given_while_one_loads_it_anew() {
    for cache in kinds(Times::new(Duration::from_millis(1), LONG)).await {
        let truth = Truth::open();
        assert_eq!(truth.by(&cache).await, 0);
        let changed = Truth::closed();
        changed.set(1);
        // Longer than a process with Redis answers from its own memory.
        for _ in 0..6 {
            sleep(Duration::from_millis(100)).await;
            assert_eq!(changed.by(&cache).await, 0, "nobody waits for what is loaded");
        }
        assert_eq!(changed.loads(), 1);
        changed.release();
        eventually("the new value is given", async || changed.by(&cache).await == 1).await;
    }
}

#[tokio::test]
async fn nothing_is_given_that_is_too_old() {
    for cache in kinds(Times::new(Duration::from_millis(1), Duration::from_millis(50))).await {
        let truth = Truth::open();
        assert_eq!(truth.by(&cache).await, 0);
        truth.set(1);
        sleep(Duration::from_millis(60)).await;
        assert_eq!(truth.by(&cache).await, 1);
    }
}

#[tokio::test]
async fn where_nothing_is_fresh_nothing_is_kept() {
    for cache in kinds(Times::new(Duration::ZERO, LONG)).await {
        let truth = Truth::open();
        truth.by(&cache).await;
        truth.by(&cache).await;
        assert_eq!(truth.loads(), 2);
    }
}

/// A load that read before the change ends after it: that is what versions are for.
#[tokio::test]
async fn a_load_that_began_before_a_change_is_not_kept_after_it() {
    for all in [false, true] {
        for cache in kinds(long()).await {
            let (early, late) = (Truth::closed(), Truth::open());
            let asker = (cache.clone(), early.clone());
            let asker = tokio::spawn(async move { asker.1.by(&asker.0).await });
            early.begun.notified().await;
            late.set(1);
            if all {
                cache.forget_all().await;
            } else {
                cache.forget("key").await;
            }
            // Nobody joins it either.
            assert_eq!(late.by(&cache).await, 1);
            early.release();
            assert_eq!(asker.await.unwrap(), 0, "who asked before may hear what was so then");
            assert_eq!(late.by(&cache).await, 1);
            sleep(Duration::from_millis(300)).await;
            assert_eq!(late.by(&cache).await, 1);
            assert_eq!(late.loads(), 1);
        }
    }
}

#[tokio::test]
async fn one_key_is_forgotten_and_no_other() {
    for cache in kinds(long()).await {
        let truth = Truth::open();
        truth.of(&cache, "a").await;
        truth.of(&cache, "b").await;
        truth.set(1);
        cache.forget("a").await;
        assert_eq!((truth.of(&cache, "a").await, truth.of(&cache, "b").await), (1, 0));
        cache.forget_all().await;
        assert_eq!(truth.of(&cache, "b").await, 1);
    }
}

#[tokio::test]
async fn what_changes_all_the_time_is_forgotten_now_and_then_and_its_last_change_is_seen() {
    for cache in kinds(long()).await {
        let (truth, begun) = (Truth::open(), Instant::now());
        assert_eq!(truth.by(&cache).await, 0);
        for now in 1..=200 {
            truth.set(now);
            cache.forget_all_soon();
            truth.by(&cache).await;
            sleep(Duration::from_millis(5)).await;
        }
        eventually("the last change is seen", async || truth.by(&cache).await == 200).await;
        let most = u64::try_from(begun.elapsed().as_millis() / 500).unwrap() + 2;
        assert!(truth.loads() <= 1 + most, "{} loads", truth.loads());
        // Where all is quiet it is done at once.
        sleep(Duration::from_millis(600)).await;
        truth.set(201);
        cache.forget_all_soon();
        eventually("a change is seen", async || truth.by(&cache).await == 201).await;
    }
}

/// Whoever has changed something and forgotten it never reads what was before, whatever others do.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn in_a_storm_nobody_reads_what_was_before_their_change() {
    for cache in kinds(Times::new(Duration::from_millis(2), LONG)).await {
        let (truth, barrier) = (Truth::open(), Arc::new(Barrier::new(9)));
        let mut people = JoinSet::new();
        for _ in 0..8 {
            let (cache, truth, barrier) = (cache.clone(), truth.clone(), Arc::clone(&barrier));
            people.spawn(async move {
                barrier.wait().await;
                for round in 0..40 {
                    let seen = truth.by(&cache).await;
                    let mine = truth.now.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1;
                    assert!(seen < mine);
                    if round % 2 == 0 {
                        cache.forget_all().await;
                    } else {
                        cache.forget("key").await;
                    }
                    assert!(truth.by(&cache).await >= mine, "their own change");
                }
            });
        }
        barrier.wait().await;
        while let Some(ended) = people.join_next().await {
            ended.unwrap();
        }
    }
}
