//! Money that goes back, and the keys under which it is asked for.

use axum::http::StatusCode;
use kernel::Money;
use serde_json::{Map, Value};

use super::{
    failure::Failure,
    state::{Payment, State, Status, id},
};
use crate::provider::GoesBack;

#[derive(Clone)]
pub struct Refund {
    pub id: String,
    pub payment: String,
    pub amount: Money,
    pub notes: Map<String, Value>,
    pub receipt: Option<String>,
    /// `pending`, `processed`, `failed`.
    pub status: &'static str,
    pub created_at: i64,
}

/// A key of `X-Refund-Idempotency` and what came of it.
pub struct Key {
    pub fingerprint: Vec<u8>,
    /// None while it is being done.
    pub answer: Option<Result<Value, Failure>>,
}

impl State {
    /// The answer of the first request under this key; none when this is the first.
    pub fn under_key(&mut self, key: &str, body: &[u8]) -> Option<Result<Value, Failure>> {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if key.len() < 10 || !key.chars().all(fits) {
            return Some(Err(Failure::bad("The idempotency key must be at least 10 characters")));
        }
        match self.keys.get(key) {
            None => {
                let running = Key { fingerprint: body.to_vec(), answer: None };
                self.keys.insert(key.to_owned(), running);
                None
            }
            Some(Key { answer: None, .. }) => {
                let twin = "Request failed because another request is in progress";
                Some(Err(Failure::bad(twin).status(StatusCode::CONFLICT)))
            }
            Some(first) if first.fingerprint != body => {
                let other = "Different request with the same idempotency key has already been \
                             processed.";
                Some(Err(Failure::bad(other)))
            }
            Some(first) => first.answer.clone(),
        }
    }

    /// Gives back `amount`, or all that is left.
    pub fn refund(
        &mut self,
        payment: &str,
        amount: Option<i64>,
        notes: Value,
        now: i64,
    ) -> Result<Refund, Failure> {
        let order = self.payment(payment)?.order.clone();
        let goes = self.orders.get_mut(&order).and_then(|order| order.goes_back.pop_front());
        let waits = self.refunds_wait || goes == Some(GoesBack::Pending);
        if self.is_empty || goes == Some(GoesBack::Refused) {
            let poor =
                "Your account does not have enough balance to carry out the refund operation.";
            return Err(Failure::bad(poor));
        }
        let payment = self.payment(payment)?;
        if !payment.captured {
            return Err(Failure::bad(
                "The payment status should be captured for action to be taken",
            ));
        }
        let left = payment.amount.amount - payment.refunded;
        if left == 0 {
            return Err(Failure::bad("The payment has been fully refunded already"));
        }
        let amount = amount.unwrap_or(left);
        if amount <= 0 || amount > left {
            let more = "The total refund amount is greater than the refund payment amount";
            return Err(Failure::field("amount", more));
        }
        payment.go_back(amount);
        let refund = Refund {
            id: id("rfnd"),
            payment: payment.id.clone(),
            amount: Money::new(amount, payment.amount.currency),
            notes: notes.as_object().cloned().unwrap_or_default(),
            receipt: None,
            status: "pending",
            created_at: now,
        };
        self.refunds.push(refund.clone());
        self.tell_refund("refund.created", &refund, now);
        if !waits {
            let this = |one: &Refund| one.id == refund.id && one.status == "pending";
            self.end_refunds(this, "processed", now);
        }
        Ok(Refund { status: if waits { "pending" } else { "processed" }, ..refund })
    }

    /// The bank decides on the refunds that wait: of an order, or on all.
    pub fn finish_refunds(&mut self, order: Option<&str>, works: bool, now: i64) {
        let of = self.paid_for(order);
        let waits = |one: &Refund| one.status == "pending" && of(&one.payment);
        self.end_refunds(waits, if works { "processed" } else { "failed" }, now);
    }

    /// What was given back could not be after all.
    pub fn return_refunds(&mut self, order: Option<&str>, now: i64) {
        let of = self.paid_for(order);
        let done = |one: &Refund| one.status == "processed" && of(&one.payment);
        self.end_refunds(done, "failed", now);
    }

    /// Whether a payment is one of an order's, or of any.
    fn paid_for(&self, order: Option<&str>) -> impl Fn(&str) -> bool + use<> {
        let of = |order: &str| self.of_order(order).map(|one| one.id.clone()).collect::<Vec<_>>();
        let payments = order.map(of);
        move |id: &str| payments.as_ref().is_none_or(|all| all.iter().any(|one| one == id))
    }

    fn end_refunds(&mut self, those: impl Fn(&Refund) -> bool, status: &'static str, now: i64) {
        let those = self.refunds.iter_mut().filter(|refund| those(refund));
        let mut done = Vec::new();
        for refund in those {
            refund.status = status;
            done.push(refund.clone());
        }
        for refund in done {
            if status == "failed" {
                let payment = self.payment(&refund.payment).expect("its payment");
                payment.go_back(-refund.amount.amount);
            }
            self.settle_refund(&refund, now);
            self.tell_refund(&format!("refund.{status}"), &refund, now);
        }
    }
}

impl Payment {
    fn go_back(&mut self, amount: i64) {
        self.refunded += amount;
        let all = self.refunded == self.amount.amount;
        self.status = if all { Status::Refunded } else { Status::Captured };
    }
}
