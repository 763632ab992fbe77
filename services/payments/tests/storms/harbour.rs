//! A house with one provider, which many payments pass at once.

use std::time::Duration;

use host::Part;
use http::Method;
use kernel::{Clock, Money, OrderId};
use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::{Bench, Caller, StandIn, Webhook};

use super::{
    boat::Boat,
    ends::{self, End},
    flows::Provider,
    lookout::Lookout,
};
use crate::shop::Shop;

const PARTS: &[Part] = &[payments::PART];
/// How often it is looked, and how far the clock has gone by then: polls and repeats are soon due.
const PACE: Duration = Duration::from_millis(30);
const SECONDS: i64 = 3;
/// How soon somebody is told that nothing is left to do.
const QUIET: Duration = Duration::from_millis(10);
/// Whatever takes longer never happens.
pub const STUCK: Duration = Duration::from_mins(2);

/// What is left to do, by its names.
const LEFT: &str = "select concat_ws(', ',
    (select 'notice ' || kind || ' ' || coalesce(error, '') from payments.webhook_inbox
     where handled_at is null limit 1),
    (select 'operation ' || kind || ' ' || coalesce(error, '') from payments.operation
     where ended_at is null and not ($1 and error is not null) limit 1),
    (select 'payment ' || id from payments.payment
     where state = 'open' and spent_at is not null and superseded_at is not null limit 1),
    (select 'event ' || kind || ' ' || coalesce(error, '') from feed.message limit 1))";

pub struct Harbour<S> {
    pub shop: Shop,
    pub provider: Provider,
    pub stand_in: S,
    pub lookout: Lookout,
    pub db: PgPool,
    provider_calls: Caller,
    webhooks: String,
}

impl<S: StandIn> Harbour<S> {
    pub async fn open(provider: Provider, stand_in: impl AsyncFn(Clock) -> S) -> Self {
        let clock = Clock::turned(testkit::NOON.parse().unwrap());
        let stand_in = stand_in(clock.clone()).await;
        stand_in.send_to(None);
        // The clock goes fast: what somebody has in hand stays theirs for long.
        let settings = format!(
            "[payments]\npatience_ms = 60000\npoll_open_seconds = 60\n{}",
            stand_in.settings()
        );
        let bench = Bench::of(PARTS).clock(clock).settings(&settings).job_pace_ms(200);
        let bench = bench.start().await;
        // Also where the provider wants to have approved the sale of alcohol.
        let way = json!({"way": format!("{}:main", S::PROVIDER), "label": "Card", "active": true});
        let operator = bench.signed("payments", &testkit::operator());
        operator.put("/v1/payments/ways", way).await.ok::<Value>();
        let pool = sqlx::postgres::PgPoolOptions::new().max_connections(4);
        let db = pool.connect(&bench.database_url).await.unwrap();
        Self {
            provider_calls: bench.anyone("payments"),
            shop: Shop { bench, customer: testkit::customer() },
            provider,
            stand_in,
            lookout: Lookout::new(db.clone()),
            db,
            webhooks: format!("/v1/payments/webhooks/{}/main", S::PROVIDER),
        }
    }

    /// Looks out for as long as anybody is at sea.
    pub async fn look_out(&self) {
        loop {
            self.shop.bench.advance(SECONDS);
            self.look().await;
            tokio::time::sleep(PACE).await;
        }
    }

    pub fn start_of(&self, order: OrderId, amount: Money) -> payments_api::Start {
        payments_api::Start { amount, ..self.shop.start_of(order, amount.amount) }
    }

    /// Sends the nth webhook of an order.
    pub fn send(&self, order: OrderId, nth: usize) -> impl Future<Output = ()> + use<S> {
        let place = self.lookout.webhook(order, nth).expect("it was told");
        let webhook = self.stand_in.webhook(place, self.shop.bench.now()).expect("it was told");
        let Webhook { kind, headers, body } = webhook;
        let (caller, path) =
            (self.provider_calls.clone().with_all(&headers), self.webhooks.clone());
        async move {
            let answer = caller.send(Method::POST, &path, body.into()).await;
            assert_eq!(answer.status, 200, "{kind}: {}", answer.body);
        }
    }

    /// Waits until nothing is left to do here; but for what banks have in hand, where they still think.
    pub async fn quiet(&self, banks_think: bool) {
        let began = tokio::time::Instant::now();
        loop {
            let left: String =
                sqlx::query_scalar(LEFT).bind(banks_think).fetch_one(&self.db).await.unwrap();
            if left.is_empty() {
                break;
            }
            assert!(began.elapsed() < STUCK, "it is never quiet: {left}");
            tokio::time::sleep(QUIET).await;
        }
        self.look().await;
    }

    async fn look(&self) {
        let now = self.shop.bench.now();
        let webhook = |nth| self.stand_in.webhook(nth, now).expect("it was told");
        self.lookout.look(self.stand_in.told(), webhook).await;
    }

    /// That all webhooks were kept and handled, and that retries began nothing at the provider.
    pub async fn check(&self) {
        // PayPal sends a copy as another transmission.
        let kept = "select count(distinct md5(body)) from payments.webhook_inbox";
        let kept = self.shop.count(kept).await;
        assert_eq!(usize::try_from(kept).unwrap(), self.stand_in.told());
        let failed = "select count(*) from payments.webhook_inbox
                      where handled_at is null or error is not null";
        assert_eq!(self.shop.count(failed).await, 0);
        let payments = self.shop.count("select count(*) from payments.payment").await;
        assert_eq!(usize::try_from(payments).unwrap(), self.stand_in.names().len());
    }

    /// What the provider has told of this order, oldest first.
    pub fn kinds(&self, boat: &Boat) -> Vec<String> {
        self.lookout.kinds(boat.order)
    }

    /// Where all these ended.
    pub async fn ends(&self, boats: &[Boat]) -> Vec<End> {
        let orders: Vec<OrderId> = boats.iter().map(|boat| boat.order).collect();
        let here = ends::here(&self.db, &orders).await;
        let end = |boat: &Boat| End {
            here: here[&boat.order.uuid()].clone(),
            books: boat.names().iter().map(|name| self.stand_in.book(name)).collect(),
        };
        boats.iter().map(end).collect()
    }
}
