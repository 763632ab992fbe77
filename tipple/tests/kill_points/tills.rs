//! The three providers' stand-ins, as one.

use jiff::SignedDuration;
use kernel::{Clock, Money};
use payments_api::{Component, Started};
use serde_json::{Value, json};
use testkit::{Book, PayPal, Pays, Razorpay, StandIn, Stripe, Window};

use crate::flows::Provider;

pub struct Tills {
    stripe: Stripe,
    paypal: PayPal,
    razorpay: Razorpay,
}

/// The same said to whichever stand-in it is.
macro_rules! at {
    ($tills:expr, $provider:expr, $till:ident => $said:expr) => {
        match $provider {
            Provider::Stripe => {
                let $till = &$tills.stripe;
                $said
            }
            Provider::PayPal => {
                let $till = &$tills.paypal;
                $said
            }
            Provider::Razorpay => {
                let $till = &$tills.razorpay;
                $said
            }
        }
    };
}

impl Tills {
    pub async fn open() -> Self {
        Self {
            stripe: Stripe::start(Clock::system()).await,
            paypal: PayPal::start(Clock::system()).await,
            razorpay: Razorpay::start(Clock::system()).await,
        }
    }

    /// Where it listens.
    pub fn base_url(&self, provider: Provider) -> &str {
        match provider {
            Provider::Stripe => self.stripe.base_url(),
            Provider::PayPal => self.paypal.base_url(),
            Provider::Razorpay => &self.razorpay.base_url,
        }
    }

    pub fn settings(&self, provider: Provider) -> String {
        at!(self, provider, till => till.settings())
    }

    pub fn send_to(&self, provider: Provider, url: String) {
        at!(self, provider, till => till.send_to(Some(url)));
    }

    /// How many webhooks there have been.
    pub fn told(&self) -> usize {
        Provider::ALL.iter().map(|provider| at!(self, provider, till => till.told())).sum()
    }

    /// How many payments they know.
    pub fn made(&self) -> usize {
        Provider::ALL.iter().map(|provider| at!(self, provider, till => till.names().len())).sum()
    }

    /// The customer pays; what the browser brings back.
    pub async fn pay(&self, provider: Provider, started: &Started, how: Pays) -> Value {
        let name = &started.provider_payment;
        if provider == Provider::Razorpay {
            let Component { customer, saves, .. } = &started.component;
            let window = Window { customer: customer.as_deref(), saves: *saves, token: None };
            return self.razorpay.pay_in_window(name, how, &window).await;
        }
        at!(self, provider, till => till.pay(name, how).await)
    }

    /// The same with what they keep. PayPal was told of it when the payment was made.
    pub async fn pay_with_kept(&self, provider: Provider, started: &Started, token: &str) -> Value {
        let name = &started.provider_payment;
        match provider {
            Provider::Stripe => self.stripe.pay_with_what_is_kept(name).await,
            Provider::PayPal => {}
            Provider::Razorpay => {
                let customer = started.component.customer.as_deref();
                let window = Window { customer, saves: false, token: Some(token) };
                return self.razorpay.pay_in_window(name, Pays::Plainly, &window).await;
            }
        }
        json!({})
    }

    /// How many methods customers keep.
    pub fn kept(&self) -> usize {
        Provider::ALL.iter().map(|provider| at!(self, provider, till => till.kept())).sum()
    }

    /// PayPal no longer answers for what is set aside.
    pub fn days_pass(&self, name: &str) {
        self.paypal.days_pass(name, SignedDuration::from_hours(4 * 24));
    }

    pub fn agree_late(&self, provider: Provider, name: &str) {
        at!(self, provider, till => till.agree_late(name));
    }

    pub fn dispute(&self, provider: Provider, name: &str, amount: Money) -> String {
        at!(self, provider, till => till.dispute(name, amount))
    }

    pub fn decide(&self, provider: Provider, dispute: &str, won: bool) {
        at!(self, provider, till => till.decide(dispute, won));
    }

    pub fn book(&self, provider: Provider, name: &str) -> Book {
        at!(self, provider, till => till.book(name))
    }
}
