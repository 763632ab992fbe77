//! Who asks too often, and a provider that is asked too often.

use std::sync::{Arc, Mutex, OnceLock};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::OrderId;
use payments_api::Started;
use serde_json::{Value, json};
use testkit::{Answer, Call, Pays, StandIn};
use tokio::net::TcpListener;

use super::Till;

/// What is said instead of what Stripe says.
#[derive(Clone, PartialEq, Eq)]
enum Says {
    Nothing,
    Crowded {
        retry_after: &'static str,
    },
    /// Something that nobody understands, of this payment.
    Unclear {
        name: String,
    },
}

/// Between us and the stand-in.
struct Between {
    stripe: OnceLock<String>,
    says: Mutex<Says>,
    asked: Mutex<u32>,
}

impl Between {
    async fn open() -> (Arc<Self>, Till) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let between = Arc::new(Self {
            stripe: OnceLock::new(),
            says: Mutex::new(Says::Nothing),
            asked: Mutex::default(),
        });
        let router = Router::new().fallback(pass).with_state(Arc::clone(&between));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let stripe = &between.stripe;
        let till = Till::with(false, |settings| {
            let base = settings.split("base_url = \"").nth(1).unwrap().split('"').next().unwrap();
            stripe.set(base.to_owned()).unwrap();
            settings.replace(base, &address)
        })
        .await;
        till.stripe.send_to(None);
        (between, till)
    }

    fn say(&self, says: Says) {
        *self.says.lock().unwrap() = says;
    }

    fn asked(&self) -> u32 {
        *self.asked.lock().unwrap()
    }
}

async fn pass(State(between): State<Arc<Between>>, request: Request) -> Response {
    *between.asked.lock().unwrap() += 1;
    let says = between.says.lock().unwrap().clone();
    let path = request.uri().path_and_query().unwrap().as_str().to_owned();
    match says {
        Says::Crowded { retry_after } => {
            let headers = [(header::RETRY_AFTER, retry_after)];
            return (StatusCode::TOO_MANY_REQUESTS, headers, "{}").into_response();
        }
        Says::Unclear { name } if path.contains(&name) => return "[]".into_response(),
        _ => {}
    }
    let (mut parts, body) = request.into_parts();
    parts.headers.remove(header::HOST);
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let there = format!("{}{path}", between.stripe.get().unwrap());
    let client = reqwest::Client::new().request(parts.method, there);
    let answer = client.headers(parts.headers).body(body).send().await.unwrap();
    let status = answer.status();
    (status, Body::from(answer.bytes().await.unwrap())).into_response()
}

/// A browser is back, however soon.
async fn back(till: &Till, started: &Started) -> Answer {
    let path = format!("/v1/payments/payments/{}/return", started.payment);
    till.shop.customer().post(&path, json!({})).await
}

async fn answers(till: &Till, started: &Started) -> bool {
    let path = format!("/v1/payments/payments/{}/ways", started.payment);
    let offered: Value = till.shop.customer().get(&path).await.ok();
    offered["ways"][0]["answers"].as_bool().unwrap()
}

#[tokio::test]
async fn browsers_that_come_back_at_once_have_the_provider_asked_once() {
    let (_, till) = Between::open().await;
    let started = till.start(OrderId::new(), 2599).await;
    let page = started.pay_url.split_once("/pay/").unwrap().1;
    let page = format!("/pay/{page}/return");
    let link = till.shop.bench.anyone("payments");
    let asked = || till.stripe.asked(Call::Retrieve);
    let before = asked();
    let by_link = futures::future::join_all((0..8).map(|_| link.post(&page, json!({}))));
    let signed = futures::future::join_all((0..8).map(|_| back(&till, &started)));
    let (by_link, signed) = tokio::join!(by_link, signed);
    assert!(by_link.iter().all(|answer| answer.status == 200), "{by_link:?}");
    for answer in signed {
        assert_eq!(answer.ok::<Value>()["state"], "open");
    }
    assert_eq!(asked() - before, 1);
    // Too soon: what is known is told, and the provider is asked a moment later without anybody.
    till.stripe.pay(&started.provider_payment, Pays::Plainly).await;
    assert_eq!(back(&till, &started).await.ok::<Value>()["state"], "open");
    assert_eq!(asked() - before, 1);
    till.shop.bench.advance(1);
    let known = || async { (till.state(&started).await == "authorised").then_some(()) };
    till.shop.bench.eventually("it is looked at a second later", known).await;
    // And a second later it may be asked again.
    let (before, other) = (asked(), till.start(OrderId::new(), 2599).await);
    for _ in 0..3 {
        till.shop.bench.advance(1);
        back(&till, &other).await.ok::<Value>();
    }
    assert_eq!(asked() - before, 3);
}

#[tokio::test]
async fn too_many_calls_slow_an_account_down_and_do_not_break_it_off() {
    let (between, till) = Between::open().await;
    let (one, other) =
        (till.start(OrderId::new(), 2599).await, till.start(OrderId::new(), 2599).await);
    between.say(Says::Crowded { retry_after: "17" });
    let before = between.asked();
    for _ in 0..7 {
        till.shop.bench.advance(1);
        for started in [&one, &other] {
            back(&till, started).await.refused(503, "unavailable");
        }
    }
    assert_eq!(between.asked() - before, 1, "it said when it can be asked again");
    assert!(answers(&till, &one).await, "it is offered as before");
    between.say(Says::Nothing);
    till.shop.bench.advance(9);
    back(&till, &one).await.refused(503, "unavailable");
    till.shop.bench.advance(2);
    assert_eq!(back(&till, &one).await.ok::<Value>()["state"], "open");
}

#[tokio::test]
async fn what_one_payment_alone_provokes_breaks_nothing_off_for_others() {
    let (between, till) = Between::open().await;
    let (bad, good) =
        (till.start(OrderId::new(), 2599).await, till.start(OrderId::new(), 2599).await);
    between.say(Says::Unclear { name: bad.provider_payment.clone() });
    for _ in 0..12 {
        till.shop.bench.advance(1);
        back(&till, &bad).await.refused(503, "unavailable");
    }
    assert!(answers(&till, &good).await);
    till.pay(&good, Pays::Plainly).await;
    assert_eq!(till.state(&good).await, "authorised");
}
