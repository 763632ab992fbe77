//! The shared words of the stand-ins for payment providers: one test drives any of them.

use std::future::Future;

use http::HeaderMap;
use jiff::Timestamp;
use kernel::Money;

use crate::paypal::{CaptureEnds, Takes};

/// What the customer does at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pays {
    /// With a method that needs no challenge.
    Plainly,
    /// Is asked to prove who they are, and does.
    AfterChallenge,
    /// Is asked, and fails.
    FailingChallenge,
    /// Is asked, and leaves.
    AbandoningChallenge,
    /// With a method that the bank declines.
    Declined,
    /// Is declined at first; the bank agrees later without anyone asking again.
    Late,
    /// The bank says no, and the provider wants another payment for another attempt; where it knows no
    /// such thing it is declined.
    Denied,
}

/// What comes of a refund other than money that goes back at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GoesBack {
    /// Nothing is there that could go back now.
    Refused,
    /// The bank has it in hand.
    Pending,
}

/// When a call to the provider goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goes {
    /// A 500, and nothing was done.
    WrongBefore,
    /// It is done, and the connection is cut before the answer.
    WrongAfter,
    /// It is done, and the answer takes this many milliseconds.
    Slowly(u64),
}

/// A call that a stand-in was asked for, by the provider's own words of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Call {
    Create,
    Retrieve,
    Authorise,
    Capture,
    Cancel,
    Refund,
    /// Lists what went back of a payment; where that is a call of its own.
    Refunds,
    /// Makes the provider's own customer.
    Customer,
    /// Lets go of what a customer keeps there.
    Detach,
}

/// A signed webhook as it goes over the wire.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// The provider's name of what happened.
    pub kind: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// Money that moved in the provider's own book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Book {
    /// How often money was set aside, taken, given back; each once however often it was asked.
    pub authorisations: u32,
    pub captures: u32,
    pub refunds: u32,
    /// Minor units (ISO 4217) taken, given back, and held back by disputes that are open or lost.
    pub captured: i64,
    pub refunded: i64,
    pub disputed: i64,
    /// Minor units that the provider keeps for its work.
    pub fees: i64,
}

/// How a dispute ends, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// What the customer keeps: nothing where we have won; less than was disputed, or more.
    pub lost: i64,
    /// What all of it costs in the end, where that is not what it cost until then.
    pub fee: Option<i64>,
}

/// A payment provider that moves no money. `name` is what it calls a payment: what our own
/// payment is bound to.
pub trait StandIn: Clone + Send + Sync + 'static {
    /// `stripe`, `paypal`, `razorpay`.
    const PROVIDER: &'static str;

    /// Starts it on a port of its own.
    fn start(clock: kernel::Clock) -> impl Future<Output = Self> + Send;

    /// The section `[payments.<provider>.main]` with which our side speaks to it, as TOML.
    fn settings(&self) -> String;

    /// The customer pays, as the browser would. What the browser brings back is the answer: JSON
    /// for our operation `return_from_provider`.
    fn pay(&self, name: &str, how: Pays) -> impl Future<Output = serde_json::Value> + Send;

    /// For `Pays::Late`: the bank agrees now.
    fn agree_late(&self, name: &str);

    /// The customer's bank takes the money back; the dispute's id.
    fn dispute(&self, name: &str, amount: Money) -> String;

    /// The same, and it costs nothing before it is decided.
    fn dispute_free(&self, name: &str, amount: Money) -> String;

    /// The dispute ends: all of it is won, or all of it is lost.
    fn decide(&self, dispute: &str, won: bool);

    /// The dispute ends in this way, as far as the provider knows it.
    fn verdict(&self, dispute: &str, verdict: Verdict);

    /// What comes of the next refunds of this payment, one after another; money, of those after them.
    fn next_refunds_of(&self, name: &str, goes: &[GoesBack]);

    /// The banks have taken what of this payment they had in hand, or refused it.
    fn end_refunds_of(&self, name: &str, taken: bool);

    /// What went back of this payment comes to us again; where the provider knows such a thing.
    fn return_refunds_of(&self, name: &str);

    /// What comes of the next captures of this payment, one after another; money, of those after them.
    /// Nothing where what is set aside can be taken for certain.
    fn next_captures_of(&self, _name: &str, _takes: &[Takes]) {}

    /// The provider has looked at what of this payment it had in hand.
    fn end_captures_of(&self, _name: &str, _ends: CaptureEnds) {}

    /// Somebody refunds in the provider's own dashboard.
    fn refund_by_hand(&self, name: &str, amount: Money);

    /// Sends webhooks to this address from now on, with retries; `None` keeps them.
    fn send_to(&self, url: Option<String>);

    /// All webhooks so far, oldest first, each signed anew for `at` as the provider would.
    fn webhooks(&self, at: Timestamp) -> Vec<Webhook>;

    /// How many webhooks there have been so far.
    fn told(&self) -> usize;

    /// The one at this place among all, the oldest at 0, signed anew for `at`.
    fn webhook(&self, place: usize, at: Timestamp) -> Option<Webhook>;

    /// The next `times` calls of this kind go wrong.
    fn fault(&self, call: Call, goes: Goes, times: u32);

    /// How often this kind of call was asked for, whatever came of it.
    fn asked(&self, call: Call) -> u32;

    /// The provider's own book of one payment.
    fn book(&self, name: &str) -> Book;

    /// All payments by name.
    fn names(&self) -> Vec<String>;

    /// The settlement file for what happened from `from` until `to`, in the provider's own CSV.
    fn settlement(&self, from: Timestamp, to: Timestamp) -> String;

    /// Ends what has no time left (authorisations that lapse, sessions that expire).
    fn lapse(&self);
}
