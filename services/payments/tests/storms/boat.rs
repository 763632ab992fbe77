//! One payment on its way through a flow: straight, or in a storm.

use kernel::OrderId;
use orders_api::{Move, OrderMoved, State};
use payments_api::Started;
use serde_json::{Value, json};
use std::sync::Mutex;
use testkit::{Pays, StandIn};
use tokio::{sync::watch, task::JoinSet};

use super::{
    ends::End,
    flows::{AMOUNT, Act, DISPUTED, Flow, Provider},
    harbour::Harbour,
    lookout::Sight,
    winds::Wind,
};
use crate::shop::facts;

pub struct Boat {
    flow: Flow,
    order: OrderId,
    pub started: Started,
    /// What the browser brings back from the provider.
    brought: Mutex<Value>,
    dispute: Mutex<String>,
    /// How many acts are over.
    done: watch::Sender<usize>,
}

/// A flow that went its way with nothing in between.
pub struct Straight {
    /// Before each act: how many webhooks there were, and how the payment stood.
    before: Vec<(usize, Sight)>,
    /// All its webhooks, oldest first.
    pub kinds: Vec<String>,
    pub end: End,
}

impl Straight {
    /// Act by act, and webhook by webhook, each when all is done that comes of the one before.
    pub async fn run<S: StandIn>(harbour: &Harbour<S>, flow: Flow) -> Self {
        let boat = Boat::launch(harbour, flow).await;
        let payment = boat.started.payment;
        let (mut before, mut sent, mut banks_think) = (Vec::new(), 0, false);
        harbour.quiet(false).await;
        for act in flow.acts {
            let sight = harbour.lookout.sight(payment).expect("it is there");
            before.push((sent, sight));
            banks_think = (banks_think || *act == Act::Pays(Pays::Late)) && *act != Act::AgreesLate;
            boat.act(harbour, *act).await;
            harbour.quiet(banks_think).await;
            boat.come_back(harbour).await;
            harbour.quiet(banks_think).await;
            while sent < harbour.kinds(&boat).len() {
                harbour.send(payment, sent).await;
                sent += 1;
                harbour.quiet(banks_think).await;
            }
        }
        let (kinds, end) = (harbour.kinds(&boat), boat.end(harbour).await);
        harbour.forget(&boat);
        Self { before, kinds, end }
    }

    /// That it is what is meant by the flow.
    pub fn check(&self, provider: Provider, flow: Flow) {
        let Self { end, .. } = self;
        let ours = |name: &str| end.payment[name].as_i64().unwrap();
        assert_eq!(end.book.captures, flow.captures(provider), "{flow}: {end:#?}");
        let told = end.told.iter().filter(|told| *told == "authorised").count();
        assert_eq!(told, flow.confirmed, "{flow}: {end:#?}");
        let theirs = end.book.captured - end.book.refunded - end.book.disputed;
        assert_eq!(theirs, flow.keeps, "{flow}: {end:#?}");
        let net = ours("captured") - ours("refunded") - ours("disputed");
        assert_eq!(net, flow.keeps, "{flow}: {end:#?}");
        assert_eq!(end.ledger.values().sum::<i64>(), 0, "{flow}: {end:#?}");
    }
}

impl Boat {
    pub async fn launch<S: StandIn>(harbour: &Harbour<S>, flow: Flow) -> Self {
        let order = OrderId::new();
        let start = harbour.start_of(order, flow.money(harbour.provider, AMOUNT));
        let started: Started = harbour.shop.try_start(&start).await.ok();
        harbour.lookout.watch(started.payment, &started.provider_payment);
        Self {
            flow,
            order,
            started,
            brought: Mutex::new(json!({})),
            dispute: Mutex::default(),
            done: watch::Sender::new(0),
        }
    }

    pub async fn end<S: StandIn>(&self, harbour: &Harbour<S>) -> End {
        let book = harbour.stand_in.book(&self.started.provider_payment);
        End::of(&harbour.db, self.started.payment, book).await
    }

    /// The flow, all webhooks in the wind's order, and the browser, beside each other.
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
    }

    /// Each act as soon as what it needs has been reached here and at the provider.
    async fn acts<S: StandIn>(&self, harbour: &Harbour<S>, straight: &Straight) {
        let payment = self.started.payment;
        for (act, (webhooks, sight)) in self.flow.acts.iter().zip(&straight.before) {
            let ready = || {
                let told =
                    *webhooks == 0 || harbour.lookout.webhook(payment, webhooks - 1).is_some();
                (told && harbour.lookout.sight(payment).as_ref() == Some(sight)).then_some(())
            };
            let what = || {
                format!("{act:?} of {}, for it is {:?}", self.flow, harbour.lookout.sight(payment))
            };
            harbour.lookout.until(what, ready).await;
            self.act(harbour, *act).await;
            self.done.send_modify(|done| *done += 1);
        }
    }

    /// Each webhook as soon as it is its turn and it is there. Its copies come beside it and beside
    /// the next ones.
    async fn webhooks<S: StandIn>(&self, harbour: &Harbour<S>, wind: &Wind) {
        let payment = self.started.payment;
        let mut under_way = JoinSet::new();
        for (at, nth) in wind.order.iter().enumerate() {
            let what = || format!("webhook {nth} of {} ({wind:?})", self.flow);
            harbour.lookout.until(what, || harbour.lookout.webhook(payment, *nth)).await;
            let first = harbour.send(payment, *nth);
            for _ in 1..wind.copies(at) {
                under_way.spawn(harbour.send(payment, *nth));
            }
            if wind.at_once {
                under_way.spawn(first);
            } else {
                first.await;
            }
        }
        under_way.join_all().await;
    }

    /// The browser comes back after the customer has paid and now and then later, and checkout is
    /// tried again after the first two acts.
    async fn browser<S: StandIn>(&self, harbour: &Harbour<S>, wind: &Wind) {
        let start = harbour.start_of(self.order, self.flow.money(harbour.provider, AMOUNT));
        let mut done = self.done.subscribe();
        for act in 0..self.flow.acts.len() {
            done.wait_for(|done| *done > act).await.unwrap();
            let again = async {
                if act < 2 {
                    let again = harbour.shop.try_start(&start).await;
                    assert!(again.status.is_success() || again.status == 422, "{again:?}");
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

    async fn come_back<S: StandIn>(&self, harbour: &Harbour<S>) {
        let path = format!("/v1/payments/payments/{}/return", self.started.payment);
        let brought = self.brought.lock().unwrap().clone();
        harbour.shop.customer().post(&path, brought).await.ok::<Value>();
    }

    async fn act<S: StandIn>(&self, harbour: &Harbour<S>, act: Act) {
        let (name, stand_in) = (&self.started.provider_payment, &harbour.stand_in);
        match act {
            Act::Pays(how) => {
                let brought = stand_in.pay(name, how).await;
                *self.brought.lock().unwrap() = brought;
            }
            Act::AgreesLate => stand_in.agree_late(name),
            Act::Packed(total) => self.tell(harbour, Move::Packed, total).await,
            Act::Cancelled => {
                let reason = "the store is closed".into();
                self.tell(harbour, Move::Cancelled { reason }, AMOUNT).await;
            }
            Act::Refunds(amount) => {
                let path = format!("/v1/payments/payments/{}/refunds", self.started.payment);
                let key = format!("{}-{amount}", self.started.payment);
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

    async fn tell<S: StandIn>(&self, harbour: &Harbour<S>, moved: Move, total: i64) {
        let bench = &harbour.shop.bench;
        let mut order = facts(&harbour.shop.customer, self.order, bench.now());
        order.total = self.flow.money(harbour.provider, total);
        let event = OrderMoved { order, state: State::Packed, moved, version: 1 };
        bench.tell(&event).await;
    }
}
