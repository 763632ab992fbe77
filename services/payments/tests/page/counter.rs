//! A shop that is paid at all providers, and the checkout page as a browser asks for it.

use host::Part;
use http::Method;
use jiff::SignedDuration;
use kernel::{Actor, AlcoholClass, Clock, OrderId, StoreId, VendorId};
use orders_api::{Move, OrderMoved, State};
use payments_api::{Part as SalePart, PartKind, Sale, Start, Started};
use serde_json::{Value, json};
use testkit::{Answer, Bench, Caller, PayPal, Razorpay, StandIn, Stripe};

use crate::shop::{facts, usd};

const PARTS: &[Part] = &[payments::PART, sandbox::PART];
const URL: &str = "https://shop.example";
const KEY: &str = "sk_test_of_the_sandbox_for_tests";

pub struct Counter {
    pub bench: Bench,
    pub stripe: Stripe,
    pub paypal: PayPal,
    /// Another account at PayPal, for cards.
    pub cards: PayPal,
    pub razorpay: Razorpay,
    pub customer: Actor,
}

impl Counter {
    pub async fn open() -> Self {
        let clock = Clock::turned(testkit::NOON.parse().unwrap());
        Self::at(URL, clock, false).await
    }

    /// At this address; with providers' scripts, or the stand-ins' own.
    pub async fn at(url: &str, clock: Clock, own_scripts: bool) -> Self {
        let stripe = Stripe::start(clock.clone()).await;
        let (paypal, cards) =
            (PayPal::start(clock.clone()).await, PayPal::start(clock.clone()).await);
        let razorpay = Razorpay::start(clock.clone()).await;
        let script = |base: &str, path: &str| {
            if own_scripts { format!("script_url = \"{base}{path}\"\n") } else { String::new() }
        };
        let settings = format!(
            "public_url = \"{url}\"\n[payments]\npatience_ms = 1000\n\
             [payments.sandbox]\nsecret_key = \"{KEY}\"\n\
             webhook_secret = \"{KEY}\"\n[sandbox]\nsecret_key = \"{KEY}\"\n\
             webhook_secret = \"{KEY}\"\n{}{}{}pays_with = \"card\"\n{}",
            stripe.settings() + &script(stripe.base_url(), "/v3/"),
            paypal.settings() + &script(paypal.base_url(), "/sdk/js"),
            cards.settings().replace("paypal.main", "paypal.card")
                + &script(cards.base_url(), "/sdk/js"),
            razorpay.settings() + &script(&razorpay.base_url, "/v1/checkout.js"),
        );
        let bench = Bench::of(PARTS).clock(clock).settings(&settings).start().await;
        let counter =
            Self { bench, stripe, paypal, cards, razorpay, customer: testkit::customer() };
        let labels = [
            ("stripe:main", "Card"),
            ("paypal:main", "PayPal"),
            ("paypal:card", "Card at PayPal"),
            ("razorpay:main", "UPI"),
        ];
        let operator = counter.bench.signed("payments", &testkit::operator());
        for (place, (way, label)) in labels.iter().enumerate() {
            let way = json!({"way": way, "label": label, "place": place, "active": true});
            operator.put("/v1/payments/ways", way).await.ok::<Value>();
        }
        counter
    }

    /// A payment of 25.99 dollars that waits for its customer.
    pub async fn start(&self, way: &str, order: OrderId) -> Started {
        let start = self.start_of(way, order);
        self.bench.house("payments").post("/internal/payments/payments", &start).await.ok()
    }

    pub fn start_of(&self, way: &str, order: OrderId) -> Start {
        let (store, vendor, amount) = (StoreId::new(), VendorId::new(), usd(2599));
        let part = SalePart {
            kind: PartKind::DeliveryFee,
            authority: None,
            label: "Delivery".into(),
            ppm: None,
            amount,
        };
        let sale = Sale {
            vendor,
            store,
            store_name: "Corner Cellar".into(),
            store_address: "1 Main Street".into(),
            time_zone: "America/Chicago".into(),
            number: "<K7Q2-9F>".into(),
            recipient: "Ann Lee".into(),
            address: "2 Elm Street".into(),
            lines: Vec::new(),
            charges: vec![part],
        };
        Start {
            order,
            customer: self.customer.customer(),
            amount,
            store,
            vendor,
            classes: vec![AlcoholClass::Wine],
            with: Some(way.into()),
            save_method: false,
            saved_method: None,
            description: "Order K7Q2-9F".into(),
            pay_by: self.bench.now() + SignedDuration::from_mins(30),
            sale: Some(sale),
        }
    }

    /// The page's path, from where the customer is told to pay.
    pub fn path(started: &Started) -> String {
        let path = started.pay_url.strip_prefix(URL).expect("a page of ours");
        path.to_owned()
    }

    /// A browser without a token.
    pub fn browser(&self) -> Caller {
        self.bench.anyone("payments")
    }

    pub async fn page(&self, path: &str) -> String {
        let answer = self.browser().get(path).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        // As a person reads it.
        answer.body.as_str().expect("a page").replace("&#x2f;", "/")
    }

    pub async fn stage(&self, path: &str) -> String {
        let state: Value = self.browser().get(&format!("{path}/state")).await.ok();
        state["stage"].as_str().expect("a stage").to_owned()
    }

    /// What the page's form sends.
    pub async fn form(&self, path: &str, form: &str) -> Answer {
        let browser = self.browser().with("content-type", "application/x-www-form-urlencoded");
        browser.send(Method::POST, path, form.to_owned().into()).await
    }

    /// Chooses another way; the page that it leads to.
    pub async fn choose(&self, path: &str, way: &str) -> String {
        let answer = self.form(path, &format!("way={way}")).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        answer.headers["location"].to_str().unwrap().to_owned()
    }

    /// The component on the page is done, so long after the last time that the provider is asked.
    pub async fn back(&self, path: &str, brought: &Value) -> Answer {
        self.bench.advance(1);
        self.browser().post(&format!("{path}/return"), brought).await
    }

    pub async fn cancel(&self, order: OrderId) {
        let event = OrderMoved {
            order: facts(&self.customer, order, self.bench.now()),
            state: State::Cancelled,
            moved: Move::Cancelled { reason: "the store is closed".into() },
            version: 1,
        };
        self.bench.tell(&event).await;
    }
}
