//! Stripe: Payment Intents that are captured by hand, in Stripe's fields within our page or on its
//! own page (Checkout Sessions).
//!
//! A thin client of the few calls that are needed: of the crates for Stripe, async-stripe is the
//! one that lives, and its 1.0 has been a release candidate for over a year; it answers a 500 and a
//! spent key like any other error, which here are three different things to do next.
//!
//! Stripe forgets a key after a day or later (documentation “Idempotent requests”), and frees what a
//! card has set aside after seven days unless its scheme says otherwise (“Place a hold on a payment
//! method”). Writes to a payment are looked at before they are
//! repeated; a creation looks first when its key may be forgotten.

mod amount;
mod call;
mod event;
mod keep;
mod settings;
mod why;
mod wire;

use std::time::Duration;

use axum::http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use kernel::{Clock, Currency, Money};
use payments_api::{Component, ComponentKind};
use serde::de::IgnoredAny;
use uuid::Uuid;

pub use self::settings::Stripe;
use self::{
    amount::to_stripe,
    call::{Calls, Failed, MOST_KEYS, spent},
    settings::Page,
    wire::{Beside, Dispute, Intent, List, Named, Refund, Session},
};
use super::{
    Abilities, CallFailed, Created, Disputed, Kept, Known, NewPayment, NotTaken, Notice, Of,
    Provider, Seen, signature, webhook_secret,
};
use crate::{component, disputes};

/// A visit to the hosted page lasts at least so long.
const SHORTEST_VISIT: SignedDuration = SignedDuration::from_mins(30);
const LONGEST_VISIT: SignedDuration = SignedDuration::from_hours(24);
/// After this Stripe may have forgotten a key.
const KEYS_ARE_KEPT: SignedDuration = SignedDuration::from_hours(23);
/// Of one payment; nobody gives back more often.
const MOST_PAGES: usize = 10;

/// Speaks to Stripe for one account.
pub struct Client {
    calls: Calls,
    settings: Stripe,
    clock: Clock,
}

impl Client {
    pub fn new(settings: &Stripe, patience: Duration, clock: &Clock) -> anyhow::Result<Self> {
        let calls = Calls::new(settings, patience)?;
        Ok(Self { calls, settings: settings.clone(), clock: clock.clone() })
    }

    /// What Stripe is told of a visit to its page.
    fn visit(&self, new: &NewPayment<'_>) -> Result<Vec<(&'static str, String)>, CallFailed> {
        let name = if new.description.is_empty() { "Order" } else { new.description };
        let mut form = vec![
            ("mode", "payment".to_owned()),
            ("line_items[0][price_data][currency]", new.amount.currency.code().to_lowercase()),
            ("line_items[0][price_data][unit_amount]", to_stripe(new.amount)?.to_string()),
            ("line_items[0][price_data][product_data][name]", name.into()),
            ("line_items[0][quantity]", "1".into()),
            ("success_url", new.return_url.into()),
            ("cancel_url", new.return_url.into()),
            ("client_reference_id", new.order.to_string()),
            ("metadata[order]", new.order.to_string()),
            ("metadata[payment]", new.id.to_string()),
            ("payment_intent_data[capture_method]", "manual".into()),
            ("payment_intent_data[description]", name.into()),
            ("payment_intent_data[metadata][order]", new.order.to_string()),
            ("payment_intent_data[metadata][payment]", new.id.to_string()),
        ];
        form.extend(keep::of_session(&new.keeping));
        // Not from now on: asked again it has to be the same.
        let end = new.pay_by + SHORTEST_VISIT;
        if end < self.clock.now() + LONGEST_VISIT {
            form.push(("expires_at", end.as_second().to_string()));
        }
        Ok(form)
    }

    /// Whether Stripe may have forgotten that it was asked for this.
    fn may_be_forgotten(&self, new: &NewPayment<'_>) -> bool {
        let now = self.clock.now();
        now > new.pay_by || now.duration_since(new.since) > KEYS_ARE_KEPT
    }

    /// The payment as it was made under a key that may be forgotten.
    async fn made_before(&self, new: &NewPayment<'_>) -> Result<Option<Created>, CallFailed> {
        let query = [("query", format!("metadata['payment']:'{}'", new.id))];
        let found: List<Named> = self.calls.get("payment_intents/search", &query).await?;
        let Some(intent) = found.data.into_iter().next() else { return Ok(None) };
        if self.settings.page == Page::Element {
            let intent = self.calls.get(&format!("payment_intents/{}", intent.id), &[]).await?;
            return Ok(Some(created(intent)));
        }
        let query = [("payment_intent", intent.id), expanded("data.payment_intent.latest_charge")];
        let found: List<Session> = self.calls.get("checkout/sessions", &query).await?;
        Ok(found.data.into_iter().next().map(visit))
    }

    async fn session(&self, name: &str) -> Result<Session, CallFailed> {
        let expand = [
            expanded("payment_intent.latest_charge.balance_transaction"),
            expanded("payment_intent.payment_method"),
        ];
        self.calls.get(&format!("checkout/sessions/{name}"), &expand).await
    }

    /// The intent behind the name that our payment is bound to.
    async fn intent_of(&self, name: &str) -> Result<String, CallFailed> {
        if !is_visit(name) {
            return Ok(name.to_owned());
        }
        let intent = self.session(name).await?.payment_intent;
        let none = || CallFailed::Refused("the customer has not paid yet".into());
        Ok(intent.ok_or_else(none)?.id)
    }

    async fn beside(&self, intent: &Intent) -> Result<Beside, CallFailed> {
        let mut beside = Beside::default();
        let Some(charge) = &intent.latest_charge else { return Ok(beside) };
        if intent.status != "succeeded" {
            return Ok(beside);
        }
        // All of them, whatever the charge says: it does not count one that failed.
        beside.refunds = self.refunds(&intent.id).await?;
        if charge.disputed {
            let query = [("payment_intent", intent.id.clone()), ("limit", "100".into())];
            beside.disputes = self.calls.get::<List<Dispute>>("disputes", &query).await?.data;
        }
        Ok(beside)
    }

    async fn refunds(&self, intent: &str) -> Result<Vec<Refund>, CallFailed> {
        let mut all: Vec<Refund> = Vec::new();
        for _ in 0..MOST_PAGES {
            let mut query = vec![("payment_intent", intent.to_owned()), ("limit", "100".into())];
            query.extend(all.last().map(|last| ("starting_after", last.id.clone())));
            let page: List<Refund> = self.calls.get("refunds", &query).await?;
            all.extend(page.data);
            if !page.has_more {
                break;
            }
        }
        Ok(all)
    }

    /// Ends a visit; `false` when the customer has just finished it.
    async fn end_visit(&self, key: Uuid, name: &str) -> Result<bool, CallFailed> {
        match self.session(name).await?.status.as_deref() {
            Some("complete") => Ok(false),
            Some("expired") => Ok(true),
            _ => {
                let path = format!("checkout/sessions/{name}/expire");
                // Its own key: the intent may have to be cancelled under the operation's.
                let key = Uuid::from_u128(key.as_u128() ^ 1);
                self.calls.post::<IgnoredAny>(&path, key, &[]).await.map(|_| true)
            }
        }
    }
}

/// What Stripe is told of an intent.
fn intent(new: &NewPayment<'_>) -> Result<Vec<(&'static str, String)>, CallFailed> {
    let mut form = vec![
        ("amount", to_stripe(new.amount)?.to_string()),
        ("currency", new.amount.currency.code().to_ascii_lowercase()),
        ("capture_method", "manual".into()),
        ("description", new.description.into()),
        ("metadata[order]", new.order.to_string()),
        ("metadata[payment]", new.id.to_string()),
        ("automatic_payment_methods[enabled]", "true".into()),
    ];
    form.extend(keep::of_intent(&new.keeping));
    Ok(form)
}

fn is_visit(name: &str) -> bool {
    name.starts_with("cs_")
}

fn expanded(path: &str) -> (&'static str, String) {
    ("expand[]", path.to_owned())
}

fn created(intent: Intent) -> Created {
    Created {
        provider_payment: intent.id,
        client_secret: intent.client_secret.unwrap_or_default(),
        pay_url: String::new(),
    }
}

fn visit(session: Session) -> Created {
    Created {
        provider_payment: session.id,
        client_secret: String::new(),
        pay_url: session.url.unwrap_or_default(),
    }
}

#[async_trait::async_trait]
impl Provider for Client {
    fn abilities(&self) -> Abilities {
        Abilities {
            captures_in_part: true,
            cancels_open: true,
            voids: true,
            horizon: SignedDuration::from_hours(24),
        }
    }

    fn takes(&self, currency: Currency) -> bool {
        amount::takes(currency)
    }

    fn component(&self, _: Currency) -> Component {
        match self.settings.page {
            Page::Redirect => Component::default(),
            Page::Element => {
                let (kind, script) =
                    (ComponentKind::StripePaymentElement, &self.settings.script_url);
                let account = &self.settings.account;
                Component {
                    kind,
                    script: Some(script.clone()),
                    public_key: Some(self.settings.publishable_key.clone()),
                    account: (!account.is_empty()).then(|| account.clone()),
                    csp: component::csp(kind, script),
                    ..Component::default()
                }
            }
        }
    }

    fn saves(&self) -> bool {
        self.settings.saves_methods
    }

    async fn customer(&self, key: Uuid, since: Timestamp) -> Result<Option<String>, CallFailed> {
        let forgotten = self.clock.now().duration_since(since) > KEYS_ARE_KEPT;
        keep::customer(&self.calls, key, forgotten).await.map(Some)
    }

    async fn detach(&self, kept: &Kept<'_>) -> Result<(), CallFailed> {
        keep::detach(&self.calls, kept.token).await
    }

    async fn keeps(&self, kept: &Kept<'_>) -> Result<bool, CallFailed> {
        keep::is_there(&self.calls, kept.token).await
    }

    async fn create(&self, new: &NewPayment<'_>) -> Result<Created, CallFailed> {
        if self.may_be_forgotten(new)
            && let Some(before) = self.made_before(new).await?
        {
            return Ok(before);
        }
        let (key, calls) = (new.id.uuid(), &self.calls);
        match self.settings.page {
            Page::Element => calls.create("payment_intents", key, &intent(new)?).await.map(created),
            Page::Redirect => {
                calls.create("checkout/sessions", key, &self.visit(new)?).await.map(visit)
            }
        }
    }

    /// Under its key alone, so that there are never two; where that was used for what is not known any
    /// more, as where a kept card is gone, it is looked for.
    async fn find(&self, new: &NewPayment<'_>) -> Result<Option<Created>, CallFailed> {
        // That Stripe does not let us look says nothing of what is there.
        let unclear = |failed| match failed {
            CallFailed::Refused(why) => CallFailed::Unknown(why),
            failed => failed,
        };
        if self.may_be_forgotten(new) {
            return self.made_before(new).await.map_err(unclear);
        }
        let (key, calls) = (new.id.uuid(), &self.calls);
        let made = match self.settings.page {
            Page::Element => calls.post("payment_intents", key, &intent(new)?).await.map(created),
            Page::Redirect => {
                calls.post("checkout/sessions", key, &self.visit(new)?).await.map(visit)
            }
        };
        match made {
            Err(CallFailed::Unknown(why)) => {
                let before = self.made_before(new).await.map_err(unclear)?;
                before.map(Some).ok_or(CallFailed::Unknown(why))
            }
            made => made.map(Some),
        }
    }

    async fn retrieve(&self, known: &Known<'_>) -> Result<Seen, CallFailed> {
        let name = known.provider_payment;
        let live = self.settings.live;
        if is_visit(name) {
            let session = self.session(name).await?;
            let beside = match &session.payment_intent {
                Some(intent) => self.beside(intent).await?,
                None => Beside::default(),
            };
            return session.seen(beside, live);
        }
        let expand = [expanded("latest_charge.balance_transaction"), expanded("payment_method")];
        let intent: Intent = self.calls.get(&format!("payment_intents/{name}"), &expand).await?;
        let beside = self.beside(&intent).await?;
        intent.seen(beside, live)
    }

    async fn capture(&self, key: Uuid, of: Of<'_>, amount: Money) -> Result<(), CallFailed> {
        let name = of.name;
        let path = format!("payment_intents/{}/capture", self.intent_of(name).await?);
        let form = [("amount_to_capture", to_stripe(amount)?.to_string())];
        self.calls.post::<IgnoredAny>(&path, key, &form).await.map(|_| ())
    }

    async fn cancel(&self, key: Uuid, name: &str) -> Result<(), CallFailed> {
        if is_visit(name) && self.end_visit(key, name).await? {
            return Ok(());
        }
        let path = format!("payment_intents/{}/cancel", self.intent_of(name).await?);
        let form = [("cancellation_reason", "requested_by_customer".to_owned())];
        self.calls.post::<IgnoredAny>(&path, key, &form).await.map(|_| ())
    }

    async fn refund(&self, key: Uuid, of: Of<'_>, amount: Money) -> Result<(), CallFailed> {
        let name = of.name;
        let intent = self.intent_of(name).await?;
        let form = [
            ("payment_intent", intent.clone()),
            ("amount", to_stripe(amount)?.to_string()),
            ("metadata[operation]", key.to_string()),
        ];
        for turn in 0..MOST_KEYS {
            match self.calls.once::<IgnoredAny>("refunds", (key, turn), &form).await {
                Err(Failed::KeyIsSpent(_)) => {}
                done => return done.map(|_| ()).map_err(Failed::call),
            }
            // That call is over: what came of it shows.
            if self.refunds(&intent).await?.iter().any(|refund| refund.is_of(key)) {
                return Ok(());
            }
        }
        Err(spent())
    }

    async fn disputes(&self, since: Timestamp) -> Result<Vec<Disputed>, CallFailed> {
        let oldest = (since - disputes::LONGEST).as_second().to_string();
        let mut all: Vec<Disputed> = Vec::new();
        for _ in 0..disputes::MOST_PAGES {
            let mut query = vec![("created[gte]", oldest.clone()), ("limit", "100".into())];
            query.extend(all.last().map(|last| ("starting_after", last.dispute.clone())));
            let page: List<Dispute> = self.calls.get("disputes", &query).await?;
            let named = |one: Dispute| Disputed { dispute: one.id, object: one.charge };
            all.extend(page.data.into_iter().map(named));
            if !page.has_more {
                return Ok(all);
            }
        }
        Err(CallFailed::endless())
    }

    async fn notice(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Notice, NotTaken> {
        let mut all = headers.get_all("stripe-signature").iter();
        let (Some(header), None) = (all.next(), all.next()) else {
            return Err(NotTaken::Signature);
        };
        let header = header.to_str().map_err(|_| NotTaken::Signature)?;
        let mut secrets = webhook_secret::counting(&self.settings.webhook_secrets, now);
        if !secrets.any(|secret| signature::holds(secret.as_bytes(), header, body, now)) {
            return Err(NotTaken::Signature);
        }
        event::notice(body, self.settings.live, &self.settings.account)
    }
}
