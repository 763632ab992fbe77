//! Through the front door, on a fresh database, with a merchant at the end of a real socket.

mod intents;
mod pages;
mod webhooks;

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use host::Part;
use serde_json::{Value, json};
use testkit::{Answer, Bench, Caller};
use tokio::net::TcpListener;

const PARTS: &[Part] = &[sandbox::PART];
const SECRET_KEY: &str = "sk_test_of_the_sandbox_for_tests";
const WEBHOOK_SECRET: &str = "whsec_of_the_sandbox_for_tests";

const GOOD: &str = "4242424242424242";

struct Provider {
    bench: Bench,
    /// What the merchant was sent: the signature and the body.
    sent: Arc<Mutex<Vec<(String, String)>>>,
    /// What the merchant answers.
    answer: Arc<Mutex<StatusCode>>,
}

impl Provider {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let settings = format!(
            "[sandbox]\nsecret_key = \"{SECRET_KEY}\"\nwebhook_secret = \"{WEBHOOK_SECRET}\"\n\
             webhook_url = \"http://{address}/hook\"\nstall_ms = 50\n"
        );
        let bench = Bench::of(PARTS).settings(&settings).start().await;
        let sent: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
        let answer = Arc::new(Mutex::new(StatusCode::OK));
        let (keep, say) = (Arc::clone(&sent), Arc::clone(&answer));
        let merchant = post(async move |headers: HeaderMap, body: String| {
            let signature = headers["sandbox-signature"].to_str().unwrap().to_owned();
            keep.lock().unwrap().push((signature, body));
            *say.lock().unwrap()
        });
        let hook = Router::new().route("/hook", merchant);
        tokio::spawn(async move { axum::serve(listener, hook).await });
        Self { bench, sent, answer }
    }

    fn merchant(&self) -> Caller {
        self.browser().with("authorization", &format!("Bearer {SECRET_KEY}"))
    }

    fn browser(&self) -> Caller {
        self.bench.anyone("sandbox")
    }

    async fn create(&self) -> Value {
        self.merchant().post("/sandbox/v1/payment_intents", new_intent()).await.ok()
    }

    async fn confirm(&self, intent: &Value, card: &str) -> Answer {
        let path = format!("/sandbox/v1/payment_intents/{}/confirm", id(intent));
        let card = json!({"number": card, "exp": "12/34", "cvc": "123"});
        let body = json!({"client_secret": intent["client_secret"], "card": card});
        self.browser().post(&path, body).await
    }

    async fn act(&self, intent: &Value, what: &str, body: Value) -> Answer {
        let path = format!("/sandbox/v1/payment_intents/{}/{what}", id(intent));
        self.merchant().post(&path, body).await
    }

    async fn retrieve(&self, intent: &Value) -> Value {
        self.merchant().get(&format!("/sandbox/v1/payment_intents/{}", id(intent))).await.ok()
    }

    /// The kinds of events that the merchant was sent, in order.
    fn kinds(&self) -> Vec<String> {
        let kind = |(_, body): &(String, String)| {
            let event: Value = serde_json::from_str(body).unwrap();
            event["type"].as_str().unwrap().to_owned()
        };
        self.sent.lock().unwrap().iter().map(kind).collect()
    }
}

fn new_intent() -> Value {
    json!({
        "amount": 2599,
        "currency": "usd",
        "capture_method": "manual",
        "description": "<b>Order</b> K7Q2-9F",
        "metadata": {"order": "o1"},
        "return_url": "https://shop.example/orders/o1?from=pay",
    })
}

fn id(intent: &Value) -> &str {
    intent["id"].as_str().unwrap()
}

#[track_caller]
fn refused(answer: Answer, status: u16, code: &str) -> Value {
    let got = answer.body["error"]["code"].as_str();
    assert_eq!((answer.status.as_u16(), got), (status, Some(code)), "{:#}", answer.body);
    answer.body["error"].clone()
}
