//! One order on its way through a flow: straight, or in a storm.

use std::sync::Mutex;

use kernel::OrderId;
use orders_api::{Move, OrderMoved, State};
use payments_api::Started;
use serde_json::{Value, json};
use testkit::{Pays, StandIn};
use tokio::{sync::watch, task::JoinSet};

use super::{
    flows::{AMOUNT, Act, DISPUTED, Flow},
    harbour::Harbour,
    straight::Straight,
    winds::Wind,
};
use crate::shop::facts;

pub struct Boat {
    pub flow: Flow,
    pub order: OrderId,
    /// Its payments, oldest first.
    started: Mutex<Vec<Started>>,
    /// What the browser brings back from the provider.
    brought: Mutex<Value>,
    dispute: Mutex<String>,
    /// The provider's names that retries of checkout were told.
    told_again: Mutex<Vec<String>>,
    /// How many acts are over.
    done: watch::Sender<usize>,
}

impl Boat {
    pub async fn launch<S: StandIn>(harbour: &Harbour<S>, flow: Flow) -> Self {
        let order = OrderId::new();
        let start = harbour.start_of(order, flow.money(harbour.provider, AMOUNT));
        let started: Started = harbour.shop.try_start(&start).await.ok();
        harbour.lookout.watch(order, &started);
        Self {
            flow,
            order,
            started: Mutex::new(vec![started]),
            brought: Mutex::new(json!({})),
            dispute: Mutex::default(),
            told_again: Mutex::default(),
            done: watch::Sender::new(0),
        }
    }

    /// The payment that it is paid with now.
    fn started(&self) -> Started {
        self.started.lock().unwrap().last().expect("it was started").clone()
    }

    /// The provider's names of its payments, oldest first.
    pub fn names(&self) -> Vec<String> {
        let started = self.started.lock().unwrap();
        started.iter().map(|one| one.provider_payment.clone()).collect()
    }

    /// The flow, all webhooks as the wind brings them, and the browser, beside each other.
    pub async fn weather<S: StandIn>(
        &self,
        harbour: &Harbour<S>,
        straight: &Straight,
        wind: &Wind,
    ) {
        tokio::join!(
            self.acts(harbour, straight),
            self.webhooks(harbour, wind),
            self.browser(harbour, wind)
        );
        let (again, names) = (self.told_again.lock().unwrap(), self.names());
        assert!(again.len() == 2 && again.iter().all(|name| names.contains(name)), "{again:?}");
    }

    /// Each act as soon as what it needs has been reached here and at the provider.
    async fn acts<S: StandIn>(&self, harbour: &Harbour<S>, straight: &Straight) {
        let lookout = &harbour.lookout;
        for (act, (webhooks, sight)) in self.flow.acts.iter().zip(&straight.before) {
            let ready = || {
                let told = *webhooks == 0 || lookout.webhook(self.order, webhooks - 1).is_some();
                (told && lookout.sight(self.order).as_ref() == Some(sight)).then_some(())
            };
            let what =
                || format!("{act:?} of {}, for it is {:?}", self.flow, lookout.sight(self.order));
            lookout.until(what, ready).await;
            self.act(harbour, *act).await;
            self.done.send_modify(|done| *done += 1);
        }
    }

    /// Each webhook as soon as it is its turn and it is there.
    async fn webhooks<S: StandIn>(&self, harbour: &Harbour<S>, wind: &Wind) {
        let mut under_way = JoinSet::new();
        for delivery in wind.deliveries() {
            let nth = delivery.webhook;
            let what = || format!("webhook {nth} of {} ({wind:?})", self.flow);
            let there = || harbour.lookout.webhook(self.order, nth);
            harbour.lookout.until(what, there).await;
            let sent = harbour.send(self.order, nth);
            if delivery.beside {
                under_way.spawn(sent);
            } else {
                sent.await;
            }
        }
        under_way.join_all().await;
    }

    /// The browser comes back after the customer has paid and now and then later, and checkout is
    /// tried again after the first two acts.
    async fn browser<S: StandIn>(&self, harbour: &Harbour<S>, wind: &Wind) {
        let mut done = self.done.subscribe();
        for act in 0..self.flow.acts.len() {
            done.wait_for(|done| *done > act).await.unwrap();
            let again = async {
                if act < 2 {
                    self.try_again(harbour).await;
                }
            };
            let back = async {
                if wind.comes_back(act) {
                    self.come_back(harbour).await;
                }
            };
            tokio::join!(back, again);
        }
    }

    /// Checkout is tried again, and finds the payment that there is.
    async fn try_again<S: StandIn>(&self, harbour: &Harbour<S>) {
        let start = harbour.start_of(self.order, self.flow.money(harbour.provider, AMOUNT));
        let again: Started = harbour.shop.try_start(&start).await.ok();
        self.told_again.lock().unwrap().push(again.provider_payment);
    }

    pub async fn come_back<S: StandIn>(&self, harbour: &Harbour<S>) {
        let path = format!("/v1/payments/payments/{}/return", self.started().payment);
        let brought = self.brought.lock().unwrap().clone();
        harbour.shop.customer().post(&path, brought).await.ok::<Value>();
    }

    pub async fn act<S: StandIn>(&self, harbour: &Harbour<S>, act: Act) {
        let (started, stand_in) = (self.started(), &harbour.stand_in);
        let name = &started.provider_payment;
        match act {
            Act::Pays(how) => self.pay(harbour, how).await,
            Act::AgreesLate => stand_in.agree_late(name),
            Act::ChoosesAgain => self.choose_again(harbour).await,
            Act::CapturesGo(takes) => stand_in.next_captures_of(name, takes),
            Act::CapturesEnd(ends) => stand_in.end_captures_of(name, ends),
            Act::RefundsGo(goes) => stand_in.next_refunds_of(name, goes),
            Act::RefundsEnd { taken } => stand_in.end_refunds_of(name, taken),
            Act::RefundsReturn => stand_in.return_refunds_of(name),
            Act::Packed(total) => self.tell(harbour, Move::Packed, total).await,
            Act::Cancelled => {
                let reason = "the store is closed".into();
                self.tell(harbour, Move::Cancelled { reason }, AMOUNT).await;
            }
            Act::Refunds(amount) => {
                let path = format!("/v1/payments/payments/{}/refunds", started.payment);
                let key = format!("{}-{amount}", started.payment);
                let operator = harbour.shop.operator().with("idempotency-key", &key);
                let amount = self.flow.money(harbour.provider, amount);
                let body = json!({"amount": amount, "reason": "broken"});
                operator.post(&path, body).await.ok::<Value>();
            }
            Act::Disputes => {
                let amount = self.flow.money(harbour.provider, DISPUTED);
                *self.dispute.lock().unwrap() = stand_in.dispute(name, amount);
            }
            Act::Decided { won } => stand_in.decide(&self.dispute.lock().unwrap(), won),
        }
    }

    async fn pay<S: StandIn>(&self, harbour: &Harbour<S>, how: Pays) {
        let brought = harbour.stand_in.pay(&self.started().provider_payment, how).await;
        *self.brought.lock().unwrap() = brought;
    }

    async fn choose_again<S: StandIn>(&self, harbour: &Harbour<S>) {
        let path = format!("/v1/payments/payments/{}/way", self.started().payment);
        let way = json!({"way": format!("{}:main", S::PROVIDER)});
        let next: Started = harbour.shop.customer().post(&path, way).await.ok();
        assert_ne!(next.payment, self.started().payment, "{}", self.flow);
        harbour.lookout.watch(self.order, &next);
        self.started.lock().unwrap().push(next);
        *self.brought.lock().unwrap() = json!({});
    }

    async fn tell<S: StandIn>(&self, harbour: &Harbour<S>, moved: Move, total: i64) {
        let bench = &harbour.shop.bench;
        let mut order = facts(&harbour.shop.customer, self.order, bench.now());
        order.total = self.flow.money(harbour.provider, total);
        let event = OrderMoved { order, state: State::Packed, moved, version: 1 };
        bench.tell(&event).await;
    }
}
