//! The three providers' stand-ins, as one.

use kernel::{Clock, Money};
use serde_json::Value;
use testkit::{Book, PayPal, Pays, Razorpay, StandIn, Stripe};

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

    pub async fn pay(&self, provider: Provider, name: &str, how: Pays) -> Value {
        at!(self, provider, till => till.pay(name, how).await)
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
