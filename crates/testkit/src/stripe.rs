//! Stripe that moves no money: its API of 2023-08-16 as far as cards need it, on a port of its own.
//!
//! Keys of idempotency are kept for a day as documented: the same key gives the same answer, even a
//! 500; changed parameters are refused; a running twin is 409; what fails validation is not kept.
//! Objects have the fields of the published specification; `tests/stripe.rs` holds them to it.

mod api;
mod book;
mod browser;
mod charges;
mod connection;
mod disputes;
mod failure;
mod form;
mod intents;
mod kept;
mod keys;
mod lists;
mod pages;
mod refunds;
mod sessions;
mod settlement;
mod shape;
mod shape_money;
mod state;
mod webhooks;

use std::sync::{Arc, Mutex, MutexGuard, atomic::Ordering};

use jiff::Timestamp;
use kernel::{Clock, Money};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::{Book, Call, Goes, GoesBack, Pays, StandIn, Verdict, Webhook, faults::Faults};
use keys::Keys;
use state::State;

/// The stand-in; a clone is the same one.
#[derive(Clone)]
pub struct Stripe(Arc<Inner>);

struct Inner {
    base_url: String,
    secret_key: String,
    publishable_key: String,
    webhook_secret: String,
    clock: Clock,
    http: reqwest::Client,
    /// Whether our side is to use Stripe's hosted page.
    redirects: Mutex<bool>,
    state: Mutex<State>,
    keys: Mutex<Keys>,
    faults: Faults,
    /// Where webhooks go.
    target: Mutex<Option<String>>,
}

impl Stripe {
    /// From now on [`StandIn::settings`] asks for Stripe's own page instead of its fields in ours.
    pub fn with_its_page(self) -> Self {
        *self.0.redirects.lock().unwrap() = true;
        self
    }

    /// The secret that signs its webhooks.
    pub fn webhook_secret(&self) -> &str {
        &self.0.webhook_secret
    }

    /// What our server proves itself with.
    pub fn secret_key(&self) -> &str {
        &self.0.secret_key
    }

    /// `http://127.0.0.1:…`
    pub fn base_url(&self) -> &str {
        &self.0.base_url
    }

    /// From now on refunds stay pending until [`Self::end_refunds`].
    pub fn refunds_take_days(&self) {
        self.state().slow_refunds = true;
    }

    /// The banks have taken what was pending, or refused it.
    pub fn end_refunds(&self, taken: bool) {
        let mut state = self.state();
        state.slow_refunds = false;
        refunds::end_pending(&mut state, None, taken);
    }

    /// Whether there is no money in the balance that could go back: then refunds are refused.
    pub fn run_dry(&self, dry: bool) {
        self.state().is_empty = dry;
    }

    /// Whether every webhook so far has been taken, or nobody is told any more.
    pub fn has_told_all(&self) -> bool {
        self.state().under_way.load(Ordering::SeqCst) == 0
    }

    /// An object as the API shows it, nothing expanded; `null` where there is none.
    pub fn show(&self, id: &str) -> Value {
        lists::any(&self.state(), id).unwrap_or_default()
    }

    /// How many methods customers keep.
    pub fn kept(&self) -> usize {
        self.state().methods.values().filter(|method| method.customer.is_some()).count()
    }

    /// From now on the bank declines whatever is kept.
    pub fn decline_what_is_kept(&self) {
        kept::decline(&mut self.state());
    }

    /// Every object there is, by kind: `payment_intent`, `charge`, `refund`, `dispute`,
    /// `checkout.session`, `balance_transaction`, `event`.
    pub fn all(&self) -> Vec<Value> {
        lists::all(&self.state())
    }

    /// Signs `body` at `at` as Stripe would with `secret`.
    pub fn sign(secret: &str, at: Timestamp, body: &[u8]) -> String {
        webhooks::signature(secret, at, body)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap()
    }
}

impl StandIn for Stripe {
    const PROVIDER: &'static str = "stripe";

    async fn start(clock: Clock) -> Self {
        // The first one who needs it installs it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let (told, news) = tokio::sync::mpsc::unbounded_channel();
        let secret = |prefix: &str| format!("{prefix}_{}", &kernel::random_token()[..32]);
        let stripe = Self(Arc::new(Inner {
            secret_key: secret("sk_test"),
            publishable_key: secret("pk_test"),
            webhook_secret: secret("whsec"),
            http: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .unwrap(),
            redirects: Mutex::default(),
            state: Mutex::new(State::new(clock.clone(), base_url.clone(), told)),
            keys: Mutex::default(),
            faults: Faults::default(),
            target: Mutex::default(),
            base_url,
            clock,
        }));
        tokio::spawn(connection::serve(listener, stripe.clone()));
        tokio::spawn(webhooks::deliver(stripe.clone(), news));
        stripe
    }

    fn settings(&self) -> String {
        let page = if *self.0.redirects.lock().unwrap() { "redirect" } else { "element" };
        format!(
            "[payments.stripe.main]\nbase_url = \"{}\"\nsecret_key = \"{}\"\n\
             publishable_key = \"{}\"\npage = \"{page}\"\nlive = false\nsaves_methods = true\n\
             webhook_secrets = [{{ secret = \"{}\" }}]\n",
            self.0.base_url, self.0.secret_key, self.0.publishable_key, self.0.webhook_secret,
        )
    }

    async fn pay(&self, name: &str, how: Pays) -> Value {
        browser::pay(self, name, how).await
    }

    fn agree_late(&self, name: &str) {
        let mut state = self.state();
        let intent = state.intent_of(name).expect("a payment of this name");
        intents::agree_late(&mut state, &intent);
    }

    fn dispute(&self, name: &str, amount: Money) -> String {
        disputes::open(&mut self.state(), name, amount, disputes::FEE)
    }

    fn dispute_free(&self, name: &str, amount: Money) -> String {
        disputes::open(&mut self.state(), name, amount, 0)
    }

    fn decide(&self, dispute: &str, won: bool) {
        disputes::decide(&mut self.state(), dispute, won);
    }

    fn verdict(&self, dispute: &str, verdict: Verdict) {
        disputes::verdict(&mut self.state(), dispute, verdict);
    }

    fn next_refunds_of(&self, name: &str, goes: &[GoesBack]) {
        let mut state = self.state();
        let intent = state.intent_of(name).expect("a payment of this name");
        state.intent_mut(&intent).goes_back.extend(goes);
    }

    fn end_refunds_of(&self, name: &str, taken: bool) {
        let mut state = self.state();
        let intent = state.intent_of(name);
        refunds::end_pending(&mut state, intent.as_deref(), taken);
    }

    fn return_refunds_of(&self, name: &str) {
        let mut state = self.state();
        let intent = state.intent_of(name).expect("a payment of this name");
        refunds::return_done(&mut state, &intent);
    }

    fn refund_by_hand(&self, name: &str, amount: Money) {
        refunds::by_hand(&mut self.state(), name, amount);
    }

    fn send_to(&self, url: Option<String>) {
        *self.0.target.lock().unwrap() = url;
    }

    fn webhooks(&self, at: Timestamp) -> Vec<Webhook> {
        (0..self.told()).filter_map(|place| self.webhook(place, at)).collect()
    }

    fn told(&self) -> usize {
        self.state().sent.len()
    }

    fn webhook(&self, place: usize, at: Timestamp) -> Option<Webhook> {
        let event = {
            let state = self.state();
            state.events[*state.sent.get(place)?].clone()
        };
        Some(webhooks::webhook(&self.0.webhook_secret, &event, at))
    }

    fn fault(&self, call: Call, goes: Goes, times: u32) {
        self.0.faults.add(call, goes, times);
    }

    fn asked(&self, call: Call) -> u32 {
        self.0.faults.asked(call)
    }

    fn book(&self, name: &str) -> Book {
        book::of(&self.state(), name)
    }

    fn names(&self) -> Vec<String> {
        let state = self.state();
        let alone = state.intents.values().filter(|intent| intent.session.is_none());
        alone.map(|intent| &intent.id).chain(state.sessions.keys()).cloned().collect()
    }

    fn settlement(&self, from: Timestamp, to: Timestamp) -> String {
        settlement::csv(&self.state(), from.as_second(), to.as_second())
    }

    fn lapse(&self) {
        let mut state = self.state();
        intents::lapse(&mut state);
        sessions::lapse(&mut state);
    }
}
