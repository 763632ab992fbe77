//! What Razorpay knows, and how it changes. Times are unix seconds, amounts minor units.

use std::collections::{BTreeMap, HashMap, VecDeque};

use kernel::{Currency, Money};
use serde_json::{Map, Value};

use super::{
    failure::Failure,
    kept::{Customer, Token},
    refunds::{Key, Refund},
    settlement::Line,
    webhooks::Event,
};
use crate::provider::GoesBack;

/// An attempt that the customer has left ends after so long.
const ATTEMPT_SECONDS: i64 = 12 * 60;
/// Money that was set aside and not captured is returned after three days.
const AUTHORISED_SECONDS: i64 = 3 * 86_400;

#[derive(Default)]
pub struct State {
    pub orders: BTreeMap<String, Order>,
    /// In the order in which they were tried.
    pub payments: Vec<Payment>,
    pub refunds: Vec<Refund>,
    pub disputes: Vec<Dispute>,
    pub customers: Vec<Customer>,
    pub tokens: Vec<Token>,
    pub keys: HashMap<String, Key>,
    pub events: Vec<Event>,
    pub lines: Vec<Line>,
    pub refunds_wait: bool,
    /// A card that its customer keeps already keeps its token.
    pub knows_cards_again: bool,
    /// There is no money on the account that could go back.
    pub is_empty: bool,
    pub send_to: Option<String>,
    pub account: String,
}

#[derive(Clone)]
pub struct Order {
    pub id: String,
    pub amount: Money,
    pub receipt: Option<String>,
    pub notes: Map<String, Value>,
    pub attempts: u32,
    pub paid: bool,
    /// Whether the merchant captures; otherwise Razorpay does as soon as a bank agrees.
    pub by_hand: bool,
    /// What comes of the next refunds of its payments.
    pub goes_back: VecDeque<GoesBack>,
    pub created_at: i64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Created,
    Authorized,
    Captured,
    Refunded,
    Failed,
}

#[derive(Clone)]
pub struct Payment {
    pub id: String,
    pub order: String,
    pub amount: Money,
    pub status: Status,
    pub notes: Map<String, Value>,
    pub captured: bool,
    /// Of every refund that was asked for, until the bank refuses it.
    pub refunded: i64,
    pub fee: Option<i64>,
    /// The part of the fee that is tax on it.
    pub tax: Option<i64>,
    pub error: Option<Declined>,
    /// Whose it is, what it is paid with, and whether that is to be kept.
    pub customer: Option<String>,
    pub token: Option<String>,
    pub keeps: bool,
    pub card: String,
    pub created_at: i64,
    pub authorised_at: Option<i64>,
}

/// Why an attempt failed.
#[derive(Clone, Copy)]
pub struct Declined {
    pub description: &'static str,
    pub source: &'static str,
    pub step: &'static str,
    pub reason: &'static str,
}

#[derive(Clone)]
pub struct Dispute {
    pub id: String,
    pub payment: String,
    pub amount: Money,
    pub deducted: i64,
    pub status: &'static str,
    pub created_at: i64,
}

/// `<prefix>_` and fourteen letters and digits, as Razorpay's ids are.
pub fn id(prefix: &str) -> String {
    const LETTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let random = kernel::random_bytes::<14>();
    let letters = random.iter().map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]));
    format!("{prefix}_{}", letters.collect::<String>())
}

impl State {
    pub fn of_order(&self, order: &str) -> impl Iterator<Item = &Payment> {
        self.payments.iter().filter(move |payment| payment.order == order)
    }

    pub fn captured_of(&self, order: &str) -> Option<&Payment> {
        self.of_order(order).find(|payment| payment.captured)
    }

    pub fn payment(&mut self, id: &str) -> Result<&mut Payment, Failure> {
        let found = self.payments.iter_mut().find(|payment| payment.id == id);
        found.ok_or_else(Failure::no_such_id)
    }

    pub fn strange_order(&mut self, amount: Money, notes: Value, now: i64) -> String {
        let notes = notes.as_object().cloned().unwrap_or_default();
        let id = id("order");
        let order = Order {
            id: id.clone(),
            amount,
            receipt: None,
            notes,
            attempts: 0,
            paid: false,
            by_hand: true,
            goes_back: VecDeque::new(),
            created_at: now,
        };
        self.orders.insert(id.clone(), order);
        id
    }

    /// The customer tries to pay. One success closes an order, also before it is captured.
    pub fn attempt(&mut self, order: &str, now: i64) -> Result<String, Failure> {
        let taken = self.of_order(order).any(|payment| {
            payment.captured || matches!(payment.status, Status::Authorized | Status::Captured)
        });
        let order = self.orders.get_mut(order).ok_or_else(Failure::no_such_id)?;
        if order.paid || taken {
            let paid = Failure::bad("This order has already been paid");
            return Err(Failure { reason: "order_already_paid", ..paid });
        }
        order.attempts += 1;
        let payment = Payment {
            id: id("pay"),
            order: order.id.clone(),
            amount: order.amount,
            status: Status::Created,
            notes: Map::new(),
            captured: false,
            refunded: 0,
            fee: None,
            tax: None,
            error: None,
            customer: None,
            token: None,
            keeps: false,
            card: String::new(),
            created_at: now,
            authorised_at: None,
        };
        let id = payment.id.clone();
        self.payments.push(payment);
        Ok(id)
    }

    /// The bank sets the money aside: of an attempt that goes on, or late of one that had failed.
    pub fn authorise(&mut self, payment: &str, now: i64) -> Result<(), Failure> {
        let payment = self.payment(payment)?;
        if !matches!(payment.status, Status::Created | Status::Failed) {
            return Err(Failure::bad("The payment has already been processed"));
        }
        payment.status = Status::Authorized;
        payment.error = None;
        payment.authorised_at = Some(now);
        let payment = payment.id.clone();
        self.keep(&payment, now);
        let payment = self.payment(&payment)?.clone();
        self.tell("payment.authorized", &payment, now);
        if self.orders.get(&payment.order).is_some_and(|order| !order.by_hand) {
            self.capture(&payment.id, None, now)?;
        }
        Ok(())
    }

    pub fn fail(&mut self, payment: &str, why: Declined, now: i64) -> Result<(), Failure> {
        let payment = self.payment(payment)?;
        if payment.status != Status::Created {
            return Err(Failure::bad("The payment has already been processed"));
        }
        payment.status = Status::Failed;
        payment.error = Some(why);
        let payment = payment.clone();
        self.tell("payment.failed", &payment, now);
        Ok(())
    }

    pub fn agree_late(&mut self, order: &str, now: i64) {
        let failed = self.of_order(order).filter(|payment| payment.status == Status::Failed).last();
        let payment = failed.expect("a payment that failed").id.clone();
        self.authorise(&payment, now).expect("it had failed");
    }

    /// Takes exactly what was set aside; `asked` is what the call named.
    pub fn capture(
        &mut self,
        payment: &str,
        asked: Option<Money>,
        now: i64,
    ) -> Result<Payment, Failure> {
        let payment = self.payment(payment)?;
        if payment.captured {
            return Err(Failure::bad("This payment has already been captured"));
        }
        if payment.status != Status::Authorized {
            let only =
                "Only payments which have been authorized and not yet captured can be captured";
            return Err(Failure::bad(only));
        }
        let asked = asked.unwrap_or(payment.amount);
        if asked.currency != payment.amount.currency {
            return Err(Failure::field("currency", "The currency does not match the payment's"));
        }
        if asked.amount != payment.amount.amount {
            let other = "Capture amount must be equal to the amount authorized";
            return Err(Failure::field("amount", other));
        }
        payment.status = Status::Captured;
        payment.captured = true;
        let (fee, tax) = fee(super::settlement::in_rupees(payment.amount));
        (payment.fee, payment.tax) = (Some(fee), Some(tax));
        let payment = payment.clone();
        if let Some(order) = self.orders.get_mut(&payment.order) {
            order.paid = true;
        }
        self.settle_capture(&payment, now);
        self.tell("payment.captured", &payment, now);
        self.tell("order.paid", &payment, now);
        Ok(payment)
    }

    /// The customer's bank takes money of a captured payment back; it is deducted at once.
    pub fn dispute(&mut self, payment: &str, amount: Money, now: i64) -> String {
        let payment = self.payment(payment).expect("a payment of that id").clone();
        assert!(payment.captured, "only what was taken is disputed");
        let dispute = Dispute {
            id: id("disp"),
            payment: payment.id.clone(),
            amount,
            deducted: amount.amount,
            status: "open",
            created_at: now,
        };
        self.disputes.push(dispute.clone());
        self.settle_dispute(&payment, (&dispute.id, -amount.amount), now);
        self.tell_dispute("payment.dispute.created", &dispute, now);
        dispute.id
    }

    pub fn decide(&mut self, dispute: &str, won: bool, now: i64) {
        let found = self.disputes.iter().find(|one| one.id == dispute);
        let all = found.expect("a dispute of that id").amount.amount;
        self.lose(dispute, if won { 0 } else { all }, now);
    }

    /// It ends, and so much of it is lost.
    pub fn lose(&mut self, dispute: &str, lost: i64, now: i64) {
        let found = self.disputes.iter_mut().find(|one| one.id == dispute);
        let dispute = found.expect("a dispute of that id");
        assert_eq!(dispute.status, "open", "a dispute is decided once");
        dispute.status = if lost == 0 { "won" } else { "lost" };
        let back = dispute.deducted - lost;
        dispute.deducted = lost;
        let dispute = dispute.clone();
        let payment = self.payment(&dispute.payment).expect("its payment").clone();
        if back != 0 {
            self.settle_dispute(&payment, (&dispute.id, back), now);
        }
        self.tell_dispute(&format!("payment.dispute.{}", dispute.status), &dispute, now);
    }

    /// Ends what has no time left.
    pub fn lapse(&mut self, now: i64) {
        let left = |payment: &&Payment| {
            payment.status == Status::Created && payment.created_at + ATTEMPT_SECONDS <= now
        };
        let left: Vec<_> = self.payments.iter().filter(left).map(|one| one.id.clone()).collect();
        for payment in left {
            self.fail(&payment, super::checkout::TIMED_OUT, now).expect("it waited");
        }
        for payment in &mut self.payments {
            let since = payment.authorised_at.unwrap_or(now);
            if payment.status == Status::Authorized && since + AUTHORISED_SECONDS <= now {
                payment.status = Status::Refunded;
                payment.refunded = payment.amount.amount;
            }
        }
    }
}

/// What Razorpay keeps of a captured amount in paise: two in a hundred and 18 % tax on that. The
/// first number holds the second.
fn fee(rupees: i64) -> (i64, i64) {
    let plain = (rupees * 2 + 50) / 100;
    let tax = (plain * 18 + 50) / 100;
    (plain + tax, tax)
}

/// Whether it can be paid in, and in such an amount; of currencies with three decimals the last
/// digit must be 0.
pub fn payable(amount: Money) -> Result<(), Failure> {
    let least = if amount.decimals() == 2 { 100 } else { 1 };
    if amount.amount < least {
        let low = Failure::field("amount", "Order amount less than minimum amount allowed");
        return Err(Failure { reason: "amount_less_than_minimum_amount", ..low });
    }
    if amount.decimals() == 3 && amount.amount % 10 != 0 {
        return Err(Failure::field("amount", "The last digit of the amount must be 0"));
    }
    Ok(())
}

pub fn currency(code: &str) -> Option<Currency> {
    Currency::from_code(code)
}
