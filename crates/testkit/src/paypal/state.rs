//! What PayPal knows.

use std::collections::{BTreeMap, HashSet, VecDeque};

use jiff::Timestamp;
use kernel::{Clock, Money};
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::{
    failure::Failure,
    kept::{Keeping, Kept},
};
use crate::provider::GoesBack;

pub struct State {
    pub clock: Clock,
    pub base_url: String,
    pub merchant: String,
    pub orders: BTreeMap<String, Order>,
    pub disputes: BTreeMap<String, Dispute>,
    pub vault: BTreeMap<String, Kept>,
    /// PayPal's own customers.
    pub customers: HashSet<String>,
    pub keeps_later: bool,
    /// What comes of the next captures; money, of those after them.
    pub takes: VecDeque<Takes>,
    /// There is nothing in the account that could go back.
    pub is_empty: bool,
    pub events: Vec<Event>,
    /// Invoice numbers that have been paid.
    pub invoices: HashSet<String>,
    told: UnboundedSender<Event>,
    /// Counts what is made, so that ids sort by age.
    made: u64,
}

pub struct Order {
    pub id: String,
    pub intent: String,
    pub status: &'static str,
    pub reference: Option<String>,
    pub custom: Option<String>,
    pub invoice: Option<String>,
    pub description: Option<String>,
    pub amount: Money,
    /// Whom the money is for; the account that asks unless told.
    pub merchant: String,
    pub source: Source,
    /// What is to become of the source.
    pub keeping: Keeping,
    /// What the merchant asked for when it was made.
    pub asked: Value,
    pub return_url: String,
    pub cancel_url: String,
    /// What the bank will say when it is asked.
    pub bank: Bank,
    pub created: Timestamp,
    pub updated: Timestamp,
    pub authorizations: Vec<Authorization>,
    pub captures: Vec<Capture>,
    pub refunds: Vec<Refund>,
    /// What comes of its next captures and refunds; money, of those after them.
    pub takes: VecDeque<Takes>,
    pub goes_back: VecDeque<GoesBack>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Bank {
    Agrees,
    Declines,
    /// Declines, and PayPal wants no other attempt for this order.
    Refuses,
    /// Denies what PayPal asks it to set aside: the order is used up by that.
    Denies,
    /// Looks at it for a while.
    Waits,
}

/// What comes of a capture other than money at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// PayPal looks at it for a while.
    Pending,
    /// The money could not be had; what is set aside stays so.
    Declined,
}

/// How a capture ends that PayPal looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaptureEnds {
    Completed,
    /// It can be captured again.
    Declined,
    /// The authorisation is used up by it.
    DeclinedForGood,
}

#[derive(Clone, PartialEq, Eq)]
pub enum Source {
    /// Nothing chosen yet.
    None,
    Wallet,
    Card {
        /// What the issuer said: enrolment, authentication, shift of liability.
        authentication: Option<[&'static str; 3]>,
    },
}

#[derive(Clone)]
pub struct Authorization {
    pub id: String,
    /// The first one, where it was made anew of that.
    pub parent: Option<String>,
    pub status: &'static str,
    pub amount: Money,
    pub created: Timestamp,
    pub updated: Timestamp,
    pub expires: Timestamp,
}

#[derive(Clone)]
pub struct Capture {
    pub id: String,
    /// `COMPLETED`, `PENDING` or `DECLINED`; what went back of it is told by its refunds.
    pub status: &'static str,
    pub authorization: Option<String>,
    pub amount: Money,
    pub fee: Money,
    pub last: bool,
    pub created: Timestamp,
    pub updated: Timestamp,
}

#[derive(Clone)]
pub struct Refund {
    pub id: String,
    pub capture: String,
    pub amount: Money,
    pub custom: Option<String>,
    /// `COMPLETED`, `PENDING` or `FAILED`.
    pub status: &'static str,
    pub created: Timestamp,
}

/// How a dispute ended.
#[derive(Clone, Copy)]
pub struct Ended {
    /// What came back to the seller; below zero where more was taken.
    pub back: Money,
    /// What it costs beyond the first fee; below zero where that was given back.
    pub more: Money,
}

pub struct Dispute {
    pub id: String,
    pub order: String,
    pub capture: String,
    pub amount: Money,
    /// What it cost at first.
    pub fee: Money,
    pub ended: Option<Ended>,
    pub created: Timestamp,
    pub updated: Timestamp,
}

impl Dispute {
    pub fn is_won(&self) -> bool {
        self.ended.is_some_and(|ended| ended.back == self.amount)
    }

    /// What the customer has, or keeps.
    pub fn held(&self) -> Money {
        let back = self.ended.map_or(0, |ended| ended.back.amount);
        Money::new(self.amount.amount - back, self.amount.currency)
    }
}

#[derive(Clone)]
pub struct Event {
    pub id: String,
    pub kind: String,
    pub body: Value,
}

impl State {
    pub fn new(
        clock: Clock,
        base_url: String,
        merchant: String,
        told: UnboundedSender<Event>,
    ) -> Self {
        Self {
            clock,
            base_url,
            merchant,
            told,
            orders: BTreeMap::new(),
            disputes: BTreeMap::new(),
            vault: BTreeMap::new(),
            customers: HashSet::new(),
            keeps_later: false,
            takes: VecDeque::new(),
            is_empty: false,
            events: Vec::new(),
            invoices: HashSet::new(),
            made: 0,
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Seventeen letters and digits.
    pub fn id(&mut self) -> String {
        self.made += 1;
        let random = u64::from_le_bytes(kernel::random_bytes::<8>());
        format!("{:05}{:012X}", self.made, random & 0xFFFF_FFFF_FFFF)
    }

    pub fn order(&mut self, id: &str) -> Result<&mut Order, Failure> {
        self.orders.get_mut(id).ok_or(Failure::missing())
    }

    pub fn order_of_authorization(&self, id: &str) -> Result<String, Failure> {
        let has = |order: &&Order| order.authorizations.iter().any(|one| one.id == id);
        Ok(self.orders.values().find(has).ok_or(Failure::missing())?.id.clone())
    }

    pub fn order_of_capture(&self, id: &str) -> Result<String, Failure> {
        let has = |order: &&Order| order.captures.iter().any(|one| one.id == id);
        Ok(self.orders.values().find(has).ok_or(Failure::missing())?.id.clone())
    }

    /// Something happened: it is written down, and told to who listens.
    pub fn tell(&mut self, kind: &str, resource_type: &str, resource: Value) {
        let id = format!("WH-{}-{}", self.id(), self.id());
        let base = &self.base_url;
        let link = format!("{base}/v1/notifications/webhooks-events/{id}");
        let body = json!({
            "id": id,
            "event_version": "1.0",
            "create_time": self.now().strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string(),
            "resource_type": resource_type,
            "resource_version": "2.0",
            "event_type": kind,
            "summary": "Something happened to a payment.",
            "resource": resource,
            "links": [
                {"href": link, "rel": "self", "method": "GET"},
                {"href": format!("{link}/resend"), "rel": "resend", "method": "POST"},
            ],
        });
        let event = Event { id, kind: kind.into(), body };
        self.events.push(event.clone());
        let _ = self.told.send(event);
    }
}

impl Order {
    pub fn captured(&self) -> i64 {
        self.completed().map(|capture| capture.amount.amount).sum()
    }

    /// Captures that brought money.
    pub fn completed(&self) -> impl Iterator<Item = &Capture> + Clone {
        self.captures.iter().filter(|capture| capture.status == "COMPLETED")
    }

    /// What has been taken, or may yet be.
    pub fn claimed(&self) -> i64 {
        let claimed = self.captures.iter().filter(|capture| capture.status != "DECLINED");
        claimed.map(|capture| capture.amount.amount).sum()
    }

    /// What went back of a capture, or may yet.
    pub fn refunded(&self, capture: &str) -> i64 {
        let of = self.refunds.iter();
        let of = of.filter(|refund| refund.capture == capture && refund.status != "FAILED");
        of.map(|refund| refund.amount.amount).sum()
    }
}
