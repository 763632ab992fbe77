//! Payments whose making was not answered, with what was kept, at each provider: it is found out what
//! became of them, whoever comes again.

use std::time::Duration;

use host::Part;
use kernel::{Clock, Currency, Money, OrderId, SavedMethodId};
use orders_api::{Move, OrderMoved, State};
use payments_api::{Start, Started};
use serde_json::{Value, json};
use sqlx::Row;
use testkit::{Bench, Call, Goes, PayPal, Pays, Razorpay, StandIn, Stripe, Window};

use crate::{
    saved::only,
    shop::{Shop, facts},
};

const PARTS: &[Part] = &[payments::PART];
const PATIENCE_MS: u64 = 2000;

/// A provider at which its customers keep what they pay with.
trait Keeps: StandIn {
    /// In it even Razorpay is paid, which tells its fees of rupees alone.
    const CURRENCY: Currency = Currency::USD;
    /// Whether a payment that waits can be ended there.
    const ENDS: bool = false;
    /// Whether what was kept pays without its customer's browser.
    const PAYS_ALONE: bool = false;

    async fn pay_and_keep(&self, started: &Started) -> Value {
        self.pay(&started.provider_payment, Pays::Plainly).await
    }
}

impl Keeps for Stripe {
    const ENDS: bool = true;
}

impl Keeps for PayPal {
    const PAYS_ALONE: bool = true;
}

impl Keeps for Razorpay {
    const CURRENCY: Currency = Currency::INR;

    async fn pay_and_keep(&self, started: &Started) -> Value {
        let customer = started.component.customer.as_deref();
        let window = Window { customer, saves: true, token: None };
        self.pay_in_window(&started.provider_payment, Pays::Plainly, &window).await
    }
}

/// A shop with one customer, who keeps something at one provider.
struct Till<S> {
    shop: Shop,
    stand_in: S,
    method: SavedMethodId,
}

/// The row of a payment that nobody has told the name of.
struct Seen {
    state: String,
    name: Option<String>,
    looked_at: bool,
}

impl<S: Keeps> Till<S> {
    async fn open() -> Self {
        let clock = Clock::turned(testkit::NOON.parse().unwrap());
        let stand_in = S::start(clock.clone()).await;
        let settings = format!("[payments]\npatience_ms = {PATIENCE_MS}\n{}", stand_in.settings());
        let bench = Bench::of(PARTS).clock(clock).settings(&settings).start().await;
        let way = json!({"way": format!("{}:main", S::PROVIDER), "label": "Card", "active": true});
        let operator = bench.signed("payments", &testkit::operator());
        operator.put("/v1/payments/ways", way).await.ok::<Value>();
        let shop = Shop { bench, customer: testkit::customer() };
        let mut till = Self { shop, stand_in, method: SavedMethodId::new() };
        let start = Start { save_method: true, saved_method: None, ..till.start(OrderId::new()) };
        let started: Started = till.shop.try_start(&start).await.ok();
        let brought = till.stand_in.pay_and_keep(&started).await;
        till.shop.bench.advance(1);
        let path = format!("/v1/payments/payments/{}/return", started.payment);
        till.shop.customer().post(&path, brought).await.ok::<Value>();
        till.eventually("authorised", || async {
            (till.row(start.order).await.state == "authorised").then_some(())
        })
        .await;
        till.method = only(&till.shop.bench, &till.shop.customer).await;
        till
    }

    /// An order that is paid with what is kept.
    fn start(&self, order: OrderId) -> Start {
        let start = self.shop.start_of(order, 2590);
        let amount = Money::new(2590, S::CURRENCY);
        Start { amount, saved_method: Some(self.method), ..start }
    }

    /// One whose answer is lost after all was done.
    async fn lost(&self) -> Start {
        let start = self.start(OrderId::new());
        self.stand_in.fault(Call::Create, Goes::WrongAfter, 1);
        self.shop.try_start(&start).await.refused(503, "provider-unavailable");
        assert_eq!(self.row(start.order).await.state, "starting");
        start
    }

    async fn cancel(&self, start: &Start) {
        let mut order = facts(&self.shop.customer, start.order, self.shop.bench.now());
        order.total = start.amount;
        let moved = Move::Cancelled { reason: "not-available".into() };
        let event = OrderMoved { order, state: State::Cancelled, moved, version: 1 };
        self.shop.bench.tell(&event).await;
        let cancelled = || async {
            let query = "select count(*) from payments.payment
                         where wanted = 'cancel' and order_id = $1";
            (self.number(query, start.order).await == 1).then_some(())
        };
        self.eventually("nobody wants it", cancelled).await;
    }

    async fn number(&self, query: &'static str, order: OrderId) -> i64 {
        sqlx::query_scalar(query)
            .bind(order.uuid())
            .fetch_one(&mut self.shop.bench.connection().await)
            .await
            .unwrap()
    }

    async fn row(&self, order: OrderId) -> Seen {
        let query = "select state, provider_payment, look_at is not null as looked_at
                     from payments.payment where order_id = $1";
        let row = sqlx::query(query)
            .bind(order.uuid())
            .fetch_one(&mut self.shop.bench.connection().await)
            .await
            .unwrap();
        Seen { state: row.get(0), name: row.get(1), looked_at: row.get(2) }
    }

    /// While the clock stands.
    async fn eventually<T, F: Future<Output = Option<T>>>(
        &self,
        what: &str,
        look: impl Fn() -> F,
    ) -> T {
        self.shop.bench.eventually(&format!("{what} at {}", S::PROVIDER), look).await
    }

    /// Waits until it is known what became of it: within a minute.
    async fn known(&self, start: &Start) -> String {
        for _ in 0..60 {
            if let Some(name) = self.row(start.order).await.name {
                return name;
            }
            self.shop.bench.advance(1);
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
        panic!("it is not known within a minute at {}", S::PROVIDER);
    }

    /// How many there are at the provider.
    fn made(&self) -> usize {
        self.stand_in.names().len()
    }

    /// It has ended, or will, and no money is set aside for it.
    async fn comes_to_nothing(&self, start: &Start, name: &str) {
        if S::ENDS {
            let ended =
                || async { (self.row(start.order).await.state == "cancelled").then_some(()) };
            self.shop.bench.later("it is ended", ended).await;
        } else {
            let row = self.row(start.order).await;
            assert!(row.looked_at && row.state == "open", "{} {}", S::PROVIDER, row.state);
        }
        let book = self.stand_in.book(name);
        assert_eq!((book.authorisations, book.captured), (0, 0), "{}", S::PROVIDER);
    }

    async fn alerts(&self) -> i64 {
        self.shop
            .count("select count(*) from payments.mismatch where what = 'never-answered'")
            .await
    }
}

/// The order is given up at once, as orders does where payments does not answer.
async fn is_found_and_ended<S: Keeps>(till: &Till<S>) {
    let before = till.made();
    let start = till.lost().await;
    till.cancel(&start).await;
    let name = till.known(&start).await;
    till.comes_to_nothing(&start, &name).await;
    assert_eq!(till.made(), before + 1, "{}", S::PROVIDER);
}

/// The order waits, and its checkout never comes again.
async fn is_known_without_checkout<S: Keeps>(till: &Till<S>) {
    let before = till.made();
    let start = till.lost().await;
    let name = till.known(&start).await;
    let is = async |state: &str| {
        let there = || async { (till.row(start.order).await.state == state).then_some(()) };
        till.shop.bench.later(state, there).await;
    };
    is(if S::PAYS_ALONE { "authorised" } else { "open" }).await;
    till.cancel(&start).await;
    if S::PAYS_ALONE {
        is("cancelled").await;
    } else {
        till.comes_to_nothing(&start, &name).await;
    }
    assert_eq!(till.made(), before + 1, "{}", S::PROVIDER);
}

/// Retries of the checkout and the look at what is due come at the same moment.
async fn is_made_once<S: Keeps>(till: &Till<S>) {
    for _ in 0..4 {
        let before = till.made();
        let start = till.lost().await;
        till.shop.bench.advance(2);
        let again = || till.shop.try_start(&start);
        tokio::join!(again(), again(), again());
        let name = till.known(&start).await;
        let same: Started = till.shop.try_start(&start).await.ok();
        assert_eq!(same.provider_payment, name, "{}", S::PROVIDER);
        assert_eq!(till.made(), before + 1, "{}", S::PROVIDER);
    }
}

/// Whoever asked is gone before the answer comes.
async fn outlives_who_asked<S: Keeps>(till: &Till<S>) {
    for wanted in [true, false] {
        let start = till.start(OrderId::new());
        // PayPal and Stripe take no other call for this key while the first is under way.
        till.stand_in.fault(Call::Create, Goes::Slowly(500), 1);
        let before = till.made();
        let there = || async { (till.made() == before + 1).then_some(()) };
        tokio::select! {
            _ = till.shop.try_start(&start) => panic!("it was answered"),
            () = till.eventually("it is made", there) => {}
        }
        let row = till.row(start.order).await;
        assert_eq!((row.state.as_str(), row.name), ("starting", None), "{}", S::PROVIDER);
        if !wanted {
            till.cancel(&start).await;
        }
        till.known(&start).await;
        assert_eq!(till.made(), before + 1, "{}", S::PROVIDER);
    }
}

/// The provider does not answer until it is too late to ask.
async fn is_given_up<S: Keeps>(till: &Till<S>, kept: bool, alerts: i64) {
    let (before, mut start) = (till.made(), till.start(OrderId::new()));
    if !kept {
        start.saved_method = None;
    }
    let asked = till.stand_in.asked(Call::Create);
    till.stand_in.fault(Call::Create, Goes::WrongBefore, 1);
    till.shop.try_start(&start).await.refused(503, "provider-unavailable");
    till.cancel(&start).await;
    till.shop.bench.advance(3600 * 24 * 6);
    let given_up = || async { (!till.row(start.order).await.looked_at).then_some(()) };
    till.eventually("it is given up", given_up).await;
    let row = till.row(start.order).await;
    assert_eq!((row.state.as_str(), row.name), ("cancelled", None), "{}", S::PROVIDER);
    assert_eq!(till.alerts().await, alerts, "{} {kept}", S::PROVIDER);
    assert_eq!(till.stand_in.asked(Call::Create), asked + 1, "{}", S::PROVIDER);
    assert_eq!(till.made(), before, "{}", S::PROVIDER);
}

async fn all<S: Keeps>() -> Till<S> {
    let till = Till::open().await;
    is_found_and_ended(&till).await;
    is_known_without_checkout(&till).await;
    is_made_once(&till).await;
    outlives_who_asked(&till).await;
    till
}

#[tokio::test]
async fn what_stripe_did_not_answer_for_is_known_within_a_minute() {
    let till = all::<Stripe>().await;
    is_given_up(&till, true, 0).await;
}

#[tokio::test]
async fn what_razorpay_did_not_answer_for_is_known_within_a_minute() {
    let till = all::<Razorpay>().await;
    is_given_up(&till, true, 0).await;
}

#[tokio::test]
async fn what_paypal_did_not_answer_for_is_known_within_a_minute() {
    let till = all::<PayPal>().await;
    is_given_up(&till, false, 0).await;
    // Its payer may have agreed, PayPal has forgotten the key, and orders cannot be looked for.
    is_given_up(&till, true, 1).await;
}
