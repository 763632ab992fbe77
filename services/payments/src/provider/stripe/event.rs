//! Events of webhooks. Of their objects only ids are read: the rest is asked for.

use serde::Deserialize;

use crate::provider::{NotTaken, Notice};

#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    livemode: bool,
    account: Option<String>,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    #[serde(default)]
    id: String,
    #[serde(default)]
    object: String,
    payment_intent: Option<String>,
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct Metadata {
    payment: Option<String>,
}

/// Reads the body of a webhook whose signature holds.
pub fn notice(body: &[u8], live: bool, account: &str) -> Result<Notice, NotTaken> {
    let event: Event = serde_json::from_slice(body).map_err(|_| NotTaken::Form)?;
    // A platform is told of all its accounts at one address.
    let theirs = event.account.as_deref().unwrap_or(account) != account;
    if event.livemode != live || theirs {
        return Err(NotTaken::Form);
    }
    let object = event.data.object;
    let dispute = (object.object == "dispute").then(|| object.id.clone());
    // We are bound to the visit, not to the intent that comes of it.
    let visit = object.object == "checkout.session";
    let payment = object.metadata.and_then(|metadata| metadata.payment?.parse().ok());
    Ok(Notice {
        event_id: event.id,
        kind: event.kind,
        object: object.payment_intent.filter(|_| !visit).unwrap_or(object.id),
        payment,
        dispute,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(event: &serde_json::Value) -> Result<Notice, NotTaken> {
        notice(event.to_string().as_bytes(), false, "")
    }

    #[test]
    fn the_intent_is_found_whatever_the_event_is_about() {
        let payment = kernel::PaymentId::new();
        let event = |object: serde_json::Value| {
            let data = json!({"object": object});
            json!({"id": "evt_1", "type": "x", "livemode": false, "data": data})
        };
        let metadata = json!({"payment": payment});
        let intent = json!({"id": "pi_1", "object": "payment_intent", "metadata": metadata});
        let intent = read(&event(intent)).unwrap();
        assert_eq!((intent.object.as_str(), intent.payment), ("pi_1", Some(payment)));
        let refund = json!({"id": "re_1", "object": "refund", "payment_intent": "pi_1"});
        assert_eq!(read(&event(refund)).unwrap().object, "pi_1");
        let visit = json!({"id": "cs_1", "object": "checkout.session", "payment_intent": "pi_1"});
        assert_eq!(read(&event(visit)).unwrap().object, "cs_1");
        let dispute = json!({"id": "dp_1", "object": "dispute", "payment_intent": "pi_1"});
        assert_eq!(read(&event(dispute)).unwrap().dispute.as_deref(), Some("dp_1"));
        let balance = json!({"object": "balance", "available": []});
        assert_eq!(read(&event(balance.clone())).unwrap().object, "");
        for (field, value) in [("livemode", json!(true)), ("account", json!("acct_1"))] {
            let mut event = event(balance.clone());
            event[field] = value;
            assert_eq!(read(&event), Err(NotTaken::Form));
        }
    }
}
