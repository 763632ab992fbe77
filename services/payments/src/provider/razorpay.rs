//! Razorpay, over its REST interface. A payment of ours is an order there; the customer's attempts
//! are payments of that order, and at most one of them is ours to take.
//!
//! Razorpay has no keys for idempotency on orders and captures, so both look before they write; a
//! refund carries our key in `X-Refund-Idempotency` and in its notes, for the key is forgotten
//! there one day: for how long it is kept is not documented. Amounts are minor units as ISO 4217 has
//! them, also of currencies with no or three decimals; of the latter the last digit must be 0
//! (documentation of the Orders and Refunds API).

mod api;
mod decline;
mod keep;
mod notice;
mod seen;
mod settings;
mod signature;
mod wire;

use std::{collections::HashMap, time::Duration};

use axum::http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use kernel::{Currency, Money};
use payments_api::{Component, ComponentKind};
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use uuid::Uuid;

use self::{
    api::Api,
    seen::{Ours, lapsed},
    wire::{Dispute, Order, Page, Payment, Refund},
};
use super::{
    Abilities, CallFailed, Created, Disputed, Kept, Known, NewPayment, NotTaken, Notice, Of,
    Provider, Seen,
};
use crate::{component, disputes};

pub use self::settings::Razorpay;

/// Its currencies, each with the decimals of ISO 4217. Source: Razorpay's documentation
/// “International payments”, supported currencies.
const CURRENCIES: &str = "AED ALL AMD AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN \
    BWP BZD CAD CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ETB EUR FJD GBP GHS GIP GMD GNF \
    GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD ISK JMD JOD JPY KES KGS KHR KMF KRW KWD KYD KZT LAK LKR \
    LRD LSL MAD MDL MGA MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PEN PGK \
    PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SCR SEK SGD SLL SOS SVC SZL THB TND TRY TTD TWD TZS UAH \
    UGX USD UYU UZS VND VUV XAF XCD XOF XPF YER ZAR ZMW";

/// Banks may agree so long after an attempt had failed, and money that is set aside goes back by
/// itself in the same time. Source: “Late payment authorisations” says three days, “Configure payment
/// capture settings using Orders API” says five.
const LATE: SignedDuration = SignedDuration::from_hours(5 * 24);

/// The most that one answer holds, and how many are asked for.
const PAGE: usize = 100;
const MOST_PAGES: usize = 10;

/// Speaks to Razorpay for one account.
pub struct Client {
    api: Api,
    settings: Razorpay,
}

impl Client {
    pub fn new(settings: &Razorpay, patience: Duration) -> anyhow::Result<Self> {
        Ok(Self { api: Api::new(settings, patience)?, settings: settings.clone() })
    }

    /// The order that was made for a payment of ours before, whether or not we had the answer.
    async fn made(&self, new: &NewPayment<'_>) -> Result<Option<Order>, CallFailed> {
        let path = format!("orders?receipt={}&count=10", new.id);
        let found: Page<Order> = self.api.get(&path).await?;
        let id = new.id.to_string();
        let ours = |order: &Order| {
            order.notes.get("payment") == Some(&id)
                && order.amount == new.amount.amount
                && order.currency == new.amount.currency.code()
        };
        Ok(found.items.into_iter().filter(ours).min_by_key(|order| order.created_at))
    }

    async fn payments(&self, order: &str) -> Result<Vec<Payment>, CallFailed> {
        let page: Page<Payment> = self.api.get(&format!("orders/{order}/payments")).await?;
        Ok(page.items)
    }

    /// Gives back so much of a payment there, unless that was asked for under this key before.
    async fn refund_once(&self, key: Uuid, payment: &str, amount: i64) -> Result<(), CallFailed> {
        let before = self.refunds(payment).await?;
        match before.iter().find(|refund| refund.operation() == Some(key)) {
            Some(refund) if refund.status == "failed" => {
                return Err(CallFailed::Refused("the bank did not take it back".into()));
            }
            Some(_) => return Ok(()),
            None => {}
        }
        let body = json!({"amount": amount, "notes": {"operation": key}});
        let path = format!("payments/{payment}/refund");
        self.api.post::<IgnoredAny>(&path, Some(key), &body).await.map(|_| ())
    }

    async fn refunds(&self, payment: &str) -> Result<Vec<Refund>, CallFailed> {
        let mut all = Vec::new();
        for page in 0..MOST_PAGES {
            let skip = page * PAGE;
            let path = format!("payments/{payment}/refunds?count={PAGE}&skip={skip}");
            let page: Page<Refund> = self.api.get(&path).await?;
            let last = page.items.len() < PAGE;
            all.extend(page.items);
            if last {
                return Ok(all);
            }
        }
        Err(CallFailed::Unknown("more refunds than can be counted".into()))
    }
}

fn created(order: Order) -> Created {
    Created { provider_payment: order.id, client_secret: String::new(), pay_url: String::new() }
}

#[async_trait::async_trait]
impl Provider for Client {
    fn abilities(&self) -> Abilities {
        Abilities { captures_in_part: false, cancels_open: false, voids: false, horizon: LATE }
    }

    fn takes(&self, currency: Currency) -> bool {
        CURRENCIES.split(' ').any(|code| code == currency.code())
    }

    fn component(&self, _: Currency) -> Component {
        let (kind, script) = (ComponentKind::RazorpayCheckout, &self.settings.script_url);
        Component {
            kind,
            script: Some(script.clone()),
            public_key: Some(self.settings.key_id.clone()),
            csp: component::csp(kind, script),
            ..Component::default()
        }
    }

    fn saves(&self) -> bool {
        self.settings.saves_methods
    }

    async fn customer(&self, key: Uuid, _: Timestamp) -> Result<Option<String>, CallFailed> {
        keep::customer(&self.api, key).await.map(Some)
    }

    async fn detach(&self, kept: &Kept<'_>) -> Result<(), CallFailed> {
        keep::detach(&self.api, kept).await
    }

    async fn keeps(&self, kept: &Kept<'_>) -> Result<bool, CallFailed> {
        keep::is_there(&self.api, kept).await
    }

    async fn create(&self, new: &NewPayment<'_>) -> Result<Created, CallFailed> {
        if new.amount.decimals() == 3 && new.amount.amount % 10 != 0 {
            let why =
                format!("{} cannot be paid at Razorpay: its last digit must be 0", new.amount);
            return Err(CallFailed::Refused(why));
        }
        let order: Order = if let Some(order) = self.made(new).await? {
            order
        } else {
            let body = json!({
                "amount": new.amount.amount,
                "currency": new.amount.currency.code(),
                "receipt": new.id,
                // Two who ask at once get the same order.
                "unique_receipt": true,
                "notes": {"order": new.order, "payment": new.id},
                // Unless told, Razorpay captures by itself whatever its banks agree to.
                "payment": {"capture": "manual", "capture_options": {"refund_speed": "normal"}},
            });
            self.api.post("orders", None, &body).await?
        };
        Ok(created(order))
    }

    async fn find(&self, new: &NewPayment<'_>) -> Result<Option<Created>, CallFailed> {
        Ok(self.made(new).await?.map(created))
    }

    async fn retrieve(&self, known: &Known<'_>) -> Result<Seen, CallFailed> {
        let name = api::plain(known.provider_payment)?;
        let order: Order = self.api.get(&format!("orders/{name}")).await?;
        let payments = self.payments(name).await?;
        let ours = Ours { own: known.own, ended: known.ended };
        let main = seen::main(&payments, ours);
        let refunds = match main.filter(|payment| payment.captured) {
            Some(payment) => self.refunds(api::plain(&payment.id)?).await?,
            None => Vec::new(),
        };
        let mut strays = HashMap::new();
        for other in seen::others(&payments, main).filter(|other| other.captured) {
            strays.insert(other.id.clone(), self.refunds(api::plain(&other.id)?).await?);
        }
        let mut disputes = Vec::new();
        for dispute in known.disputes {
            disputes.push(self.api.get(&format!("disputes/{}", api::plain(dispute)?)).await?);
        }
        let method = match main.filter(|_| known.customer.is_some()) {
            Some(payment) => keep::seen(&self.api, payment).await,
            None => None,
        };
        Ok(Seen { method, ..seen::seen(order, (&payments, ours), &refunds, &strays, &disputes) })
    }

    async fn capture(&self, _: Uuid, of: Of<'_>, amount: Money) -> Result<(), CallFailed> {
        let payments = self.payments(api::plain(of.name)?).await?;
        let ours = Ours { own: of.own, ended: false };
        let Some(payment) = seen::main(&payments, ours) else {
            return Err(CallFailed::Refused("there is nothing that could be captured".into()));
        };
        if payment.captured {
            return Ok(());
        }
        // Nothing but all of it can be taken.
        let body = json!({"amount": amount.amount, "currency": amount.currency.code()});
        let path = format!("payments/{}/capture", api::plain(&payment.id)?);
        self.api.post::<IgnoredAny>(&path, None, &body).await.map(|_| ())
    }

    async fn cancel(&self, _: Uuid, _: &str) -> Result<(), CallFailed> {
        Err(CallFailed::Refused("Razorpay has no way to end an order".into()))
    }

    async fn refund(&self, key: Uuid, of: Of<'_>, amount: Money) -> Result<(), CallFailed> {
        let payments = self.payments(api::plain(of.name)?).await?;
        let ours = Ours { own: of.own, ended: false };
        let Some(payment) = seen::main(&payments, ours).filter(|payment| payment.captured) else {
            return Err(CallFailed::Refused("there is nothing that could go back".into()));
        };
        self.refund_once(key, api::plain(&payment.id)?, amount.amount).await
    }

    /// It is marked as a stray first, so that it is never taken for the payment's own; money can only
    /// go back when it has been captured.
    async fn give_back(
        &self,
        key: Uuid,
        of: Of<'_>,
        (stray, owed): (&str, i64),
    ) -> Result<(), CallFailed> {
        let payments = self.payments(api::plain(of.name)?).await?;
        let found = payments.iter().find(|payment| payment.id == stray);
        let Some(payment) = found.filter(|one| !of.own.contains(&one.id)) else {
            return Err(CallFailed::Refused("it is not beyond this order's money".into()));
        };
        let stray = api::plain(stray)?;
        if lapsed(payment) {
            return Ok(());
        }
        if !payment.is_stray() {
            let path = format!("payments/{stray}");
            self.api.patch(&path, &json!({"notes": {"stray": key}})).await?;
        }
        if !payment.captured {
            let body = json!({"amount": payment.amount, "currency": payment.currency});
            self.api.post::<IgnoredAny>(&format!("payments/{stray}/capture"), None, &body).await?;
        }
        // Somebody may have given back a part of it by hand.
        let gone = self.refunds(stray).await?.into_iter();
        let gone = gone.filter(|one| one.status != "failed" && one.operation() != Some(key));
        let left = owed - gone.map(|one| one.amount).sum::<i64>();
        if left <= 0 {
            return Ok(());
        }
        self.refund_once(key, stray, left).await
    }

    async fn disputes(&self, since: Timestamp) -> Result<Vec<Disputed>, CallFailed> {
        let oldest = (since - disputes::LONGEST).as_second();
        let mut all = Vec::new();
        for page in 0..disputes::MOST_PAGES {
            let path = format!("disputes?count={PAGE}&skip={}", page * PAGE);
            let page: Page<Dispute> = self.api.get(&path).await?;
            let last = page.items.len() < PAGE;
            let before = all.len();
            let recent = page.items.into_iter().filter(|one| one.created_at >= oldest);
            all.extend(recent.map(|one| Disputed { dispute: one.id, object: one.payment_id }));
            // The newest come first.
            if last || all.len() == before {
                return Ok(all);
            }
        }
        Err(CallFailed::endless())
    }

    async fn taken_for(&self, object: &str) -> Result<Option<String>, CallFailed> {
        let path = format!("payments/{}", api::plain(object)?);
        match self.api.get::<Payment>(&path).await {
            Err(CallFailed::Refused(_)) => Ok(None),
            taken => Ok(taken?.order_id),
        }
    }

    async fn notice(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Notice, NotTaken> {
        notice::read(&self.settings, headers, body, now)
    }

    fn come_back(&self, name: &str, brought: &Value) -> Result<(), NotTaken> {
        let text = |field: &str| brought.get(field).map(|value| value.as_str().unwrap_or_default());
        let fields = ["razorpay_order_id", "razorpay_payment_id", "razorpay_signature"].map(text);
        let [Some(order), Some(payment), Some(given)] = fields else {
            // Nothing comes back from an attempt that did not succeed; half of it from nobody.
            let none = fields.iter().all(Option::is_none);
            return if none { Ok(()) } else { Err(NotTaken::Form) };
        };
        let signed = format!("{order}|{payment}");
        let holds = signature::holds(&self.settings.key_secret, signed.as_bytes(), given);
        if order == name && holds { Ok(()) } else { Err(NotTaken::Signature) }
    }
}
