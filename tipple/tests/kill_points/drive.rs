//! Goes through a flow: everybody who has a part in it does theirs, and asks again where nobody
//! answers.

use std::{pin::pin, time::Duration};

use anyhow::{Context, bail, ensure};
use kernel::{Clock, Money, OrderId};
use orders_api::{Move, OrderMoved, State};
use payments_api::{Start, Started};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::Pays;
use tokio::time::Instant;

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
const STUCK: Duration = Duration::from_mins(3);

/// What is left to do, each kind by its name.
const LEFT: &str = "select concat_ws(', ',
    (select 'notice ' || kind || ' ' || coalesce(error, '') from payments.webhook_inbox
     where handled_at is null limit 1),
    (select 'operation ' || kind || ' ' || coalesce(error, '') from payments.operation
     where ended_at is null and not ($1 and kind = 'authorise' and error is not null) limit 1),
    (select 'event ' || kind || ' ' || coalesce(error, '') from feed.message
     where queue = 'payments' limit 1),
    (select 'outbox' from payments.outbox where sent_at is null limit 1),
    (select 'method ' || coalesce(error, '') from payments.saved_method
     where removed_at is not null and detached_at is null limit 1),
    (select 'look at ' || provider from payments.dispute_look
     where due_at < now() + interval '10 minutes' limit 1))";

/// A flow that has been run.
pub struct Run {
    pub end: End,
    pub steps: Vec<Step>,
    /// From when the next process was started until all had ended that comes of what was being done
    /// when the one before was killed; none where none was killed.
    pub recovery: Option<Duration>,
}

/// An order and who it is paid with.
pub struct Deal {
    /// The newest one is last.
    pub orders: Vec<OrderId>,
    pub provider: Provider,
    currency: kernel::Currency,
    pub started: Started,
    dispute: Option<String>,
    /// Webhooks that have been delivered, and how many payments the providers knew before.
    delivered: usize,
    refunds: usize,
    bank_thinks: bool,
    /// When all had ended that came of each act, the checkout first, and how the payment stood then.
    ended: Vec<(Instant, String)>,
}

impl Lane {
    /// Runs a flow, where `point` says so with a process that is killed there, if it comes to it.
    pub async fn run(
        &self,
        provider: Provider,
        flow: Flow,
        point: Option<&Point>,
    ) -> anyhow::Result<Run> {
        self.next_buyer();
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
        if point.is_some() && died.is_none() {
            self.watch.thaw();
            self.watch.commits.release(true).await?;
        }
        let Ok(driven) = driven else {
            bail!("stuck: {}", self.left(false).await?);
        };
        let deal = driven?;
        self.quiet(&deal).await?;
        let recovery = died.map(|at| {
            let after = deal.ended.iter().map(|(ended, _)| *ended).find(|ended| *ended >= at);
            after.unwrap_or_else(Instant::now) - at
        });
        let stood = deal.ended.into_iter().map(|(_, state)| state).collect();
        let end = End::of(self, &deal.orders, (stood, self.tills.made() - made)).await?;
        let mut steps = self.watch.steps();
        let commits = self.watch.commits.noted().await?;
        steps.extend(commits.into_iter().map(|what| Step::Commit { what }));
        Ok(Run { end, steps, recovery })
    }

    async fn drive(&self, provider: Provider, flow: Flow) -> anyhow::Result<Deal> {
        let told = self.tills.told();
        let (order, currency) = (OrderId::new(), provider.currency());
        let start = Start { save_method: flow.saves, ..self.start_of(order, provider) };
        let started = self.check_out(&start).await?;
        let mut deal = Deal {
            orders: vec![order],
            provider,
            currency,
            started,
            dispute: None,
            delivered: told,
            refunds: 0,
            bank_thinks: false,
            ended: Vec::new(),
        };
        self.quiet(&deal).await?;
        deal.ended.push((Instant::now(), self.watch.commits.state().await?));
        for act in flow.acts {
            self.act(&mut deal, *act).await.with_context(|| format!("{act:?}"))?;
            self.quiet(&deal).await?;
            self.deliver(&mut deal).await?;
            deal.ended.push((Instant::now(), self.watch.commits.state().await?));
        }
        Ok(deal)
    }

    /// Checkout asks for the payment until it has it.
    pub async fn check_out(&self, start: &Start) -> anyhow::Result<Started> {
        let path = "/internal/payments/payments";
        self.insist(|| self.house(Method::POST, path).json(start)).await
    }

    async fn act(&self, deal: &mut Deal, act: Act) -> anyhow::Result<()> {
        let name = deal.started.provider_payment.clone();
        match act {
            Act::Pays(how) => {
                let brought = self.tills.pay(deal.provider, &deal.started, how).await;
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
            Act::BuysAgain => self.buy_again(deal).await?,
            Act::PaysWithKept => {
                let brought = self.pay_with_kept(deal).await?;
                self.come_back(deal, &brought).await?;
            }
            Act::Removes => self.remove_kept().await?,
            Act::DaysPass => self.tills.days_pass(&name),
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
            Act::DisputesUnheard => {
                let amount = Money::new(700, deal.currency);
                deal.dispute = Some(self.tills.dispute(deal.provider, &name, amount));
                self.lose_letters(deal).await?;
            }
            Act::Looks => self.watch.commits.look_for_disputes(deal.provider.name()).await?,
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
        let key = format!("{}-{}", deal.started.payment, deal.refunds);
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
        let order = *deal.orders.last().context("an order")?;
        let order = self.facts(order, Money::new(total, deal.currency));
        let event = OrderMoved { order, state: State::Packed, moved, version: 1 };
        feed::tell(&self.carrier, &event, Clock::system().now()).await
    }

    /// Delivers all that the providers have told of since, each until it is acknowledged, and waits
    /// after each until all is done that comes of it.
    async fn deliver(&self, deal: &mut Deal) -> anyhow::Result<()> {
        while deal.delivered < self.tills.told() {
            for letter in self.watch.letters() {
                deal.delivered += 1;
                if !letter.is_wanted() {
                    continue;
                }
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
                if dies {
                    self.watch.die();
                }
                self.quiet(deal).await?;
            }
            tokio::time::sleep(PACE).await;
        }
        Ok(())
    }

    /// What the provider has told of since is never delivered.
    async fn lose_letters(&self, deal: &mut Deal) -> anyhow::Result<()> {
        ensure!(deal.delivered < self.tills.told(), "nobody was told");
        while deal.delivered < self.tills.told() {
            tokio::time::sleep(PACE).await;
            deal.delivered += self.watch.letters().len();
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
}
