//! PayPal: Orders v2 with the intent to authorise, Payments v2, disputes, signed webhooks.
//!
//! PayPal forgets the keys of writes to orders after six hours and those of writes to payments after
//! 45 days (specifications of Orders v2 and Payments v2, `PayPal-Request-Id`), and we may not know
//! what came of one for longer: so each write looks first whether it has been done.

mod calls;
mod certificate;
mod decline;
mod keep;
mod liability;
mod money;
mod seen;
mod settings;
mod webhook;
mod wire;

use std::time::Duration;

use axum::http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use kernel::{Clock, Currency, Money};
use payments_api::{Component, ComponentKind};
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use url::form_urlencoded;
use uuid::Uuid;

pub use self::settings::{PayPal, PaysWith};
use self::{
    calls::{Answer, Calls},
    certificate::Certificates,
    money::Amount,
    seen::{frees, has_failed, held, is_taken, may_be_authorised},
    wire::{Authorization, Capture, Dispute, DisputePage, Order, Payments},
};
use super::{
    Abilities, CallFailed, Created, Disputed, Kept, Known, NewPayment, NotTaken, Notice, Of,
    Provider, Seen, SeenState,
};
use crate::{component, decline::Why, disputes};

/// So long after it was set aside PayPal answers for the money of an account of its own; what is set
/// aside lapses after 29 days. Source: its documentation “Authorization and honor period”, which
/// advises to authorise anew before capturing later; that it can be done more than once is in the
/// specification of Payments v2.
const HONOURED: SignedDuration = SignedDuration::from_hours(3 * 24);

/// After this PayPal may have forgotten the key of an order.
const KEYS_ARE_KEPT: SignedDuration = SignedDuration::from_mins(5 * 60 + 45);

/// Speaks to PayPal for one account.
pub struct Client {
    calls: Calls,
    certificates: Certificates,
    settings: PayPal,
    clock: Clock,
}

impl Client {
    /// `settings` as they have been checked.
    pub fn new(settings: PayPal, patience: Duration, clock: Clock) -> anyhow::Result<Self> {
        Ok(Self {
            calls: Calls::new(&settings, patience, clock.clone())?,
            certificates: Certificates::new(&settings, patience)?,
            settings,
            clock,
        })
    }

    async fn order(&self, name: &str) -> Answer<Order> {
        self.calls.get(&format!("v2/checkout/orders/{name}")).await
    }

    /// What there is of an order's money.
    async fn payments(&self, name: &str) -> Result<Payments, CallFailed> {
        let order = self.order(name).await??;
        Ok(order.purchase_units.into_iter().next().map(|unit| unit.payments).unwrap_or_default())
    }

    /// The authorisation to capture from, with how many there were before it: a new one where PayPal
    /// answers for the newest no longer. Only the first can be authorised anew, as often as there is
    /// need within its 29 days. Cards cannot be; and where PayPal does not want to, what there is can
    /// still be tried.
    async fn honoured(
        &self,
        key: Uuid,
        payments: &Payments,
    ) -> Result<(usize, String), CallFailed> {
        let newest = held(payments).ok_or_else(|| nothing("set aside"))?;
        let all = &payments.authorizations;
        let number = all.iter().position(|one| one.id == newest.id).unwrap_or_default();
        let age = newest.created().map(|since| self.clock.now().duration_since(since));
        let is_card = self.settings.pays_with == PaysWith::Card;
        if is_card || age.is_none_or(|age| age < HONOURED) {
            return Ok((number, newest.id.clone()));
        }
        let first = all.iter().find(|one| frees(one)).unwrap_or(newest);
        let path = format!("v2/payments/authorizations/{}/reauthorize", first.id);
        // Its own key: the capture is sent under the operation's.
        let key = Uuid::from_u128(of_number(key, all.len() - 1).as_u128() ^ 1);
        let again: Answer<Authorization> = self.calls.post(&path, key, &json!({})).await;
        Ok(match again? {
            Ok(again) if again.status == "CREATED" => (all.len(), again.id),
            _ => (number, newest.id.clone()),
        })
    }

    /// Makes the order, once per payment.
    async fn make(&self, new: &NewPayment<'_>) -> Result<Order, CallFailed> {
        let description: String = new.description.chars().take(100).collect();
        let mut unit = json!({
            "reference_id": new.order,
            "custom_id": new.id,
            // One that has been paid is refused for another payment.
            "invoice_id": format!("{}-{}", new.order, new.id),
            "amount": Amount::of(new.amount),
            "payee": {"merchant_id": self.settings.merchant_id},
        });
        if !description.is_empty() {
            unit["description"] = json!(description);
        }
        let mut body = json!({"intent": "AUTHORIZE", "purchase_units": [unit]});
        // With a kept source in it, PayPal would set the money aside before its order is known here.
        if new.keeping.token.is_none() {
            body["payment_source"] = self.source(new);
        }
        Ok(self.calls.post("v2/checkout/orders", new.id.uuid(), &body).await??)
    }

    /// What is paid with, and whether PayPal is to keep it.
    fn source(&self, new: &NewPayment<'_>) -> Value {
        let context = json!({"return_url": new.return_url, "cancel_url": new.return_url});
        match self.settings.pays_with {
            PaysWith::Paypal => {
                let mut context = context;
                context["shipping_preference"] = json!("NO_SHIPPING");
                context["user_action"] = json!("PAY_NOW");
                let mut wallet = json!({"experience_context": context});
                if new.keeping.saves {
                    wallet["attributes"] = keep::wallet(new.keeping.customer);
                }
                json!({"paypal": wallet})
            }
            PaysWith::Card => {
                let mut attributes = json!({});
                if new.keeping.saves {
                    attributes = keep::card(new.keeping.customer);
                }
                attributes["verification"] = json!({"method": "SCA_WHEN_REQUIRED"});
                json!({"card": {"experience_context": context, "attributes": attributes}})
            }
        }
    }

    /// The payer's word that it is paid with what they kept. It moves no money: that is set aside when
    /// the order is known here, as of any other. The page where the payer has to prove who they are.
    async fn agree(&self, order: &Order, new: &NewPayment<'_>, token: &str) -> Answer<String> {
        let mut source = self.source(new);
        for kind in ["paypal", "card"] {
            if source[kind].is_object() {
                source[kind]["vault_id"] = json!(token);
            }
        }
        let path = format!("v2/checkout/orders/{}/confirm-payment-source", order.id);
        // A key of its own: the order's is spent.
        let key = Uuid::from_u128(new.id.uuid().as_u128() ^ 1);
        let body = json!({"payment_source": source});
        match self.calls.post::<Order>(&path, key, &body).await? {
            Err(refusal) if refusal.issue == "PAYMENT_ALREADY_APPROVED" => Ok(Ok(String::new())),
            agreed => Ok(agreed.map(|agreed| page(&agreed))),
        }
    }
}

#[async_trait::async_trait]
impl Provider for Client {
    fn abilities(&self) -> Abilities {
        Abilities {
            captures_in_part: true,
            cancels_open: false,
            voids: true,
            // An order that nobody agreed to ends after six hours at the latest; one that was
            // agreed to brings money only when we ask for it.
            horizon: SignedDuration::from_hours(6),
        }
    }

    fn takes(&self, currency: Currency) -> bool {
        money::takes(currency)
    }

    fn component(&self, currency: Currency) -> Component {
        let (kind, parts) = match self.settings.pays_with {
            PaysWith::Paypal => (ComponentKind::PaypalButtons, "buttons"),
            PaysWith::Card => (ComponentKind::PaypalCardFields, "card-fields"),
        };
        // What is shown has to be what the order says; that it is so is PayPal's to check.
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("client-id", &self.settings.client_id)
            .append_pair("currency", currency.code())
            .append_pair("intent", "authorize")
            .append_pair("components", parts)
            .finish();
        let script = format!("{}?{query}", self.settings.script_url);
        Component {
            kind,
            csp: component::csp(kind, &script),
            script: Some(script),
            public_key: Some(self.settings.client_id.clone()),
            ..Component::default()
        }
    }

    fn saves(&self) -> bool {
        self.settings.saves_methods
    }

    async fn detach(&self, kept: &Kept<'_>) -> Result<(), CallFailed> {
        keep::detach(&self.calls, kept.token).await
    }

    async fn keeps(&self, kept: &Kept<'_>) -> Result<bool, CallFailed> {
        keep::is_there(&self.calls, kept.token).await
    }

    async fn create(&self, new: &NewPayment<'_>) -> Result<Created, CallFailed> {
        let order = self.make(new).await?;
        let pay_url = match new.keeping.token {
            Some(token) => self.agree(&order, new, token).await??,
            // A card is typed on our page; PayPal's own is for its wallet.
            None if self.settings.pays_with == PaysWith::Card => String::new(),
            None => page(&order),
        };
        Ok(Created { client_secret: String::new(), pay_url, provider_payment: order.id })
    }

    /// Orders cannot be looked for. One that nobody was led to has no payer who agreed to it.
    async fn find(&self, new: &NewPayment<'_>) -> Result<Option<Created>, CallFailed> {
        if self.clock.now().duration_since(new.since) > KEYS_ARE_KEPT {
            return match new.keeping.token {
                None => Ok(None),
                Some(_) => Err(CallFailed::Unknown("it is too late to ask under its key".into())),
            };
        }
        let provider_payment = self.make(new).await?.id;
        let (client_secret, pay_url) = (String::new(), String::new());
        Ok(Some(Created { provider_payment, client_secret, pay_url }))
    }

    async fn retrieve(&self, known: &Known<'_>) -> Result<Seen, CallFailed> {
        let order = match self.order(known.provider_payment).await? {
            Ok(order) => order,
            Err(refusal) if known.waits && refusal.issue == "INVALID_RESOURCE_ID" => {
                return Ok(forgotten(known));
            }
            Err(refusal) => return Err(refusal.into()),
        };
        let mut disputes: Vec<Dispute> = Vec::new();
        for id in known.disputes {
            // One that is not there was never ours.
            disputes.extend(self.calls.get(&format!("v1/customer/disputes/{id}")).await?.ok());
        }
        seen::seen(order, disputes, (known, &self.settings.merchant_id))
            .map_err(CallFailed::Unknown)
    }

    async fn authorise(&self, key: Uuid, name: &str) -> Result<(), CallFailed> {
        let order = self.order(name).await??;
        let denied = |one: &Authorization| one.status == "DENIED";
        let mut made = order.purchase_units.iter().flat_map(|unit| &unit.payments.authorizations);
        if let Some(last) = made.next_back() {
            return if denied(last) { Err(CallFailed::Refused("denied".into())) } else { Ok(()) };
        }
        // The payer may have chosen another card since it was looked at.
        if !may_be_authorised(&order) {
            return Err(CallFailed::Declined(Why::NotAuthenticated));
        }
        let path = format!("v2/checkout/orders/{name}/authorize");
        let done: Order = match self.calls.post(&path, key, &json!({})).await? {
            Err(refusal) if refusal.issue == "ORDER_ALREADY_AUTHORIZED" => return Ok(()),
            done => done?,
        };
        // That it was denied is seen when the order is looked at.
        let units = done.purchase_units.iter();
        if units.flat_map(|unit| &unit.payments.authorizations).any(denied) {
            return Err(CallFailed::Refused("denied".into()));
        }
        Ok(())
    }

    async fn capture(&self, key: Uuid, of: Of<'_>, amount: Money) -> Result<(), CallFailed> {
        let name = of.name;
        let payments = self.payments(name).await?;
        if payments.captures.iter().any(|one| !has_failed(one)) {
            return Ok(());
        }
        let (number, held) = self.honoured(key, &payments).await?;
        let path = format!("v2/payments/authorizations/{held}/capture");
        let body = json!({"amount": Amount::of(amount), "final_capture": true});
        let done: Capture = self.calls.post(&path, of_number(key, number), &body).await??;
        // Under a key that it knows PayPal repeats what it said then: it may have failed since.
        let since = payments.captures.iter().any(|one| one.id == done.id);
        if has_failed(&done) || since {
            return Err(CallFailed::Declined(Why::Other));
        }
        Ok(())
    }

    async fn cancel(&self, key: Uuid, name: &str) -> Result<(), CallFailed> {
        let payments = self.payments(name).await?;
        let held = payments.authorizations.iter().enumerate().filter(|(_, one)| frees(one));
        let mut held: Vec<(usize, &Authorization)> = held.collect();
        if held.is_empty() {
            // A capture that PayPal still looks at: what comes of it will be shown.
            let waits = payments.captures.iter().any(|one| one.status == "PENDING");
            let freed = payments.authorizations.iter().any(|one| one.status == "VOIDED");
            return if waits || freed { Ok(()) } else { Err(nothing("set aside")) };
        }
        // All of it, the first one first: what was made of that goes with it, and cannot go alone.
        held.sort_by_key(|(_, one)| one.created());
        for (turn, (number, one)) in held.into_iter().enumerate() {
            let path = format!("v2/payments/authorizations/{}/void", one.id);
            let key = of_number(key, number);
            match self.calls.post::<IgnoredAny>(&path, key, &json!({})).await? {
                Err(refusal) if refusal.issue == "PREVIOUSLY_VOIDED" => {}
                Err(refusal) if refusal.issue == "CANNOT_BE_VOIDED" && turn > 0 => {}
                done => drop(done?),
            }
        }
        Ok(())
    }

    async fn refund(&self, key: Uuid, of: Of<'_>, amount: Money) -> Result<(), CallFailed> {
        let name = of.name;
        let payments = self.payments(name).await?;
        let ours = key.to_string();
        let mut earlier = payments.refunds.iter();
        if earlier.any(|one| {
            one.custom_id.as_deref() == Some(&ours)
                && matches!(one.status.as_str(), "COMPLETED" | "PENDING")
        }) {
            return Ok(());
        }
        let taken = payments.captures.iter().find(|one| is_taken(&one.status));
        let taken = taken.ok_or_else(|| nothing("taken"))?;
        let path = format!("v2/payments/captures/{}/refund", taken.id);
        let body = json!({"amount": Amount::of(amount), "custom_id": ours});
        let done: Answer<IgnoredAny> = self.calls.post(&path, key, &body).await;
        done?.map(|_| ()).map_err(|refusal| CallFailed::Refused(refusal.issue))
    }

    /// A list does not say what is disputed: each is asked for.
    async fn disputes(&self, since: Timestamp) -> Result<Vec<Disputed>, CallFailed> {
        let mut path = format!("v1/customer/disputes?page_size=50&update_time_after={since:.3}");
        let mut all = Vec::new();
        for _ in 0..disputes::MOST_PAGES {
            let page: DisputePage = self.calls.get(&path).await??;
            for named in &page.items {
                let path = format!("v1/customer/disputes/{}", named.dispute_id);
                let Dispute { dispute_id: dispute, disputed_transactions, .. } =
                    self.calls.get(&path).await??;
                let of = disputed_transactions.into_iter().next();
                let object = of.and_then(|of| of.seller_transaction_id);
                all.extend(object.map(|object| Disputed { dispute, object }));
            }
            let next = page.links.into_iter().find(|link| link.rel == "next");
            let Some(next) = next else { return Ok(all) };
            let query = next.href.split_once("/v1/customer/disputes");
            let query = query.and_then(|(_, rest)| rest.trim_start_matches('/').strip_prefix('?'));
            let nowhere = || CallFailed::Unknown(format!("a next page at {}", next.href));
            path = format!("v1/customer/disputes?{}", query.ok_or_else(nowhere)?);
        }
        Err(CallFailed::endless())
    }

    async fn notice(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Notice, NotTaken> {
        let webhook_id = &self.settings.webhook_id;
        webhook::notice(&self.certificates, webhook_id, (headers, body), now).await
    }
}

/// The key of an operation for one of several authorisations; of the first it is the operation's own.
const fn of_number(key: Uuid, number: usize) -> Uuid {
    Uuid::from_u128(key.as_u128() ^ ((number as u128) << 8))
}

/// Where the payer agrees, or proves who they are.
fn page(order: &Order) -> String {
    let page = |link: &&wire::Link| matches!(link.rel.as_str(), "payer-action" | "approve");
    order.links.iter().find(page).map(|link| link.href.clone()).unwrap_or_default()
}

fn nothing(what: &str) -> CallFailed {
    CallFailed::Refused(format!("nothing is {what} there"))
}

/// PayPal forgets orders that nobody agreed to: no money can come of them.
fn forgotten(known: &Known<'_>) -> Seen {
    Seen {
        id: known.provider_payment.into(),
        order: Some(known.order.to_string()),
        payment: Some(known.payment.to_string()),
        amount: known.amount.amount,
        currency: known.amount.currency.code().into(),
        mode_fits: true,
        account_fits: true,
        state: SeenState::Cancelled { reason: "nobody agreed to it in time".into() },
        refunds: Vec::new(),
        disputes: Vec::new(),
        fee: None,
        objects: Vec::new(),
        strays: Vec::new(),
        method: None,
    }
}
