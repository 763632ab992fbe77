//! Through the front door, on a fresh database.

mod events;
mod favourites;
mod picks;
mod reports;
mod views;

use host::Part;
use serde_json::Value;
use testkit::{Bench, Caller, operator};

const PARTS: &[Part] = &[insight::PART];

async fn bench() -> Bench {
    Bench::of(PARTS).start().await
}

fn runner(bench: &Bench) -> Caller {
    bench.signed("insight", &operator())
}

/// Waits until everything that was told has been handled.
async fn handled(bench: &Bench) {
    let look = || async {
        let waiting: i64 = sqlx::query_scalar("select count(*) from feed.message")
            .fetch_one(&mut bench.connection().await)
            .await
            .unwrap();
        (waiting == 0).then_some(())
    };
    bench.eventually("all is handled", look).await;
}

/// The items of a list, as soon as there are so many.
async fn items(bench: &Bench, caller: &Caller, path: &str, many: usize) -> Vec<Value> {
    let look = || async {
        let answer: Value = caller.get(path).await.ok();
        let items = answer["items"].as_array().unwrap().clone();
        (items.len() == many).then_some(items)
    };
    bench.eventually(&format!("{many} items at {path}"), look).await
}

/// The names in a list.
fn names(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["name"].as_str().unwrap()).collect()
}
