//! Every statement of the service: messages here, what is kept of one person beside.

pub mod personal;

use accounts_api::{FlowId, Purpose};
use jiff::Timestamp;
use kernel::{CustomerId, OrderId, PersonId, StoreId};
use notifications_api::MessageId;
use sqlx::FromRow;
use store::{Db, Tx};
use uuid::Uuid;

use crate::{
    config::Channel,
    letter::{Kind, Letter},
};

/// A row of `known_order`.
#[derive(Debug, Clone, FromRow)]
pub struct KnownOrder {
    #[sqlx(try_from = "Uuid", rename = "order_id")]
    pub order: OrderId,
    #[sqlx(try_from = "Uuid", rename = "customer_id")]
    pub customer: CustomerId,
    pub number: String,
    pub store_name: String,
}

pub async fn know_order(tx: &mut Tx<'_>, order: &KnownOrder, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "insert into known_order (order_id, customer_id, number, store_name, told_at)
         select $1, $2, case when erased then '' else $3 end, case when erased then '' else $4 end,
                $5
         from (select exists (select from erased_person where person_id = $2) as erased) as known
         on conflict (order_id) do update set told_at = $5",
    )
    .bind(order.order.uuid())
    .bind(order.customer.uuid())
    .bind(&order.number)
    .bind(&order.store_name)
    .bind(store::instant(now))
    .execute(&mut **tx)
    .await
    .map(drop)
}

pub async fn known_order(db: &Db, order: OrderId) -> sqlx::Result<Option<KnownOrder>> {
    sqlx::query_as("select * from known_order where order_id = $1")
        .bind(order.uuid())
        .fetch_optional(db)
        .await
}

/// News of an order.
#[derive(Debug, Clone, FromRow)]
pub struct News {
    pub dedupe_key: String,
    #[sqlx(try_from = "Uuid", rename = "order_id")]
    pub order: OrderId,
    #[sqlx(json)]
    pub kind: Kind,
    #[sqlx(json)]
    pub facts: serde_json::Value,
}

/// Keeps news until their order is known.
pub async fn keep_early(tx: &mut Tx<'_>, news: &News, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "insert into early_news (dedupe_key, order_id, kind, facts, told_at)
         values ($1, $2, $3, $4, $5) on conflict (dedupe_key) do nothing",
    )
    .bind(&news.dedupe_key)
    .bind(news.order.uuid())
    .bind(sqlx::types::Json(news.kind))
    .bind(&news.facts)
    .bind(store::instant(now))
    .execute(&mut **tx)
    .await
    .map(drop)
}

pub async fn early(db: &Db, order: OrderId) -> sqlx::Result<Vec<News>> {
    sqlx::query_as("select * from early_news where order_id = $1")
        .bind(order.uuid())
        .fetch_all(db)
        .await
}

pub async fn forget_early(tx: &mut Tx<'_>, order: OrderId) -> sqlx::Result<()> {
    sqlx::query("delete from early_news where order_id = $1")
        .bind(order.uuid())
        .execute(&mut **tx)
        .await
        .map(drop)
}

/// Whom a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    Person(PersonId),
    Store(StoreId),
}

/// A message to be, on each of its channels.
pub struct NewMessage<'a> {
    pub to: To,
    pub order: Option<OrderId>,
    pub kind: Kind,
    pub recipient: &'a str,
    pub letter: &'a Letter,
    /// What it tells of, the same however often that is told.
    pub dedupe_key: String,
    pub at: Timestamp,
}

/// Writes the message once per channel; where it is there already nothing happens.
pub async fn insert_message(
    tx: &mut Tx<'_>,
    new: &NewMessage<'_>,
    channels: &[Channel],
) -> sqlx::Result<()> {
    let (person, store) = match new.to {
        To::Person(person) => (Some(person.uuid()), None),
        To::Store(store) => (None, Some(store.uuid())),
    };
    let ids: Vec<Uuid> = channels.iter().map(|_| MessageId::new().uuid()).collect();
    let channels: Vec<&str> = channels.iter().map(|channel| channel.name()).collect();
    sqlx::query(
        "insert into message (id, channel, person_id, store_id, order_id, kind, recipient,
                              subject, text, html, dedupe_key, next_at, created_at)
         select c.id, c.channel, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12
         from unnest($1::uuid[], $2::text[]) as c (id, channel)
         where not exists (select from erased_person where person_id = $3)
         on conflict on constraint message_once do nothing",
    )
    .bind(ids)
    .bind(channels)
    .bind(person)
    .bind(store)
    .bind(new.order.map(OrderId::uuid))
    .bind(new.kind.name())
    .bind(new.recipient)
    .bind(&new.letter.subject)
    .bind(&new.letter.text)
    .bind(&new.letter.html)
    .bind(&new.dedupe_key)
    .bind(store::instant(new.at))
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// A letter with a code to be.
pub struct NewCode {
    pub flow: FlowId,
    pub purpose: Purpose,
    pub channel: Channel,
    /// The same however often it is told that the letter is wanted.
    pub dedupe_key: String,
    pub at: Timestamp,
}

/// Notes that the letter is to be sent; where that is noted already nothing happens.
pub async fn insert_code(tx: &mut Tx<'_>, new: &NewCode) -> sqlx::Result<()> {
    sqlx::query(
        "insert into message (id, channel, flow_id, kind, recipient, subject, text, html,
                              dedupe_key, next_at, created_at)
         values ($1, $2, $3, $4, '', '', '', '', $5, $6, $6)
         on conflict on constraint message_once do nothing",
    )
    .bind(MessageId::new().uuid())
    .bind(new.channel.name())
    .bind(new.flow.uuid())
    .bind(new.purpose.name())
    .bind(&new.dedupe_key)
    .bind(store::instant(new.at))
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// One attempt at a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Attempt {
    pub message: Uuid,
    /// The first is 1.
    pub number: i32,
}

/// A message that is this sender's to send.
#[derive(Debug, Clone, FromRow)]
pub struct Claimed {
    pub id: Uuid,
    pub channel: String,
    pub kind: String,
    flow_id: Option<Uuid>,
    pub recipient: String,
    subject: String,
    text: String,
    html: String,
    pub attempts: i32,
    created_at: jiff_sqlx::Timestamp,
}

impl Claimed {
    /// Where it has a code: the flow that is asked for it.
    pub fn flow(&self) -> Option<FlowId> {
        self.flow_id.map(FlowId::from_uuid)
    }

    pub fn attempt(&self) -> Attempt {
        Attempt { message: self.id, number: self.attempts }
    }

    pub fn letter(&self) -> Letter {
        let (subject, text) = (self.subject.clone(), self.text.clone());
        Letter { subject, text, html: self.html.clone() }
    }

    pub fn created_at(&self) -> Timestamp {
        self.created_at.to_jiff()
    }
}

/// Marks the next message that is due as being sent, and committed so, before anyone sends it.
/// Letters with codes come first: somebody waits for them.
pub async fn claim(db: &Db, sender: Uuid, now: Timestamp) -> sqlx::Result<Option<Claimed>> {
    sqlx::query_as(
        "update message set state = 'sending', claimed_at = $1, claimed_by = $2,
             attempts = attempts + 1
         where id = (select id from message
                     where state in ('pending', 'failed') and next_at <= $1
                     order by (flow_id is null), next_at limit 1 for update skip locked)
         returning id, channel, kind, flow_id, recipient, subject, text, html, attempts,
                   created_at",
    )
    .bind(store::instant(now))
    .bind(sender)
    .fetch_optional(db)
    .await
}

/// How an attempt ended.
#[derive(Debug, Clone)]
pub struct Ending {
    pub state: &'static str,
    pub next_at: Timestamp,
    pub error: Option<String>,
    pub now: Timestamp,
}

/// Lets go of what this sender claimed without having it in hand: the claim was written and the
/// answer lost, so that it never left and nothing was attempted.
pub async fn release(db: &Db, sender: Uuid, held: &[Uuid], now: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "update message set state = 'failed', attempts = attempts - 1, next_at = $3
         where state = 'sending' and claimed_by = $1 and id <> all($2)",
    )
    .bind(sender)
    .bind(held)
    .bind(store::instant(now))
    .execute(db)
    .await
    .map(drop)
}

/// Writes down how this attempt ended, unless somebody else has written the message off since.
pub async fn settle(db: &Db, attempt: Attempt, ending: &Ending) -> sqlx::Result<()> {
    sqlx::query(
        "update message set state = $3, next_at = $4, error = $5,
             sent_at = case when $3 = 'sent' then $6 end
         where id = $1 and attempts = $2 and state = 'sending'",
    )
    .bind(attempt.message)
    .bind(attempt.number)
    .bind(ending.state)
    .bind(store::instant(ending.next_at))
    .bind(&ending.error)
    .bind(store::instant(ending.now))
    .execute(db)
    .await
    .map(drop)
}

/// Writes off what has been in sending since before `since`: its sender is gone.
pub async fn write_off(db: &Db, since: Timestamp) -> sqlx::Result<u64> {
    let done = sqlx::query(
        "update message set state = 'unknown', error = 'the sender ended while it was sending'
         where state = 'sending' and claimed_at < $1",
    )
    .bind(store::instant(since))
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}

/// A row of `message`, as people see it.
#[derive(Debug, Clone, FromRow)]
pub struct MessageRow {
    #[sqlx(try_from = "Uuid")]
    pub id: MessageId,
    pub person_id: Option<Uuid>,
    pub store_id: Option<Uuid>,
    pub order_id: Option<Uuid>,
    pub kind: String,
    pub channel: String,
    pub recipient: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub state: String,
    pub attempts: i32,
    pub error: Option<String>,
    next_at: jiff_sqlx::Timestamp,
    sent_at: Option<jiff_sqlx::Timestamp>,
    created_at: jiff_sqlx::Timestamp,
}

impl MessageRow {
    pub fn next_at(&self) -> Timestamp {
        self.next_at.to_jiff()
    }
    pub fn sent_at(&self) -> Option<Timestamp> {
        self.sent_at.map(jiff_sqlx::Timestamp::to_jiff)
    }
    pub fn created_at(&self) -> Timestamp {
        self.created_at.to_jiff()
    }
}

/// Which messages are wanted; what is absent does not matter.
#[derive(Debug, Default)]
pub struct Wanted {
    pub person: Option<PersonId>,
    pub order: Option<OrderId>,
    pub state: Option<&'static str>,
    pub kind: Option<&'static str>,
    pub channel: Option<&'static str>,
    /// One of each that went out by several channels.
    pub once: bool,
    /// Older than this one.
    pub before: Option<MessageId>,
    pub limit: u32,
}

/// Newest first, one more than the limit.
pub async fn messages(db: &Db, wanted: &Wanted) -> sqlx::Result<Vec<MessageRow>> {
    sqlx::query_as(
        "select * from message
         where ($1::uuid is null or person_id = $1) and ($2::uuid is null or order_id = $2)
           and ($3::text is null or state = $3) and ($4::text is null or kind = $4)
           and ($5::text is null or channel = $5) and ($6::uuid is null or id < $6)
           and not ($8 and exists (select from message other
                                   where other.dedupe_key = message.dedupe_key
                                     and other.id > message.id))
         order by id desc limit $7",
    )
    .bind(wanted.person.map(PersonId::uuid))
    .bind(wanted.order.map(OrderId::uuid))
    .bind(wanted.state)
    .bind(wanted.kind)
    .bind(wanted.channel)
    .bind(wanted.before.map(MessageId::uuid))
    .bind(i64::from(wanted.limit) + 1)
    .bind(wanted.once)
    .fetch_all(db)
    .await
}

pub async fn message(db: &Db, id: MessageId) -> sqlx::Result<Option<MessageRow>> {
    sqlx::query_as("select * from message where id = $1").bind(id.uuid()).fetch_optional(db).await
}

/// Lets a dead message be tried anew; none where it is not dead.
pub async fn revive(db: &Db, id: MessageId, now: Timestamp) -> sqlx::Result<Option<MessageRow>> {
    sqlx::query_as(
        "update message set state = 'pending', attempts = 0, next_at = $2, error = null
         where id = $1 and state = 'dead' returning *",
    )
    .bind(id.uuid())
    .bind(store::instant(now))
    .fetch_optional(db)
    .await
}

/// How many rows of each table are forgotten at once.
const FORGOTTEN_AT_ONCE: i64 = 200;

/// Forgets the oldest of what nobody needs any more: messages from before `messages` with which
/// nothing is left to be done, news from before it of orders that never came, and orders that were
/// last told of before `orders`.
pub async fn forget(db: &Db, messages: Timestamp, orders: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "with message_gone as (
             delete from message where id in (
                 select id from message
                 where state in ('sent', 'dead', 'unknown') and created_at < $1
                 order by created_at limit $3 for update skip locked)),
         news_gone as (
             delete from early_news where dedupe_key in (
                 select dedupe_key from early_news where told_at < $1
                 order by told_at limit $3 for update skip locked))
         delete from known_order where order_id in (
             select order_id from known_order where told_at < $2
             order by told_at limit $3 for update skip locked)",
    )
    .bind(store::instant(messages))
    .bind(store::instant(orders))
    .bind(FORGOTTEN_AT_ONCE)
    .execute(db)
    .await
    .map(drop)
}
