//! An event as AMQP carries it: CloudEvents 1.0 in their structured form, with what queues need of it
//! in properties.

use anyhow::Context;
use kernel::Id;
use lapin::{
    Acker, BasicProperties,
    message::Delivery,
    options::BasicAckOptions,
    types::{AMQPValue, FieldTable},
};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::{
    carrier::{Message, UNREADABLE},
    outbox::Envelope,
};

const CONTENT: &str = "application/cloudevents+json; charset=utf-8";
/// A header of ours: which events of its subject came before it, as JSON.
const BEFORE: &str = "tipple-before";
/// Survives a restart of the broker.
const PERSISTENT: u8 = 2;
/// How much is kept of what is no event.
const MOST_RAW: usize = 4_000;

/// A message in hand.
pub(super) struct Letter {
    pub message: Message,
    acker: Acker,
    /// The channel that it came by is.
    pub gone: CancellationToken,
}

impl Letter {
    pub const fn new(message: Message, acker: Acker, gone: CancellationToken) -> Self {
        Self { message, acker, gone }
    }

    /// Tells the broker that it is done with. Where that fails it comes again, and is known.
    pub async fn done(&self) {
        let _ = self.acker.ack(BasicAckOptions::default()).await;
    }
}

/// What is sent.
pub(super) fn write(message: &Message) -> anyhow::Result<(BasicProperties, Vec<u8>)> {
    let mut headers = FieldTable::default();
    let before = serde_json::to_string(&message.before)?;
    headers.insert(BEFORE.into(), AMQPValue::LongString(before.into()));
    let properties = BasicProperties::default()
        .with_content_type(CONTENT.into())
        .with_delivery_mode(PERSISTENT)
        .with_message_id(message.event_id.to_string().into())
        .with_type(message.kind.as_str().into())
        .with_app_id("tipple".into())
        .with_headers(headers);
    Ok((properties, serde_json::to_vec(&message.body)?))
}

/// What has come.
pub(super) fn read(delivery: &Delivery) -> anyhow::Result<Message> {
    let body: serde_json::Value = serde_json::from_slice(&delivery.data).context("read JSON")?;
    let envelope: Envelope = serde_json::from_value(body.clone()).context("read the envelope")?;
    let before = match header(delivery, BEFORE) {
        Some(AMQPValue::LongString(before)) => {
            serde_json::from_slice(before.as_bytes()).context("read what came before")?
        }
        _ => Vec::new(),
    };
    Ok(Message {
        event_id: envelope.id,
        kind: envelope.kind,
        subject: envelope.subject,
        body,
        before,
    })
}

fn header<'a>(delivery: &'a Delivery, name: &str) -> Option<&'a AMQPValue> {
    delivery.properties.headers().as_ref()?.inner().get(name)
}

/// What came and is no event, for people to look at.
pub(super) fn raw(delivery: &Delivery) -> Message {
    let text = String::from_utf8_lossy(&delivery.data);
    Message {
        event_id: Id::<Letter>::new().uuid(),
        kind: UNREADABLE.into(),
        subject: String::new(),
        body: json!({"unreadable": text.chars().take(MOST_RAW).collect::<String>()}),
        before: Vec::new(),
    }
}

/// Why the broker has given something up, as it says itself.
pub(super) fn why_dead(delivery: &Delivery) -> String {
    let reason = || {
        let AMQPValue::FieldArray(deaths) = header(delivery, "x-death")? else { return None };
        let AMQPValue::FieldTable(last) = deaths.as_slice().first()? else { return None };
        let AMQPValue::LongString(reason) = last.inner().get("reason")? else { return None };
        Some(String::from_utf8_lossy(reason.as_bytes()).into_owned())
    };
    match reason().as_deref() {
        Some("delivery_limit") => {
            "the broker has brought it again and again, and nobody said that it is done with: \
             does it end the process?"
                .into()
        }
        Some("rejected") => "it cannot be read".into(),
        reason => format!("the broker has given it up: {}", reason.unwrap_or("it says not why")),
    }
}
