//! All that the stand-in remembers.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use kernel::{Clock, Money, random_token};
use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;

use super::{
    failure::Failure,
    form::Metadata,
    intents::{Intent, Status},
    kept::{Customer, Method},
    webhooks::is_sent,
};

/// Amounts in here are in Stripe's units, which are ISO 4217's but for [`unit`].
pub struct State {
    pub clock: Clock,
    pub base_url: String,
    pub intents: BTreeMap<String, Intent>,
    pub charges: BTreeMap<String, Charge>,
    pub refunds: BTreeMap<String, Refund>,
    pub disputes: BTreeMap<String, Dispute>,
    pub sessions: BTreeMap<String, Session>,
    pub customers: BTreeMap<String, Customer>,
    pub methods: BTreeMap<String, Method>,
    pub transactions: BTreeMap<String, Transaction>,
    pub events: Vec<Event>,
    /// Those that are sent, by their places among all.
    pub sent: Vec<usize>,
    pub slow_refunds: bool,
    /// There is nothing in the balance that could go back.
    pub is_empty: bool,
    /// The key of the call that is running, for the events that come of it.
    pub running_key: Option<String>,
    /// Events that are not yet with whoever is told of them.
    pub under_way: Arc<AtomicUsize>,
    counted: u64,
    told: UnboundedSender<Event>,
}

/// An attempt of a bank to give money.
#[derive(Clone)]
pub struct Charge {
    pub id: String,
    pub intent: String,
    pub amount: i64,
    pub captured: i64,
    /// What went back, and what was released unused: Stripe counts both.
    pub refunded: i64,
    /// None where the bank gave it; else its code of decline.
    pub failure: Option<(String, String)>,
    pub method: String,
    pub transaction: Option<String>,
    pub created: i64,
}

#[derive(Clone)]
pub struct Refund {
    pub id: String,
    pub charge: String,
    pub intent: String,
    pub amount: i64,
    pub status: &'static str,
    pub reason: Option<&'static str>,
    pub metadata: Metadata,
    /// None for money that was released without ever having been taken.
    pub transaction: Option<String>,
    pub created: i64,
}

#[derive(Clone)]
pub struct Dispute {
    pub id: String,
    pub charge: String,
    pub intent: String,
    pub amount: i64,
    pub status: &'static str,
    pub transactions: Vec<String>,
    pub created: i64,
}

/// One visit to the hosted page.
#[derive(Clone)]
pub struct Session {
    pub id: String,
    pub intent: Option<String>,
    pub status: &'static str,
    pub amount: i64,
    pub currency: String,
    pub manual: bool,
    pub description: Option<String>,
    pub reference: Option<String>,
    pub metadata: Metadata,
    pub intent_metadata: Metadata,
    /// Whose it is, and whether their method is kept.
    pub customer: Option<String>,
    pub keeps: bool,
    pub success_url: String,
    pub cancel_url: Option<String>,
    pub expires_at: i64,
    pub created: i64,
}

/// A change of the account's balance.
#[derive(Clone)]
pub struct Transaction {
    pub id: String,
    pub amount: i64,
    pub fee: i64,
    pub currency: String,
    pub category: &'static str,
    pub source: String,
    pub charge: String,
    pub intent: String,
    pub created: i64,
}

#[derive(Clone)]
pub struct Event {
    pub id: String,
    pub kind: String,
    pub object: Value,
    pub key: Option<String>,
    pub created: i64,
}

/// Stripe's units in one minor unit of ISO 4217: it counts kronor and shillings in hundredths.
pub fn unit(currency: &str) -> i64 {
    if matches!(currency, "isk" | "ugx") { 100 } else { 1 }
}

pub fn stripe_amount(money: Money) -> i64 {
    money.amount * unit(&money.currency.code().to_ascii_lowercase())
}

impl State {
    pub fn new(clock: Clock, base_url: String, told: UnboundedSender<Event>) -> Self {
        Self {
            clock,
            base_url,
            intents: BTreeMap::new(),
            charges: BTreeMap::new(),
            refunds: BTreeMap::new(),
            disputes: BTreeMap::new(),
            sessions: BTreeMap::new(),
            customers: BTreeMap::new(),
            methods: BTreeMap::new(),
            transactions: BTreeMap::new(),
            events: Vec::new(),
            sent: Vec::new(),
            slow_refunds: false,
            is_empty: false,
            running_key: None,
            under_way: Arc::default(),
            counted: 0,
            told,
        }
    }

    pub fn now(&self) -> i64 {
        self.clock.now().as_second()
    }

    /// A new id; later ones sort behind earlier ones.
    pub fn id(&mut self, prefix: &str) -> String {
        self.counted += 1;
        format!("{prefix}_{:08}{}", self.counted, &random_token()[..16])
    }

    /// Something has happened.
    pub fn tell(&mut self, kind: &str, object: Value) {
        let event = Event {
            id: self.id("evt"),
            kind: kind.into(),
            object,
            key: self.running_key.clone(),
            created: self.now(),
        };
        if is_sent(kind) {
            self.sent.push(self.events.len());
        }
        self.events.push(event.clone());
        self.under_way.fetch_add(1, Ordering::SeqCst);
        let _ = self.told.send(event);
    }

    /// The id of the intent behind a name that our side knows.
    pub fn intent_of(&self, name: &str) -> Option<String> {
        match self.sessions.get(name) {
            Some(session) => session.intent.clone(),
            None => self.intents.contains_key(name).then(|| name.to_owned()),
        }
    }

    pub fn intent(&self, id: &str) -> Result<&Intent, Failure> {
        self.intents.get(id).ok_or_else(|| Failure::missing("payment_intent", id, "intent"))
    }

    pub fn intent_mut(&mut self, id: &str) -> &mut Intent {
        self.intents.get_mut(id).expect("an intent that is there")
    }

    pub fn charge_mut(&mut self, id: &str) -> &mut Charge {
        self.charges.get_mut(id).expect("a charge that is there")
    }

    /// The charge whose money was set aside or taken.
    pub fn good_charge(&self, intent: &str) -> Option<&Charge> {
        let intent = self.intents.get(intent)?;
        let held = matches!(intent.status, Status::RequiresCapture | Status::Succeeded);
        self.charges.get(intent.charge.as_ref()?).filter(|charge| held && charge.failure.is_none())
    }

    /// Books a change of the balance.
    pub fn post(
        &mut self,
        category: &'static str,
        source: &str,
        charge: &Charge,
        (amount, fee): (i64, i64),
    ) -> String {
        let id = self.id("txn");
        let currency = self.intents[&charge.intent].currency.clone();
        let transaction = Transaction {
            id: id.clone(),
            amount,
            fee,
            currency,
            category,
            source: source.into(),
            charge: charge.id.clone(),
            intent: charge.intent.clone(),
            created: self.now(),
        };
        self.transactions.insert(id.clone(), transaction);
        id
    }
}
