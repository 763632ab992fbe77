//! Our accounts at the providers, and which of them answer.

use std::sync::{Arc, Mutex};

use anyhow::{Context, ensure};
use jiff::{SignedDuration, Timestamp};
use kernel::{Clock, Money};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    config::Config,
    payment::Payment,
    provider::{
        CallFailed, Created, Disputed, Kept, Known, NewPayment, Provider, Seen, paypal, razorpay,
        sandbox, stripe,
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

    pub fn find(&self, provider: &str, name: &str) -> Option<&Account> {
        self.iter().find(|account| account.provider == provider && account.name == name)
    }

    /// The account at which a payment was started.
    pub fn of_payment(&self, payment: &Payment) -> anyhow::Result<&Account> {
        let (provider, name) = (&payment.provider, &payment.account);
        self.iter()
            .find(|account| account.has(payment))
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
        self.asked(self.client.create(new)).await
    }

    pub async fn retrieve(&self, known: &Known<'_>) -> Result<Seen, CallFailed> {
        self.asked(self.client.retrieve(known)).await
    }

    pub async fn authorise(&self, key: Uuid, name: &str) -> Result<(), CallFailed> {
        self.asked(self.client.authorise(key, name)).await
    }

    pub async fn capture(&self, key: Uuid, name: &str, amount: Money) -> Result<(), CallFailed> {
        self.asked(self.client.capture(key, name, amount)).await
    }

    pub async fn cancel(&self, key: Uuid, name: &str) -> Result<(), CallFailed> {
        self.asked(self.client.cancel(key, name)).await
    }

    pub async fn refund(&self, key: Uuid, name: &str, amount: Money) -> Result<(), CallFailed> {
        self.asked(self.client.refund(key, name, amount)).await
    }

    pub async fn customer(
        &self,
        key: Uuid,
        since: Timestamp,
    ) -> Result<Option<String>, CallFailed> {
        self.asked(self.client.customer(key, since)).await
    }

    pub async fn detach(&self, kept: &Kept<'_>) -> Result<(), CallFailed> {
        // Nobody waits for it, and purchases are not to be held up by its silence.
        if self.is_broken_off() {
            return Err(self.left_alone());
        }
        self.client.detach(kept).await
    }

    pub async fn give_back(&self, key: Uuid, name: &str, stray: &str) -> Result<(), CallFailed> {
        self.asked(self.client.give_back(key, name, stray)).await
    }

    pub async fn disputes(&self, since: Timestamp) -> Result<Vec<Disputed>, CallFailed> {
        self.asked(self.client.disputes(since)).await
    }

    pub fn come_back(&self, name: &str, brought: &Value) -> Result<(), crate::provider::NotTaken> {
        self.client.come_back(name, brought)
    }

    /// Every call goes through here: one that is broken off is not made.
    async fn asked<T>(
        &self,
        call: impl Future<Output = Result<T, CallFailed>>,
    ) -> Result<T, CallFailed> {
        if self.is_broken_off() {
            return Err(self.left_alone());
        }
        let answer = call.await;
        if !matches!(answer, Err(CallFailed::Unknown(_))) {
            self.breaker().answered();
        } else if self.breaker().unanswered(self.clock.now()) {
            tracing::error!(account = self.key(), "a payment provider does not answer");
        }
        answer
    }

    fn left_alone(&self) -> CallFailed {
        let why = format!("{} has not answered and is left alone for a while", self.key());
        CallFailed::Unknown(why)
    }

    fn breaker(&self) -> std::sync::MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// So many calls in a row without an answer, and it is left alone.
const UNANSWERED: u32 = 5;
/// For so long; after that one call more without an answer does it again.
const PAUSE: SignedDuration = SignedDuration::from_secs(15);

/// Whether an account answers.
#[derive(Debug, Default)]
struct Breaker {
    unanswered: u32,
    until: Option<Timestamp>,
}

impl Breaker {
    fn is_open(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| now < until)
    }

    /// `true` when that was one too many.
    fn unanswered(&mut self, now: Timestamp) -> bool {
        self.unanswered = self.unanswered.saturating_add(1);
        if self.unanswered < UNANSWERED {
            return false;
        }
        self.until = Some(now + PAUSE);
        true
    }

    fn answered(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_silences_in_a_row_break_off_for_a_while_and_an_answer_mends() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut breaker = Breaker::default();
        for _ in 0..4 {
            assert!(!breaker.unanswered(at(0)));
        }
        breaker.answered();
        for _ in 0..4 {
            assert!(!breaker.unanswered(at(0)));
        }
        assert!(!breaker.is_open(at(0)));
        assert!(breaker.unanswered(at(0)));
        assert!(breaker.is_open(at(14)) && !breaker.is_open(at(15)));
        assert!(breaker.unanswered(at(15)), "at once, until it answers");
        assert!(breaker.is_open(at(16)));
        breaker.answered();
        assert!(!breaker.is_open(at(16)));
    }
}
