//! Our accounts at the providers, and which of them answer.

use std::sync::{Arc, Mutex};

use anyhow::{Context, ensure};
use jiff::Timestamp;
use kernel::{Clock, Money};
use serde_json::Value;
use uuid::Uuid;
use wire::breaker::{Breaker, Outcome, crowded_until};

use crate::{
    config::Config,
    payment::Payment,
    provider::{
        CallFailed, Created, Disputed, Kept, Known, NewPayment, Of, Provider, Seen, paypal,
        razorpay, sandbox, stripe,
    },
};

/// One account of ours at one provider.
pub struct Account {
    /// `sandbox`, `stripe`, `paypal` or `razorpay`.
    pub provider: &'static str,
    /// Its name in the settings.
    pub name: String,
    pub client: Box<dyn Provider>,
    breaker: Mutex<Breaker>,
    clock: Clock,
}

/// All of them, in the order in which they are offered unless told otherwise.
#[derive(Clone)]
pub struct Accounts(Arc<[Account]>);

impl Accounts {
    /// Clients of all accounts that are set.
    pub fn of(config: &Config, clock: &Clock) -> anyhow::Result<Self> {
        let patience = config.patience();
        let mut all: Vec<(&'static str, String, Box<dyn Provider>)> = Vec::new();
        if config.sandbox.is_set() {
            let client = sandbox::Client::new(&config.sandbox, patience)?;
            all.push(("sandbox", "sandbox".into(), Box::new(client)));
        }
        for (name, settings) in &config.stripe {
            let client = stripe::Client::new(settings, patience, clock)?;
            all.push(("stripe", name.clone(), Box::new(client)));
        }
        for (name, settings) in &config.paypal {
            let client = paypal::Client::new(settings.clone(), patience, clock.clone())?;
            all.push(("paypal", name.clone(), Box::new(client)));
        }
        for (name, settings) in &config.razorpay {
            let client = razorpay::Client::new(settings, patience)?;
            all.push(("razorpay", name.clone(), Box::new(client)));
        }
        ensure!(
            !all.is_empty(),
            "set an account at a payment provider: [payments.sandbox], [payments.stripe.<name>], \
             [payments.paypal.<name>] or [payments.razorpay.<name>]"
        );
        let account = |(provider, name, client)| Account {
            provider,
            name,
            client,
            breaker: Mutex::default(),
            clock: clock.clone(),
        };
        Ok(Self(all.into_iter().map(account).collect()))
    }

    pub fn iter(&self) -> impl Iterator<Item = &Account> {
        self.0.iter()
    }

    /// What is offered where nothing else is said; there is always one.
    pub fn first(&self) -> &Account {
        &self.0[0]
    }

    /// The keys of all of them: `stripe:us`. What is anywhere else waits.
    pub fn keys(&self) -> Vec<String> {
        self.iter().map(Account::key).collect()
    }

    pub fn find(&self, provider: &str, name: &str) -> Option<&Account> {
        self.iter().find(|account| account.provider == provider && account.name == name)
    }

    /// The account at which a payment was started, unless it has been taken out of the settings.
    pub fn still_of(&self, payment: &Payment) -> Option<&Account> {
        self.iter().find(|account| account.has(payment))
    }

    /// The same, for what cannot go on without.
    pub fn of_payment(&self, payment: &Payment) -> anyhow::Result<&Account> {
        let (provider, name) = (&payment.provider, &payment.account);
        self.still_of(payment)
            .with_context(|| format!("payments.{provider}.{name} is not set any more"))
    }
}

impl Account {
    /// How people and settings call it: `stripe:us`.
    pub fn key(&self) -> String {
        format!("{}:{}", self.provider, self.name)
    }

    /// Whether a payment was started here.
    pub fn has(&self, payment: &Payment) -> bool {
        payment.provider == self.provider && payment.account == self.name
    }

    /// Whether it is left alone for a while, because it did not answer.
    pub fn is_broken_off(&self) -> bool {
        self.breaker().is_open(self.clock.now())
    }

    pub async fn create(&self, new: &NewPayment<'_>) -> Result<Created, CallFailed> {
        self.asked(&new.id.to_string(), self.client.create(new)).await
    }

    pub async fn find(&self, new: &NewPayment<'_>) -> Result<Option<Created>, CallFailed> {
        self.asked(&new.id.to_string(), self.client.find(new)).await
    }

    pub async fn retrieve(&self, known: &Known<'_>) -> Result<Seen, CallFailed> {
        self.asked(known.provider_payment, self.client.retrieve(known)).await
    }

    pub async fn authorise(&self, key: Uuid, name: &str) -> Result<(), CallFailed> {
        self.asked(name, self.client.authorise(key, name)).await
    }

    pub async fn capture(&self, key: Uuid, of: Of<'_>, amount: Money) -> Result<(), CallFailed> {
        self.asked(of.name, self.client.capture(key, of, amount)).await
    }

    pub async fn cancel(&self, key: Uuid, name: &str) -> Result<(), CallFailed> {
        self.asked(name, self.client.cancel(key, name)).await
    }

    pub async fn refund(&self, key: Uuid, of: Of<'_>, amount: Money) -> Result<(), CallFailed> {
        self.asked(of.name, self.client.refund(key, of, amount)).await
    }

    pub async fn customer(
        &self,
        key: Uuid,
        since: Timestamp,
    ) -> Result<Option<String>, CallFailed> {
        self.asked(&key.to_string(), self.client.customer(key, since)).await
    }

    pub async fn detach(&self, kept: &Kept<'_>) -> Result<(), CallFailed> {
        // Nobody waits for it, and purchases are not to be held up by its silence.
        if let Some(left_alone) = self.left_alone() {
            return Err(left_alone);
        }
        let answer = self.client.detach(kept).await;
        if let Err(CallFailed::Crowded { retry_after }) = &answer {
            self.crowded(retry_after.as_deref());
        }
        answer
    }

    /// Nobody waits for it either.
    pub async fn keeps(&self, kept: &Kept<'_>) -> Result<bool, CallFailed> {
        match self.left_alone() {
            Some(left_alone) => Err(left_alone),
            None => self.client.keeps(kept).await,
        }
    }

    pub async fn give_back(
        &self,
        key: Uuid,
        of: Of<'_>,
        stray: (&str, i64),
    ) -> Result<(), CallFailed> {
        self.asked(of.name, self.client.give_back(key, of, stray)).await
    }

    pub async fn disputes(&self, since: Timestamp) -> Result<Vec<Disputed>, CallFailed> {
        self.asked("disputes", self.client.disputes(since)).await
    }

    pub async fn taken_for(&self, object: &str) -> Result<Option<String>, CallFailed> {
        self.asked(object, self.client.taken_for(object)).await
    }

    pub fn come_back(&self, name: &str, brought: &Value) -> Result<(), crate::provider::NotTaken> {
        self.client.come_back(name, brought)
    }

    /// Every call goes through here, and says by what name it is `about` something: one to an account
    /// that is broken off, or has too many calls, is not made.
    async fn asked<T>(
        &self,
        about: &str,
        call: impl Future<Output = Result<T, CallFailed>>,
    ) -> Result<T, CallFailed> {
        if let Some(left_alone) = self.left_alone() {
            return Err(left_alone);
        }
        let answer = call.await;
        let outcome = match &answer {
            Ok(_) | Err(CallFailed::Refused(_) | CallFailed::Declined(_) | CallFailed::Over(_)) => {
                Outcome::Answered
            }
            Err(CallFailed::Silent(_)) => Outcome::Silent,
            Err(CallFailed::Unknown(_)) => Outcome::Unclear { about },
            Err(CallFailed::Crowded { retry_after }) => {
                self.crowded(retry_after.as_deref());
                return answer;
            }
        };
        if self.breaker().take(outcome, self.clock.now()) {
            tracing::error!(account = self.key(), "a payment provider does not answer");
        }
        answer
    }

    fn crowded(&self, retry_after: Option<&str>) {
        let now = self.clock.now();
        let until = crowded_until(retry_after, now);
        tracing::warn!(account = self.key(), %until, "a payment provider has too many calls");
        self.breaker().take(Outcome::Crowded { until }, now);
    }

    /// Why it is not asked now.
    fn left_alone(&self) -> Option<CallFailed> {
        let (now, breaker, key) = (self.clock.now(), self.breaker(), self.key());
        let why = if breaker.is_open(now) {
            format!("{key} has not answered and is left alone for a while")
        } else {
            format!("{key} has too many calls until {}", breaker.crowded_until(now)?)
        };
        Some(CallFailed::Silent(why))
    }

    fn breaker(&self) -> std::sync::MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
