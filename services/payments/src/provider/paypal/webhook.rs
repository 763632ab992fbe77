//! Webhooks. The signature covers the time, the webhook's id and a CRC32 of the body: anyone who
//! has seen one genuine transmission can make another body of the same CRC32. So nothing of a body
//! is believed but which of our payments to ask about.

use axum::http::HeaderMap;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp};
use kernel::PaymentId;
use serde::Deserialize;

use super::certificate::Certificates;
use crate::provider::{NotTaken, Notice};

/// PayPal repeats for three days, up to 25 times (its documentation “Webhooks”); notices are kept
/// longer than that, so that a transmission that comes again is known.
const OLDEST: SignedDuration = SignedDuration::from_hours(4 * 24);
/// How far its clock may be ahead of ours.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

pub async fn notice(
    certificates: &Certificates,
    webhook_id: &str,
    (headers, body): (&HeaderMap, &[u8]),
    now: Timestamp,
) -> Result<Notice, NotTaken> {
    let header = |name: &str| only(headers, name).ok_or(NotTaken::Signature);
    let transmission = header("paypal-transmission-id")?;
    let time = header("paypal-transmission-time")?;
    let named = transmission.len() >= 8 && is_plain(transmission);
    if !named || header("paypal-auth-algo")? != "SHA256withRSA" || !timely(time, now) {
        return Err(NotTaken::Signature);
    }
    let url = certificates.address(header("paypal-cert-url")?).ok_or(NotTaken::Signature)?;
    let signature = STANDARD.decode(header("paypal-transmission-sig")?);
    let signature = signature.map_err(|_| NotTaken::Signature)?;
    let text = format!("{transmission}|{time}|{webhook_id}|{}", crc32fast::hash(body));
    if !certificates.signs(url, (text.as_bytes(), &signature), now).await? {
        return Err(NotTaken::Signature);
    }
    let event: Event = serde_json::from_slice(body).map_err(|_| NotTaken::Form)?;
    event.notice(transmission).ok_or(NotTaken::Form)
}

/// An id that is nothing but one, wherever it is put.
fn is_plain(id: &str) -> bool {
    (1..=50).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// A header that is there once and is short.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut all = headers.get_all(name).iter();
    let value = all.next()?.to_str().ok()?;
    (all.next().is_none() && value.len() <= 1_000).then_some(value)
}

fn timely(time: &str, now: Timestamp) -> bool {
    let Ok(at) = time.parse::<Timestamp>() else { return false };
    let age = now.duration_since(at);
    -AHEAD <= age && age <= OLDEST
}

/// Of each object only ids are read.
#[derive(Deserialize)]
struct Event {
    event_type: String,
    resource: Resource,
}

#[derive(Deserialize)]
struct Resource {
    id: Option<String>,
    custom_id: Option<String>,
    dispute_id: Option<String>,
    #[serde(default)]
    purchase_units: Vec<Unit>,
    supplementary_data: Option<Supplement>,
    #[serde(default)]
    disputed_transactions: Vec<Disputed>,
    #[serde(default)]
    links: Vec<Link>,
}

#[derive(Deserialize)]
struct Unit {
    custom_id: Option<String>,
}

#[derive(Deserialize)]
struct Supplement {
    related_ids: Option<Related>,
}

#[derive(Deserialize)]
struct Related {
    order_id: Option<String>,
}

#[derive(Deserialize)]
struct Disputed {
    seller_transaction_id: Option<String>,
}

#[derive(Deserialize)]
struct Link {
    href: String,
    rel: String,
}

impl Event {
    fn notice(self, transmission: &str) -> Option<Notice> {
        let resource = self.resource;
        // It becomes part of an address, and the signature does not cover it.
        if resource.dispute_id.as_deref().is_some_and(|id| !is_plain(id)) {
            return None;
        }
        let is_refund = self.event_type.ends_with("REFUNDED");
        let order = resource.supplementary_data.and_then(|one| one.related_ids);
        let order = order.and_then(|ids| ids.order_id);
        let disputed = resource.disputed_transactions.into_iter().next();
        let disputed = disputed.and_then(|one| one.seller_transaction_id);
        // A refund is found by the capture that it is of.
        let up = resource.links.iter().find(|link| is_refund && link.rel == "up");
        let up = up.and_then(|link| link.href.rsplit('/').next()).map(str::to_owned);
        let custom = match resource.purchase_units.into_iter().next() {
            Some(unit) => unit.custom_id,
            // Of a refund it is the id of our operation.
            None if is_refund => None,
            None => resource.custom_id,
        };
        Some(Notice {
            event_id: transmission.to_owned(),
            kind: self.event_type,
            object: order.or(disputed).or(up).or(resource.id)?,
            payment: custom.and_then(|id| id.parse::<PaymentId>().ok()),
            dispute: resource.dispute_id,
        })
    }
}
