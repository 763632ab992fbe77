use jiff::Timestamp;
use kernel::{Event, Id};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Db, Tx};
use uuid::Uuid;

use crate::{Carrier, carrier::Message};

/// An event as it travels: CloudEvents 1.0 in JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Envelope {
    specversion: String,
    pub id: Uuid,
    source: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub subject: String,
    pub time: Timestamp,
    datacontenttype: String,
    pub data: Value,
}

impl Envelope {
    fn new<E: Event>(event: &E, at: Timestamp) -> anyhow::Result<Self> {
        Ok(Self {
            specversion: "1.0".into(),
            id: Id::<E>::new().uuid(),
            source: format!("/{}", E::KIND.rsplit_once('.').map_or(E::KIND, |(from, _)| from)),
            kind: E::KIND.into(),
            subject: event.subject(),
            time: at,
            datacontenttype: "application/json".into(),
            data: serde_json::to_value(event)?,
        })
    }
}

/// Tells of `event`, which happened at `at`, if and only if `tx` commits.
pub async fn append<E: Event>(tx: &mut Tx<'_>, event: &E, at: Timestamp) -> anyhow::Result<()> {
    let envelope = Envelope::new(event, at)?;
    sqlx::query("insert into outbox (event_id, kind, subject, body) values ($1, $2, $3, $4)")
        .bind(envelope.id)
        .bind(&envelope.kind)
        .bind(&envelope.subject)
        .bind(sqlx::types::Json(&envelope))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Tells of many events of one kind at once, in their order, as [`append`] does of one.
pub async fn append_all<E: Event>(
    tx: &mut Tx<'_>,
    events: &[E],
    at: Timestamp,
) -> anyhow::Result<()> {
    let envelopes: Vec<Envelope> =
        events.iter().map(|event| Envelope::new(event, at)).collect::<anyhow::Result<_>>()?;
    if envelopes.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into outbox (event_id, kind, subject, body)
         select event_id, $1, subject, body
         from unnest($2::uuid[], $3::text[], $4::jsonb[]) with ordinality
              as e (event_id, subject, body, place)
         order by place",
    )
    .bind(E::KIND)
    .bind(envelopes.iter().map(|envelope| envelope.id).collect::<Vec<_>>())
    .bind(envelopes.iter().map(|envelope| envelope.subject.as_str()).collect::<Vec<_>>())
    .bind(envelopes.iter().map(sqlx::types::Json).collect::<Vec<_>>())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// How many events of a service's outbox nobody has sent yet, and for how many seconds the oldest of
/// them has waited.
pub async fn unsent(db: &Db) -> sqlx::Result<(i64, f64)> {
    sqlx::query_as(
        "select count(*), coalesce(extract(epoch from now() - min(created_at)), 0)::float8
         from outbox where sent_at is null",
    )
    .fetch_one(db)
    .await
}

/// Brings an event to its followers without a service's outbox: for tests, which play the service
/// that told it.
pub async fn tell<E: Event>(carrier: &Carrier, event: &E, at: Timestamp) -> anyhow::Result<()> {
    let envelope = Envelope::new(event, at)?;
    let message = Message {
        event_id: envelope.id,
        kind: envelope.kind.clone(),
        subject: envelope.subject.clone(),
        body: serde_json::to_value(&envelope)?,
        before: Vec::new(),
    };
    carrier.publish(&[message]).await
}
