use std::{collections::BTreeMap, sync::Arc, time::Duration};

use delivery_api::{JobMove, JobMoved};
use kernel::OrderId;
use serde_json::{Value, json};

use crate::scene::{Driver, OF_AGE, Scene, north, scene};

const ORDERS: usize = 14;
const DRIVERS: usize = 4;

/// Does whatever is next, as an app would; declines and lets pass now and then.
async fn work(scene: Arc<Scene>, driver: Driver, number: usize) {
    let mut turn = number;
    loop {
        turn += 1;
        let me = driver.me().await;
        if let Some(offer) = me["offer"]["offer"].as_str() {
            let answer = match turn % 5 {
                0 => driver.decline(offer).await,
                1 => continue,
                _ => driver.accept(offer).await,
            };
            assert!(answer.status.as_u16() < 500, "{:?}", answer.body);
        }
        let job = me["job"]["job"].as_str().and_then(|job| job.parse().ok());
        if let (Some(job), Some(deed)) = (job, me["job"]["can"][0].as_str()) {
            let answer = match deed {
                "pick_up" => driver.act(job, "pick-up").await,
                "arrive" => driver.act(job, "arrive").await,
                "check" if turn.is_multiple_of(3) => {
                    let input = json!({ "because": "nobody_there" });
                    driver.act_with(job, "refuse", input).await
                }
                "check" => {
                    let checked = crate::scene::document(OF_AGE);
                    driver.act_with(job, "check", checked).await;
                    driver.hand_over(job).await
                }
                _ => driver.act(job, "return").await,
            };
            // Cancelled meanwhile, perhaps; never broken.
            assert!(answer.status.as_u16() < 500, "{:?}", answer.body);
        }
        scene.bench.advance(2);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_lost_or_doubled_when_everything_happens_at_once() {
    let scene = Arc::new(scene().await);
    let mut workers = tokio::task::JoinSet::new();
    for number in 0..DRIVERS {
        let driver = scene.driver("Dana", north(0.01 * number as f64)).await;
        workers.spawn(work(Arc::clone(&scene), driver, number));
    }
    let mut cancelled = Vec::new();
    for number in 0..ORDERS {
        let order = scene.order();
        scene.accepted(&order).await;
        scene.ready(&order).await;
        if number % 4 == 3 {
            scene.cancelled(&order, 6).await;
            cancelled.push(order.order);
        }
    }
    let operator = scene.bench.signed("delivery", &testkit::operator());
    let ended = || async {
        let list: Value = operator.get("/v1/delivery/jobs?limit=100").await.ok();
        let ends = ["handed_over", "returned", "cancelled"];
        let jobs = list["items"].as_array().unwrap();
        let open = jobs.iter().filter(|job| !ends.contains(&job["state"].as_str().unwrap()));
        (open.count() == 0).then_some(jobs.len())
    };
    assert_eq!(scene.bench.eventually("all orders end", ended).await, ORDERS);
    workers.shutdown().await;

    let mut moves: BTreeMap<OrderId, Vec<JobMove>> = BTreeMap::new();
    for event in scene.bench.told::<JobMoved>("delivery").await {
        moves.entry(event.order).or_default().push(event.moved);
    }
    for (order, moves) in moves {
        let count = |wanted: fn(&JobMove) -> bool| moves.iter().filter(|m| wanted(m)).count();
        let picked_up = count(|m| *m == JobMove::PickedUp);
        let handed = count(|m| matches!(m, JobMove::HandedOver { .. }));
        let back = count(|m| *m == JobMove::Returned);
        assert!(picked_up <= 1 && handed + back == picked_up, "{order}: {moves:?}");
        assert!(picked_up == 1 || cancelled.contains(&order), "{order}: {moves:?}");
    }
}
