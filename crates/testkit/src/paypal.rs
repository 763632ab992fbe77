//! PayPal that moves no money: Orders v2, Payments v2, disputes and webhooks as far as a shop needs
//! them, on a port of its own.
//!
//! Keys (`PayPal-Request-Id`) are remembered for six hours of the clock as documented: the same key
//! gives the same answer with 200; a running twin is 409; what was refused is not remembered.
//! Objects have the fields of the published specification; `tests/paypal.rs` holds them to it.

mod api;
mod certificate;
mod connection;
mod disputes;
mod failure;
mod kept;
mod money;
mod orders;
mod pages;
mod payments;
mod settlement;
mod shape;
mod state;
mod webhooks;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};

use jiff::{SignedDuration, Timestamp};
use kernel::{Clock, Money};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{Book, Call, Goes, GoesBack, Pays, StandIn, Verdict, Webhook, faults::Faults};
use certificate::Certificates;
use state::{Bank, Dispute, State};
pub use state::{CaptureEnds, Takes};
pub use webhooks::Signing;

/// The stand-in; a clone is the same one.
#[derive(Clone)]
pub struct PayPal(Arc<Inner>);

struct Inner {
    base_url: String,
    client_id: String,
    client_secret: String,
    webhook_id: String,
    merchant: String,
    /// Where the authority's certificate lies as a file.
    roots_file: String,
    certificates: Certificates,
    clock: Clock,
    http: reqwest::Client,
    state: Mutex<State>,
    tokens: Mutex<Vec<(String, Timestamp)>>,
    keys: Mutex<HashMap<String, api::Kept>>,
    faults: Faults,
    /// How often a certificate was asked for, and whether none is given.
    fetched: Mutex<u32>,
    withholds: Mutex<bool>,
    /// Where webhooks go.
    target: Mutex<Option<String>>,
}

impl PayPal {
    /// `http://127.0.0.1:…`
    pub fn base_url(&self) -> &str {
        &self.0.base_url
    }

    pub fn client(&self) -> (&str, &str) {
        (&self.0.client_id, &self.0.client_secret)
    }

    pub fn webhook_id(&self) -> &str {
        &self.0.webhook_id
    }

    /// The account that payments go to unless told otherwise.
    pub fn merchant(&self) -> &str {
        &self.0.merchant
    }

    /// The authority that its certificates are of, as PEM.
    pub fn root(&self) -> &str {
        &self.0.certificates.root
    }

    /// `CERT-good` signs webhooks; others are of another authority, another key, another name,
    /// expired, not yet valid, too large, or no certificates.
    pub fn certificate_url(&self, name: &str) -> String {
        format!("{}/v1/notifications/certs/{name}", self.0.base_url)
    }

    /// How often a certificate was asked for.
    pub fn certificates_fetched(&self) -> u32 {
        *self.0.fetched.lock().unwrap()
    }

    /// Gives no certificates for a while.
    pub fn withhold_certificates(&self, withholds: bool) {
        *self.0.withholds.lock().unwrap() = withholds;
    }

    /// All tokens that were given are void.
    pub fn forget_tokens(&self) {
        self.0.tokens.lock().unwrap().clear();
    }

    /// A card in hosted fields, with what its issuer said: enrolment (`Y`, `N`, `U`, `B`),
    /// authentication (`Y`, `N`, …, or nothing), shift of liability.
    pub fn pay_by_card(&self, name: &str, said: [&'static str; 3]) {
        let mut state = self.state();
        let done = orders::authenticated(&mut state, name, said);
        assert!(done.is_ok(), "the order can be paid");
    }

    /// The bank says no to what it has looked at for a while.
    pub fn deny(&self, name: &str) {
        orders::deny(&mut self.state(), name);
    }

    /// The payer agrees with their wallet, and the bank denies what PayPal asks it to set aside: the
    /// order is used up by that.
    pub fn pay_denied(&self, name: &str) {
        let done = orders::approve(&mut self.state(), name, Bank::Denies);
        assert!(done.is_ok(), "the order can be paid");
    }

    /// The same, and the bank declines in a way after which PayPal wants another order.
    pub fn pay_refused(&self, name: &str) {
        let done = orders::approve(&mut self.state(), name, Bank::Refuses);
        assert!(done.is_ok(), "the order can be paid");
    }

    /// What comes of the next captures, of whatever order, one after another.
    pub fn next_captures(&self, takes: &[Takes]) {
        self.state().takes.extend(takes);
    }

    /// PayPal has looked at the captures of an order that are pending.
    pub fn finish_captures(&self, name: &str, ends: CaptureEnds) {
        payments::finish(&mut self.state(), name, ends);
    }

    /// Whether there is no money in the account that could go back: then refunds are refused.
    pub fn run_dry(&self, dry: bool) {
        self.state().is_empty = dry;
    }

    /// What of an order is set aside and neither taken nor free, in minor units, each authorisation
    /// by itself.
    pub fn held(&self, name: &str) -> Vec<i64> {
        let state = self.state();
        let all = state.orders[name].authorizations.iter();
        let held = all.filter(|one| matches!(one.status, "CREATED" | "PARTIALLY_CAPTURED"));
        held.map(|one| one.amount.amount).collect()
    }

    /// How many methods lie in the vault.
    pub fn kept(&self) -> usize {
        self.state().vault.len()
    }

    /// Payers have taken out of the vault what they kept, at PayPal itself.
    pub fn empty_vault(&self) {
        self.state().vault.clear();
    }

    /// From now on the bank declines whatever lies in the vault, or asks who is paying.
    pub fn doubt_what_is_kept(&self, declines: bool) {
        let mut state = self.state();
        for kept in state.vault.values_mut() {
            (kept.declines, kept.asks) = (declines, !declines);
        }
    }

    /// From now on the vault takes its time, until [`Self::finish_keeping`].
    pub fn keep_later(&self) {
        self.state().keeps_later = true;
    }

    /// What was to be kept is in the vault now.
    pub fn finish_keeping(&self) {
        kept::finish(&mut self.state());
    }

    /// An order of another amount, naming what it likes, that its payer has agreed to.
    pub fn plant(&self, custom: &str, amount: Money, merchant: &str) -> String {
        let mut state = self.state();
        let id = orders::plant(&mut state, custom, amount, merchant);
        let done = orders::approve(&mut state, &id, Bank::Agrees);
        assert!(done.is_ok(), "the order can be paid");
        id
    }

    /// An order as the API shows it; `null` where there is none.
    pub fn show(&self, id: &str) -> Value {
        orders::show(&self.state(), id, None).unwrap_or_default()
    }

    /// What our side asked for when it made the order.
    pub fn asked_for(&self, id: &str) -> Value {
        self.state().orders.get(id).map(|order| order.asked.clone()).unwrap_or_default()
    }

    /// What is set aside for this order was so that much longer ago.
    pub fn days_pass(&self, name: &str, time: SignedDuration) {
        let mut state = self.state();
        let order = state.orders.get_mut(name).expect("an order");
        for one in &mut order.authorizations {
            (one.created, one.expires) = (one.created - time, one.expires - time);
        }
    }

    /// Takes more of what is set aside, or as much of it, in PayPal's dashboard.
    pub fn capture_by_hand(&self, name: &str, amount: Money) {
        let mut state = self.state();
        payments::take(&mut state, name, None, (amount, true));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap()
    }
}

/// Thirteen letters and digits that cannot be mistaken for others.
fn account_id() -> String {
    const LETTERS: &[u8] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let random = kernel::random_bytes::<13>();
    random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}

impl StandIn for PayPal {
    const PROVIDER: &'static str = "paypal";

    async fn start(clock: Clock) -> Self {
        // The first one who needs it installs it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let (told, news) = tokio::sync::mpsc::unbounded_channel();
        let merchant = account_id();
        let certificates = Certificates::new();
        let roots = std::env::temp_dir().join(format!("paypal-{merchant}.pem"));
        std::fs::write(&roots, &certificates.root).unwrap();
        let secret = |prefix: &str| format!("{prefix}{}", &kernel::random_token()[..40]);
        let paypal = Self(Arc::new(Inner {
            client_id: secret("A"),
            client_secret: secret("E"),
            webhook_id: kernel::random_token()[..17].to_uppercase(),
            roots_file: roots.to_str().unwrap().to_owned(),
            certificates,
            http: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .unwrap(),
            state: Mutex::new(State::new(clock.clone(), base_url.clone(), merchant.clone(), told)),
            tokens: Mutex::default(),
            keys: Mutex::default(),
            faults: Faults::default(),
            fetched: Mutex::default(),
            withholds: Mutex::default(),
            target: Mutex::default(),
            merchant,
            base_url,
            clock,
        }));
        tokio::spawn(connection::serve(listener, paypal.clone()));
        tokio::spawn(webhooks::deliver(paypal.clone(), news));
        paypal
    }

    fn settings(&self) -> String {
        format!(
            "[payments.paypal.main]\nbase_url = \"{0}\"\nclient_id = \"{1}\"\n\
             client_secret = \"{2}\"\nwebhook_id = \"{3}\"\nmerchant_id = \"{4}\"\n\
             cert_hosts = [\"{0}\"]\nroots_file = \"{5}\"\nlive = false\nsaves_methods = true\n",
            self.0.base_url,
            self.0.client_id,
            self.0.client_secret,
            self.0.webhook_id,
            self.0.merchant,
            self.0.roots_file,
        )
    }

    async fn pay(&self, name: &str, how: Pays) -> Value {
        let mut state = self.state();
        let done = match how {
            Pays::Plainly => orders::approve(&mut state, name, Bank::Agrees),
            Pays::Declined => orders::approve(&mut state, name, Bank::Declines),
            Pays::Late => orders::approve(&mut state, name, Bank::Waits),
            Pays::Denied => orders::approve(&mut state, name, Bank::Denies),
            Pays::AfterChallenge => {
                let _ = orders::confirm_card(&mut state, name);
                orders::authenticated(&mut state, name, ["Y", "Y", "POSSIBLE"])
            }
            Pays::FailingChallenge => {
                let _ = orders::confirm_card(&mut state, name);
                orders::authenticated(&mut state, name, ["Y", "N", "NO"])
            }
            Pays::AbandoningChallenge => orders::confirm_card(&mut state, name).map(|_| ()),
        };
        assert!(done.is_ok(), "the order can be paid");
        json!({"token": name, "PayerID": "QYR5Z8XDVJNXQ"})
    }

    fn agree_late(&self, name: &str) {
        orders::agree_late(&mut self.state(), name);
    }

    fn dispute(&self, name: &str, amount: Money) -> String {
        let fee = money::dispute_fee(amount.currency);
        disputes::open(&mut self.state(), name, amount, fee)
    }

    fn dispute_free(&self, name: &str, amount: Money) -> String {
        disputes::open(&mut self.state(), name, amount, Money::zero(amount.currency))
    }

    fn decide(&self, dispute: &str, won: bool) {
        disputes::decide(&mut self.state(), dispute, won);
    }

    fn verdict(&self, dispute: &str, verdict: Verdict) {
        disputes::verdict(&mut self.state(), dispute, verdict);
    }

    fn next_refunds_of(&self, name: &str, goes: &[GoesBack]) {
        self.state().orders.get_mut(name).expect("an order").goes_back.extend(goes);
    }

    fn end_refunds_of(&self, name: &str, taken: bool) {
        payments::end_refunds(&mut self.state(), name, taken);
    }

    /// PayPal documents nothing of the kind.
    fn return_refunds_of(&self, _: &str) {}

    fn next_captures_of(&self, name: &str, takes: &[Takes]) {
        self.state().orders.get_mut(name).expect("an order").takes.extend(takes);
    }

    fn end_captures_of(&self, name: &str, ends: CaptureEnds) {
        self.finish_captures(name, ends);
    }

    fn refund_by_hand(&self, name: &str, amount: Money) {
        let mut state = self.state();
        let capture = state.orders[name].completed().next().expect("a capture").id.clone();
        payments::give_back(&mut state, (name, &capture), amount, None);
    }

    fn send_to(&self, url: Option<String>) {
        *self.0.target.lock().unwrap() = url;
    }

    fn webhooks(&self, at: Timestamp) -> Vec<Webhook> {
        self.all_webhooks(at)
    }

    fn told(&self) -> usize {
        self.state().events.len()
    }

    fn webhook(&self, place: usize, at: Timestamp) -> Option<Webhook> {
        let event = self.state().events.get(place)?.clone();
        Some(self.signed(&event, at))
    }

    fn fault(&self, call: Call, goes: Goes, times: u32) {
        self.0.faults.add(call, goes, times);
    }

    fn asked(&self, call: Call) -> u32 {
        self.0.faults.asked(call)
    }

    fn book(&self, name: &str) -> Book {
        let state = self.state();
        let Some(order) = state.orders.get(name) else { return Book::default() };
        let disputes = state.disputes.values().filter(|dispute| dispute.order == name);
        let back = order.refunds.iter().filter(|refund| refund.status == "COMPLETED");
        let more = |dispute: &Dispute| dispute.ended.map_or(0, |ended| ended.more.amount);
        Book {
            authorisations: order.authorizations.len() as u32,
            captures: order.completed().count() as u32,
            refunds: back.clone().count() as u32,
            captured: order.captured(),
            refunded: back.map(|refund| refund.amount.amount).sum(),
            disputed: disputes.clone().map(|dispute| dispute.held().amount).sum(),
            fees: order.completed().map(|capture| capture.fee.amount).sum::<i64>()
                + disputes.map(|dispute| dispute.fee.amount + more(dispute)).sum::<i64>(),
        }
    }

    fn names(&self) -> Vec<String> {
        self.state().orders.keys().cloned().collect()
    }

    fn settlement(&self, from: Timestamp, to: Timestamp) -> String {
        settlement::csv(&self.state(), from, to)
    }

    fn lapse(&self) {
        let mut state = self.state();
        let now = state.now();
        let over: Vec<(String, String)> = state
            .orders
            .values()
            .flat_map(|order| order.authorizations.iter().map(move |one| (order, one)))
            .filter(|(_, one)| one.status == "CREATED" && one.expires <= now)
            .map(|(order, one)| (order.id.clone(), one.id.clone()))
            .collect();
        for (order, authorization) in over {
            payments::free(&mut state, &order, &authorization);
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.roots_file);
    }
}
