//! Goes through a flow: everybody who has a part in it does theirs, and asks again where nobody
//! answers.

use std::{fmt, pin::pin, time::Duration};

use anyhow::{Context, bail};
use cart_api::Destination;
use jiff::SignedDuration;
use kernel::{AlcoholClass, Clock, CustomerId, LineId, Money, OrderId, Place};
use orders_api::{Move, OrderFacts, OrderMoved, State};
use payments_api::{Part, PartKind, Sale, SaleLine, Start, Started};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::Pays;

use crate::{
    ends::End,
    flows::{AMOUNT, Act, Flow, Provider},
    lane::Lane,
    points::{Point, Step},
};

/// How soon it is looked whether anything is left to do, and then ever later up to the slowest.
const PACE: Duration = Duration::from_millis(25);
const SLOWEST: Duration = Duration::from_millis(400);
/// A flow that takes longer is stuck.
const STUCK: Duration = Duration::from_secs(100);

/// What is left to do, each kind by its name.
const LEFT: &str = "select concat_ws(', ',
    (select 'notice ' || kind || ' ' || coalesce(error, '') from payments.webhook_inbox
     where handled_at is null limit 1),
    (select 'operation ' || kind || ' ' || coalesce(error, '') from payments.operation
     where ended_at is null and not ($1 and kind = 'authorise' and error is not null) limit 1),
    (select 'event ' || kind || ' ' || coalesce(error, '') from feed.message
     where queue = 'payments' limit 1),
    (select 'outbox' from payments.outbox where sent_at is null limit 1))";

/// A flow that has been run.
pub struct Run {
    pub end: End,
    pub steps: Vec<Step>,
    /// From when the next process answered until everything had ended; where one was killed.
    pub recovery: Option<Duration>,
}

/// What may be otherwise when it is tried again, for it is about time alone.
#[derive(Debug)]
pub struct Slow(pub String);

impl fmt::Display for Slow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Slow {}

/// An order and who it is paid with.
struct Deal {
    order: OrderId,
    provider: Provider,
    currency: kernel::Currency,
    started: Started,
    dispute: Option<String>,
    /// Webhooks that have been delivered, and how many payments the providers knew before.
    delivered: usize,
    refunds: usize,
    bank_thinks: bool,
}

impl Lane {
    /// Runs a flow, where `point` says so with a process that is killed there.
    pub async fn run(
        &self,
        provider: Provider,
        flow: Flow,
        point: Option<&Point>,
    ) -> anyhow::Result<Run> {
        self.watch.commits.clear().await?;
        self.watch.begin(point);
        if let Some(Point { step: Step::Commit { what }, nth, .. }) = point {
            let literal = what.replace('_', "\\_");
            self.watch.commits.stop_at(&literal, Some(*nth as i64)).await?;
        }
        let (made, mut died) = (self.tills.made(), None);
        let mut driving = pin!(tokio::time::timeout(STUCK, self.drive(provider, flow)));
        let mut dying = pin!(async {
            match point {
                Some(point) => self.die_at(point).await,
                None => std::future::pending().await,
            }
        });
        let driven = loop {
            tokio::select! {
                driven = &mut driving => break driven,
                at = &mut dying, if died.is_none() => died = Some(at?),
            }
        };
        if died.is_none() && self.is_down().await {
            // It had nothing more to do when it was killed.
            died = Some(dying.await?);
        }
        let recovery = died.map(|at| at.elapsed());
        if point.is_some() && died.is_none() {
            self.watch.thaw();
            self.watch.commits.release(true).await?;
        }
        let Ok(driven) = driven else {
            bail!(Slow(format!("stuck: {}", self.left(false).await?)));
        };
        let deal = driven?;
        if point.is_some() && died.is_none() {
            bail!(Slow("it never came to that point".into()));
        }
        self.quiet(&deal).await?;
        let end = End::of(self, deal.order, self.tills.made() - made).await?;
        let mut steps = self.watch.steps();
        let commits = self.watch.commits.noted().await?;
        steps.extend(commits.into_iter().map(|what| Step::Commit { what }));
        Ok(Run { end, steps, recovery })
    }

    async fn drive(&self, provider: Provider, flow: Flow) -> anyhow::Result<Deal> {
        let told = self.tills.told();
        let (order, currency) = (OrderId::new(), provider.currency());
        let start = self.start_of(order, provider);
        let path = "/internal/payments/payments";
        let started = self.insist(|| self.house(Method::POST, path).json(&start)).await?;
        let mut deal = Deal {
            order,
            provider,
            currency,
            started,
            dispute: None,
            delivered: told,
            refunds: 0,
            bank_thinks: false,
        };
        self.quiet(&deal).await?;
        for act in flow.acts {
            self.act(&mut deal, *act).await.with_context(|| format!("{act:?}"))?;
            self.quiet(&deal).await?;
            self.deliver(&mut deal).await?;
        }
        Ok(deal)
    }

    async fn act(&self, deal: &mut Deal, act: Act) -> anyhow::Result<()> {
        let name = deal.started.provider_payment.clone();
        match act {
            Act::Pays(how) => {
                let brought = self.tills.pay(deal.provider, &name, how).await;
                deal.bank_thinks = how == Pays::Late;
                // Either may be first: the provider's word, or the browser.
                if how == Pays::Plainly {
                    self.deliver(deal).await?;
                }
                self.come_back(deal, &brought).await?;
            }
            Act::AgreesLate => {
                deal.bank_thinks = false;
                self.tills.agree_late(deal.provider, &name);
            }
            Act::ChoosesOther => {
                deal.provider = deal.provider.other();
                let way = json!({"way": format!("{}:main", deal.provider.name())});
                let path = format!("/v1/payments/payments/{}/way", deal.started.payment);
                let chosen = || self.customer(Method::POST, &path).json(&way);
                deal.started = self.insist(chosen).await?;
            }
            Act::Packed(total) => self.tell(deal, Move::Packed, total).await?,
            Act::Cancelled => {
                let reason = "the store is closed".into();
                self.tell(deal, Move::Cancelled { reason }, AMOUNT).await?;
            }
            Act::Refunds(amount) => self.refund(deal, amount).await?,
            Act::Disputes => {
                let amount = Money::new(700, deal.currency);
                deal.dispute = Some(self.tills.dispute(deal.provider, &name, amount));
            }
            Act::Decided { won } => {
                let dispute = deal.dispute.as_deref().context("a dispute")?;
                self.tills.decide(deal.provider, dispute, won);
            }
        }
        Ok(())
    }

    /// The customer's browser is back from the provider.
    async fn come_back(&self, deal: &Deal, brought: &Value) -> anyhow::Result<()> {
        let path = format!("/v1/payments/payments/{}/return", deal.started.payment);
        let _: Value = self.insist(|| self.customer(Method::POST, &path).json(brought)).await?;
        Ok(())
    }

    async fn refund(&self, deal: &mut Deal, amount: i64) -> anyhow::Result<()> {
        deal.refunds += 1;
        let path = format!("/v1/payments/payments/{}/refunds", deal.started.payment);
        let key = format!("{}-{}", deal.order, deal.refunds);
        let amount = Money::new(amount, deal.currency);
        let body = json!({"amount": amount, "reason": "one was broken"});
        let asked = || {
            let request = self.operator(Method::POST, &path);
            request.header("idempotency-key", &key).json(&body)
        };
        let _: Value = self.insist(asked).await?;
        Ok(())
    }

    async fn tell(&self, deal: &Deal, moved: Move, total: i64) -> anyhow::Result<()> {
        let order = self.facts(deal, total);
        let event = OrderMoved { order, state: State::Packed, moved, version: 1 };
        feed::tell(&self.carrier, &event, Clock::system().now()).await
    }

    /// Delivers all that the providers have told of since, each until it is acknowledged, and waits
    /// after each until all is done that comes of it.
    async fn deliver(&self, deal: &mut Deal) -> anyhow::Result<()> {
        while deal.delivered < self.tills.told() {
            for letter in self.watch.letters() {
                let dies = self.watch.delivers(&letter).await?;
                if dies {
                    self.watch.commits.stop_at("webhook_inbox update taken%", None).await?;
                }
                let path = format!("/v1/payments/webhooks/{}/main", letter.provider.name());
                let sent = || {
                    let request = self.anyone(Method::POST, &path);
                    request.headers(letter.headers.clone()).body(letter.body.clone())
                };
                let _: Value = self.insist(sent).await?;
                deal.delivered += 1;
                if dies {
                    self.watch.die();
                }
                self.quiet(deal).await?;
            }
            tokio::time::sleep(PACE).await;
        }
        Ok(())
    }

    /// Waits until nothing is left to do.
    async fn quiet(&self, deal: &Deal) -> anyhow::Result<()> {
        let mut pace = PACE;
        while !self.left(deal.bank_thinks).await?.is_empty() {
            tokio::time::sleep(pace).await;
            pace = (pace * 3 / 2).min(SLOWEST);
        }
        Ok(())
    }

    /// What is left; but for what the customer's bank has to decide, where it still `thinks`.
    async fn left(&self, thinks: bool) -> anyhow::Result<String> {
        Ok(sqlx::query_scalar(LEFT).bind(thinks).fetch_one(&self.watch.commits.db).await?)
    }

    fn start_of(&self, order: OrderId, provider: Provider) -> Start {
        let currency = provider.currency();
        let part = |kind, label: &str, amount| Part {
            kind,
            authority: (kind == PartKind::SalesTax).then(|| "Iowa".to_owned()),
            label: label.into(),
            ppm: (kind == PartKind::SalesTax).then_some(70_000),
            amount: Money::new(amount, currency),
        };
        let line = SaleLine {
            line: LineId::new(),
            name: "Riesling".into(),
            quantity: 2,
            unit_price: Money::new(1_000, currency),
            total: Money::new(2_150, currency),
            parts: vec![
                part(PartKind::Goods, "Riesling", 2_000),
                part(PartKind::SalesTax, "Sales tax 7 %", 140),
                part(PartKind::Deposit, "Deposit", 10),
            ],
        };
        let sale = Sale {
            vendor: self.vendor,
            store: self.store,
            store_name: "Corner Cellar".into(),
            store_address: "1 Main Street".into(),
            time_zone: "America/Chicago".into(),
            number: "K7Q2-9F".into(),
            recipient: "Ann Lee".into(),
            address: "2 Elm Street".into(),
            lines: vec![line],
            charges: vec![
                part(PartKind::DeliveryFee, "Delivery", 300),
                part(PartKind::Tip, "Tip", 149),
            ],
        };
        Start {
            order,
            customer: self.customer_id(),
            amount: Money::new(AMOUNT, currency),
            store: self.store,
            vendor: self.vendor,
            classes: vec![AlcoholClass::Wine],
            with: Some(format!("{}:main", provider.name())),
            description: "Order K7Q2-9F".into(),
            pay_by: Clock::system().now() + SignedDuration::from_hours(1),
            sale: Some(sale),
            save_method: false,
            saved_method: None,
        }
    }

    fn customer_id(&self) -> CustomerId {
        CustomerId::from_uuid(self.customer.uuid())
    }

    fn facts(&self, deal: &Deal, total: i64) -> OrderFacts {
        let place = Place { lat: 41.59, lon: -93.62 };
        OrderFacts {
            order: deal.order,
            number: "K7Q2-9F".into(),
            customer: self.customer_id(),
            store: self.store,
            store_name: "Corner Cellar".into(),
            store_address: "1 Main Street".into(),
            store_place: place,
            time_zone: "America/Chicago".into(),
            preparation_minutes: 10,
            destination: Destination {
                recipient: "Ann Lee".into(),
                address: "2 Elm Street".into(),
                place,
                kind: Default::default(),
                instructions: String::new(),
            },
            lines: Vec::new(),
            charges: Money::new(0, deal.currency),
            total: Money::new(total, deal.currency),
            placed_at: Clock::system().now(),
        }
    }
}
