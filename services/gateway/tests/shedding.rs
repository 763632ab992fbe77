//! What is turned away first where much is going on.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{Router, extract::Request};
use testkit::{Bench, Caller};
use tokio::{sync::watch, task::JoinHandle};

/// Services that hold a request for as long as the door is shut, where its query says so.
#[derive(Clone)]
struct Held {
    door: Arc<watch::Sender<bool>>,
    inside: Arc<AtomicUsize>,
}

impl Held {
    fn service(&self) -> Router {
        let held = self.clone();
        Router::new().fallback(move |request: Request| {
            let (held, waits) = (held.clone(), request.uri().query() == Some("hold"));
            async move {
                if waits {
                    held.inside.fetch_add(1, Ordering::SeqCst);
                    let _ = held.door.subscribe().wait_for(|open| *open).await;
                }
                "fine"
            }
        })
    }
}

struct Full {
    bench: Bench,
    anyone: Caller,
    driver: Caller,
    held: Held,
    waiting: Vec<JoinHandle<testkit::Answer>>,
}

impl Full {
    /// A gateway with twenty places.
    async fn start() -> Self {
        let held = Held { door: Arc::new(watch::Sender::new(false)), inside: Arc::default() };
        let mut bench = Bench::of(super::PARTS).settings("[gateway]\nmost_at_once = 20");
        for service in ["catalogue", "cart", "orders", "delivery", "payments"] {
            bench = bench.stand_in(service, held.service());
        }
        let bench = bench.start().await;
        let anyone = bench.anyone("gateway");
        let driver = bench.signed("gateway", &testkit::driver());
        Self { bench, anyone, driver, held, waiting: Vec::new() }
    }

    /// Takes more places, until so many are taken.
    async fn fill(&mut self, path: &'static str, wanted: usize) {
        for _ in self.waiting.len()..wanted {
            let driver = self.driver.clone();
            let path = format!("{path}?hold");
            self.waiting.push(tokio::spawn(async move { driver.get(&path).await }));
        }
        let inside = Arc::clone(&self.held.inside);
        let full = || async { (inside.load(Ordering::SeqCst) == wanted).then_some(()) };
        self.bench.eventually("they are inside", full).await;
    }
}

const PRODUCTS: &str = "/v1/catalogue/products";
const SEARCH: &str = "/v1/catalogue/products?q=rye";
const CARTS: &str = "/v1/cart/carts";
const ORDERS: &str = "/v1/orders/orders";
const ME: &str = "/v1/delivery/me";
const WEBHOOK: &str = "/v1/payments/webhooks/stripe/us";

#[tokio::test]
async fn the_fuller_it_is_the_more_a_request_has_to_matter() {
    let mut full = Full::start().await;
    // The class that is turned away from so many on.
    let rising = [(9, PRODUCTS), (10, SEARCH), (11, CARTS), (13, ORDERS)];
    for (step, (taken, first)) in rising.into_iter().enumerate() {
        full.fill(ORDERS, taken).await;
        let answer = full.anyone.get(first).await;
        assert_eq!(answer.headers["retry-after"], "1");
        answer.refused(503, "overloaded");
        for (_, gone) in &rising[..step] {
            full.anyone.get(gone).await.refused(503, "overloaded");
        }
        for (_, still) in &rising[step + 1..] {
            assert_eq!(full.anyone.get(still).await.status, 200, "{still} beside {taken}");
        }
        full.anyone.get(ME).await.refused(503, "overloaded");
        assert_eq!(full.driver.get(ME).await.status, 200);
        assert_eq!(full.anyone.post(WEBHOOK, ()).await.status, 200);
    }
    full.fill(ME, 17).await;
    full.driver.get(ME).await.refused(503, "overloaded");
    full.fill(WEBHOOK, 20).await;
    full.anyone.post(WEBHOOK, ()).await.refused(503, "overloaded");
    assert_eq!(full.anyone.get("/healthz").await.status, 200, "probes are never turned away");
    full.held.door.send_replace(true);
    for waiting in full.waiting {
        assert_eq!(waiting.await.unwrap().status, 200, "what was let in is served");
    }
    assert_eq!(full.anyone.get(PRODUCTS).await.status, 200);
}
