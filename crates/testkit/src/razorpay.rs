//! A stand-in for Razorpay: orders, payments, refunds, disputes, checkout, signed webhooks and the
//! settlement report, as its documentation has them. No money moves.

mod api;
mod book;
mod checkout;
mod failure;
mod kept;
mod objects;
mod refunds;
mod settlement;
mod state;
mod webhooks;

#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use kernel::{Clock, Money};
use serde_json::Value;

pub use self::checkout::Window;
use self::{failure::Failure, state::State};
use crate::{
    faults::Faults,
    provider::{Book, Call, Goes, GoesBack, Pays, StandIn, Verdict, Webhook},
};

/// Razorpay on a port of its own.
#[derive(Clone)]
pub struct Razorpay {
    state: Arc<Mutex<State>>,
    faults: Arc<Faults>,
    clock: Clock,
    browser: reqwest::Client,
    /// `http://127.0.0.1:<port>`
    pub base_url: String,
    pub account_id: String,
    pub key_id: String,
    pub key_secret: String,
    pub webhook_secret: String,
}

impl Razorpay {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call has come; how it goes.
    fn called(&self, call: Option<Call>) -> Option<Goes> {
        self.faults.count(call);
        self.faults.next(call)
    }

    fn now(&self) -> i64 {
        self.clock.now().as_second()
    }

    /// Changes the state and sends the webhooks of what has changed.
    fn change<T>(&self, change: impl FnOnce(&mut State, i64) -> T) -> T {
        let now = self.now();
        let changed = change(&mut self.state(), now);
        self.deliver();
        changed
    }

    /// Refunds wait for the bank from now on, until [`Self::finish_refunds`]; or no longer.
    pub fn hold_refunds(&self, hold: bool) {
        self.state().refunds_wait = hold;
    }

    /// The bank decides on all refunds that wait.
    pub fn finish_refunds(&self, works: bool) {
        self.change(|state, now| state.finish_refunds(None, works, now));
    }

    /// All that has been given back so far comes back from the banks.
    pub fn return_refunds(&self) {
        self.change(|state, now| state.return_refunds(None, now));
    }

    /// From now on a card that its customer keeps already is known again when it is saved, and keeps
    /// its token.
    pub fn know_cards_again(&self) {
        self.state().knows_cards_again = true;
    }

    /// Lets go of all that is kept, as of a deletion that comes late.
    pub fn let_go(&self) {
        self.state().tokens.clear();
    }

    /// Somebody gives back so much of one payment in the dashboard.
    ///
    /// # Panics
    /// Where it cannot be given back.
    pub fn refund_payment_by_hand(&self, payment: &str, amount: i64) {
        let done = self.change(|state, now| state.refund(payment, Some(amount), Value::Null, now));
        done.expect("it can be refunded");
    }

    /// The customer's bank takes back so much of one payment, whichever of its order's; the dispute's id.
    pub fn dispute_payment(&self, payment: &str, amount: Money) -> String {
        self.change(|state, now| state.dispute(payment, amount, now))
    }

    /// Whether there is no money on the account that could go back: then refunds are refused.
    pub fn run_dry(&self, dry: bool) {
        self.state().is_empty = dry;
    }

    /// Forgets the keys of all refunds so far, as it does after a while.
    pub fn forget_keys(&self) {
        self.state().keys.clear();
    }

    /// Another order than ours, as another shop's software on the same account would make it.
    pub fn strange_order(&self, amount: Money, notes: Value) -> String {
        self.change(|state, now| state.strange_order(amount, notes, now))
    }

    /// The payments of an order by id, oldest first.
    pub fn payments(&self, order: &str) -> Vec<String> {
        self.state().of_order(order).map(|payment| payment.id.clone()).collect()
    }

    /// How many methods customers keep.
    pub fn kept(&self) -> usize {
        self.state().tokens.len()
    }

    /// The customer pays in Razorpay's window, which knows whose it is.
    pub async fn pay_in_window(&self, order: &str, how: Pays, window: &Window<'_>) -> Value {
        self.check_out(order, how, window).await
    }

    /// Somebody captures a payment in the dashboard.
    ///
    /// # Panics
    /// Where it cannot be captured.
    pub fn capture_by_hand(&self, payment: &str) {
        self.change(|state, now| state.capture(payment, None, now)).expect("it can be captured");
    }
}

impl StandIn for Razorpay {
    const PROVIDER: &'static str = "razorpay";

    async fn start(clock: Clock) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let _ = rustls::crypto::ring::default_provider().install_default();
        let account_id = state::id("acc");
        let state = State { account: account_id.clone(), ..State::default() };
        let stand_in = Self {
            state: Arc::new(Mutex::new(state)),
            faults: Arc::default(),
            clock,
            browser: reqwest::Client::builder().build().expect("a client"),
            base_url: format!("http://{address}"),
            account_id,
            key_id: state::id("rzp_test"),
            key_secret: kernel::random_token()[..24].to_owned(),
            webhook_secret: kernel::random_token()[..32].to_owned(),
        };
        let router = api::routes(&stand_in).merge(checkout::routes(&stand_in));
        tokio::spawn(async move { axum::serve(listener, router).await });
        stand_in
    }

    fn settings(&self) -> String {
        format!(
            "[payments.razorpay.main]\nbase_url = \"{}\"\nkey_id = \"{}\"\nkey_secret = \"{}\"\n\
             webhook_secrets = [{{ secret = \"{}\" }}]\naccount_id = \"{}\"\nlive = false\nsaves_methods = true\n",
            self.base_url, self.key_id, self.key_secret, self.webhook_secret, self.account_id
        )
    }

    async fn pay(&self, name: &str, how: Pays) -> Value {
        self.check_out(name, how, &Window::default()).await
    }

    fn agree_late(&self, name: &str) {
        self.change(|state, now| state.agree_late(name, now));
    }

    fn dispute(&self, name: &str, amount: Money) -> String {
        self.change(|state, now| {
            let payment = state.captured_of(name).expect("a captured payment").id.clone();
            state.dispute(&payment, amount, now)
        })
    }

    /// Razorpay charges nothing for one.
    fn dispute_free(&self, name: &str, amount: Money) -> String {
        self.dispute(name, amount)
    }

    fn decide(&self, dispute: &str, won: bool) {
        self.change(|state, now| state.decide(dispute, won, now));
    }

    fn verdict(&self, dispute: &str, verdict: Verdict) {
        self.change(|state, now| state.lose(dispute, verdict.lost, now));
    }

    fn next_refunds_of(&self, name: &str, goes: &[GoesBack]) {
        let mut state = self.state();
        state.orders.get_mut(name).expect("an order").goes_back.extend(goes);
    }

    fn end_refunds_of(&self, name: &str, taken: bool) {
        self.change(|state, now| state.finish_refunds(Some(name), taken, now));
    }

    fn return_refunds_of(&self, name: &str) {
        self.change(|state, now| state.return_refunds(Some(name), now));
    }

    fn refund_by_hand(&self, name: &str, amount: Money) {
        let refunded: Result<_, Failure> = self.change(|state, now| {
            let payment = state.captured_of(name).expect("a captured payment").id.clone();
            state.refund(&payment, Some(amount.amount), Value::Null, now)
        });
        refunded.expect("it can be refunded");
    }

    fn send_to(&self, url: Option<String>) {
        self.state().send_to = url;
        self.deliver();
    }

    fn webhooks(&self, _: Timestamp) -> Vec<Webhook> {
        // Nothing in the signature depends on the time.
        let state = self.state();
        state.events.iter().map(|event| event.webhook(&self.webhook_secret)).collect()
    }

    fn told(&self) -> usize {
        self.state().events.len()
    }

    fn webhook(&self, place: usize, _: Timestamp) -> Option<Webhook> {
        Some(self.state().events.get(place)?.webhook(&self.webhook_secret))
    }

    fn fault(&self, call: Call, goes: Goes, times: u32) {
        self.faults.add(call, goes, times);
    }

    fn asked(&self, call: Call) -> u32 {
        self.faults.asked(call)
    }

    fn book(&self, name: &str) -> Book {
        self.state().book(name)
    }

    fn names(&self) -> Vec<String> {
        self.state().orders.keys().cloned().collect()
    }

    fn settlement(&self, from: Timestamp, to: Timestamp) -> String {
        self.state().settlement(from.as_second(), to.as_second())
    }

    fn lapse(&self) {
        self.change(State::lapse);
    }
}
