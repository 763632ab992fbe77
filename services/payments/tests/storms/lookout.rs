//! Who watches all boats: what providers have told of each, and how it stands here.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard},
};

use kernel::OrderId;
use payments_api::Started;
use serde_json::Value;
use sqlx::PgPool;
use testkit::Webhook;
use tokio::sync::watch;

use super::harbour::STUCK;

/// A payment as it is looked at: the order's, and what [`Sight`] holds.
type Row = (uuid::Uuid, String, String, i64, i64, i64, bool, bool);

/// How the payment of an order stands here, the one that it is paid with now: as far as that comes of what we did and asked: not of disputes, which
/// only webhooks tell of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    pub state: String,
    pub wanted: String,
    pub authorised: i64,
    pub captured: i64,
    pub refunded: i64,
    pub declined: bool,
    /// Whether the bank has a refund in hand.
    pub in_hand: bool,
}

#[derive(Default)]
struct Seen {
    /// How many webhooks of the provider have been looked at.
    webhooks: usize,
    /// By what is written in webhooks: our payment's id, and the provider's.
    names: HashMap<String, OrderId>,
    boats: HashMap<OrderId, Ship>,
}

#[derive(Default)]
struct Ship {
    sight: Option<Sight>,
    /// Webhooks of it, oldest first: which of the provider's, and of what kind.
    webhooks: Vec<(usize, String)>,
}

pub struct Lookout {
    db: PgPool,
    seen: Mutex<Seen>,
    /// Rung after each look.
    bell: watch::Sender<()>,
}

impl Lookout {
    pub fn new(db: PgPool) -> Self {
        Self { db, seen: Mutex::default(), bell: watch::Sender::new(()) }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }

    /// From now on this order is watched, and this payment of it.
    pub fn watch(&self, order: OrderId, started: &Started) {
        let mut seen = self.seen();
        seen.boats.entry(order).or_default();
        for name in [started.payment.to_string(), started.provider_payment.clone()] {
            seen.names.insert(name, order);
        }
    }

    /// No longer.
    pub fn forget(&self, order: OrderId) {
        let mut seen = self.seen();
        seen.boats.remove(&order);
        seen.names.retain(|_, of| *of != order);
    }

    /// Looks at the provider's webhooks since the last look, of which there are `told` in all, and at
    /// all payments here.
    pub async fn look(&self, told: usize, webhook: impl Fn(usize) -> Webhook) {
        while self.seen().webhooks < told {
            let mut seen = self.seen();
            let nth = seen.webhooks;
            seen.webhooks += 1;
            seen.take(nth, &webhook(nth));
        }
        let watched: Vec<uuid::Uuid> = self.seen().boats.keys().map(|id| id.uuid()).collect();
        let rows: Vec<Row> = sqlx::query_as(
            "select order_id, state, wanted, authorised, captured, refunded,
                    last_decline is not null,
                    exists (select from payments.operation
                            where payment_id = payment.id and in_hand and ended_at is null)
             from payments.payment where order_id = any($1) and superseded_at is null",
        )
        .bind(watched)
        .fetch_all(&self.db)
        .await
        .unwrap();
        let mut seen = self.seen();
        for (id, state, wanted, authorised, captured, refunded, declined, in_hand) in rows {
            let sight = Sight { state, wanted, authorised, captured, refunded, declined, in_hand };
            if let Some(ship) = seen.boats.get_mut(&OrderId::from_uuid(id)) {
                ship.sight = Some(sight);
            }
        }
        drop(seen);
        self.bell.send_replace(());
    }

    /// Waits until `look` finds something.
    pub async fn until<T>(&self, what: impl Fn() -> String, look: impl Fn() -> Option<T>) -> T {
        let (began, mut bell) = (tokio::time::Instant::now(), self.bell.subscribe());
        loop {
            if let Some(found) = look() {
                return found;
            }
            assert!(began.elapsed() < STUCK, "it never happened: {}", what());
            bell.changed().await.unwrap();
        }
    }

    /// How it stands here.
    pub fn sight(&self, order: OrderId) -> Option<Sight> {
        self.seen().boats[&order].sight.clone()
    }

    /// Which of the provider's webhooks its nth is.
    pub fn webhook(&self, order: OrderId, nth: usize) -> Option<usize> {
        self.seen().boats[&order].webhooks.get(nth).map(|(place, _)| *place)
    }

    pub fn kinds(&self, order: OrderId) -> Vec<String> {
        self.seen().boats[&order].webhooks.iter().map(|(_, kind)| kind.clone()).collect()
    }
}

impl Seen {
    fn take(&mut self, nth: usize, webhook: &Webhook) {
        let body = String::from_utf8_lossy(&webhook.body);
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        let words = || body.split(|c| !is_part(c));
        let order = words().find_map(|word| self.names.get(word)).copied();
        let order = order.unwrap_or_else(|| panic!("{} is nobody's: {body}", webhook.kind));
        // What belongs to it may be told of by these names alone.
        let intents = words().filter(|word| word.starts_with("pi_") && !word.contains("_secret_"));
        let resource: Value = serde_json::from_str(&body).unwrap();
        let resource = resource["resource"]["id"].as_str();
        for word in intents.chain(resource) {
            self.names.insert(word.to_owned(), order);
        }
        let ship = self.boats.get_mut(&order).expect("one that is watched");
        ship.webhooks.push((nth, webhook.kind.clone()));
    }
}
