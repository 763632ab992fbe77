//! What nobody but PayPal could have sent, and what PayPal did send about something else.

use http::{HeaderMap, HeaderValue};
use jiff::SignedDuration;
use kernel::{Currency, Money, OrderId};
use payments_api::Started;
use serde_json::{Value, json};
use testkit::{Pays, Signing, StandIn};

use super::{collision::with_crc, till::Till};
use crate::shop::usd;

/// Where what does not fit is told, and nothing else.
const ALERTS: &[&str] = &["mismatch"];
/// The same, and the notices themselves.
const NOTICES: &[&str] = &["mismatch", "webhook_inbox"];

struct Forgery {
    what: &'static str,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// All that can be done to a genuine transmission whose taking would move money.
fn forged(till: &Till, body: &[u8]) -> Vec<Forgery> {
    let genuine = till.paypal.signing(till.bench.now());
    let mut all = Vec::new();
    let mut add = |what, headers, body: &[u8]| {
        all.push(Forgery { what, headers, body: body.to_vec() });
    };
    let headers = genuine.headers(body);
    for name in ["id", "time", "sig"] {
        let mut less = headers.clone();
        less.remove(format!("paypal-transmission-{name}"));
        add("a header is absent", less, body);
    }
    for name in ["paypal-cert-url", "paypal-auth-algo"] {
        let mut less = headers.clone();
        less.remove(name);
        add("a header is absent", less, body);
    }
    let mut twice = headers.clone();
    twice.append("paypal-transmission-id", HeaderValue::from_static("another-transmission"));
    add("a header is there twice", twice, body);
    for (what, value) in [("empty", ""), ("not base64", "%%%"), ("short", "AAAA")] {
        let mut other = headers.clone();
        other.insert("paypal-transmission-sig", HeaderValue::from_static(value));
        add(what, other, body);
    }
    let mut changed = body.to_vec();
    changed.push(b' ');
    add("one byte more", headers.clone(), &changed);
    let mut changed = body.to_vec();
    let at = changed.len() / 2;
    changed[at] ^= 1;
    add("one bit changed", headers.clone(), &changed);
    let parsed: Value = serde_json::from_slice(body).unwrap();
    add("written anew", headers.clone(), &serde_json::to_vec_pretty(&parsed).unwrap());
    let mut other = headers;
    other.insert("paypal-transmission-id", HeaderValue::from_static("another-transmission"));
    add("another transmission", other, body);
    for (what, signing) in signed_wrongly(till, &genuine) {
        let headers = signing.headers(body);
        add(what, headers, body);
    }
    all
}

/// Signed, but not as PayPal signs for us, now.
fn signed_wrongly(till: &Till, genuine: &Signing) -> Vec<(&'static str, Signing)> {
    let at = |seconds| till.paypal.signing(till.bench.now() + SignedDuration::from_secs(seconds));
    let by =
        |name: &str| Signing { certificate: till.paypal.certificate_url(name), ..genuine.clone() };
    let from = |url: String| Signing { certificate: url, ..genuine.clone() };
    let good = till.paypal.certificate_url("CERT-good");
    let host = till.paypal.base_url().trim_start_matches("http://").to_owned();
    let path = "/v1/notifications/certs/CERT-good";
    vec![
        ("five days old", at(-5 * 86_400)),
        ("an hour ahead", at(3_600)),
        ("no time", Signing { time: "yesterday".into(), ..genuine.clone() }),
        ("another key", Signing { other_key: true, ..genuine.clone() }),
        ("another webhook's", Signing { webhook: "8PT597110X687430L".into(), ..genuine.clone() }),
        ("no webhook's", Signing { webhook: String::new(), ..genuine.clone() }),
        ("another algorithm", Signing { algorithm: "SHA1withRSA".into(), ..genuine.clone() }),
        ("no algorithm", Signing { algorithm: "none".into(), ..genuine.clone() }),
        ("another digest", Signing { sha512: true, ..genuine.clone() }),
        ("an id with a bar", Signing { transmission: "1|2026|x|4711".into(), ..genuine.clone() }),
        ("another authority's", by("CERT-other-authority")),
        ("the certificate of another key", by("CERT-other-key")),
        ("another key with its certificate", Signing { other_key: true, ..by("CERT-other-name") }),
        ("another name's certificate", by("CERT-other-name")),
        ("a name that only begins right", by("CERT-subdomain")),
        ("expired", by("CERT-expired")),
        ("not valid yet", by("CERT-future")),
        ("too large", by("CERT-huge")),
        ("no certificate", by("CERT-none")),
        ("not there", by("CERT-missing")),
        ("a redirect", by("CERT-redirect")),
        ("another host", from(format!("https://evil.example{path}"))),
        ("a host that begins right", from(format!("http://{host}.evil.example{path}"))),
        ("a user that looks like the host", from(format!("http://{host}@evil.example{path}"))),
        ("with a user", from(good.replace("http://", "http://user:pass@"))),
        ("another port", from(format!("http://127.0.0.1:1{path}"))),
        ("another scheme", from(good.replace("http://", "https://"))),
        ("another name of this machine", from(good.replace("127.0.0.1", "localhost"))),
        ("another spelling of the host", from(good.replace("127.0.0.1", "0x7f.1"))),
        ("another folder", from(good.replace("/v1/notifications/certs/", "/certs/"))),
        ("out of the folder", from(good.replace("CERT-good", "../certs/CERT-good"))),
        ("with a query", from(format!("{good}?a=b"))),
        ("a file", from("file:///etc/ssl/certs/CERT-good".into())),
        ("PayPal's own, by http", from(format!("http://api.paypal.com{path}"))),
    ]
}

#[tokio::test]
async fn forty_forgeries_change_nothing_and_the_genuine_one_does() {
    let till = Till::open().await;
    let started = till.start(OrderId::new()).await;
    till.paypal.pay(&started.provider_payment, Pays::Plainly).await;
    let genuine = till.paypal.webhooks(till.bench.now()).pop().unwrap();
    let forged = forged(&till, &genuine.body);
    assert!(forged.len() >= 40, "{}", forged.len());
    till.still().await;
    let before = till.dump(ALERTS).await;
    for Forgery { what, headers, body } in forged {
        let answer = till.send(&headers, &body).await;
        assert_eq!(answer.status, 400, "{what}");
        assert_eq!(till.dump(ALERTS).await, before, "{what}");
    }
    assert_eq!(till.count("select count(*) from payments.mismatch").await, 0);
    till.send(&genuine.headers, &genuine.body).await.ok::<Value>();
    till.reached(&started, "authorised").await;
}

/// A genuine payment of 1.00, paid; and a payment of 900.00 that is not.
struct Thief {
    till: Till,
    cheap: Started,
    dear: Started,
}

impl Thief {
    async fn at_work() -> Self {
        let till = Till::open().await;
        let cheap: Started = till.try_start(OrderId::new(), 100).await.ok();
        till.pay(&cheap, Pays::Plainly).await;
        // Later, for from here on the clock stands.
        let dear: Started = till.try_start(OrderId::new(), 90_000).await.ok();
        till.still().await;
        assert_eq!(till.show(&cheap).await["state"], "authorised");
        Self { till, cheap, dear }
    }

    /// Sends it: PayPal did sign that, so it is kept; but nothing comes of it.
    async fn in_vain(&self, what: &str, headers: &HeaderMap, body: &[u8]) {
        let before = self.till.dump(NOTICES).await;
        self.till.send(headers, body).await.ok::<Value>();
        self.till.still().await;
        assert_eq!(self.till.dump(NOTICES).await, before, "{what}");
        assert_eq!(self.till.show(&self.dear).await["state"], "open", "{what}");
    }
}

#[tokio::test]
async fn a_body_of_the_same_crc_that_names_another_payment_is_only_a_hint() {
    let thief = Thief::at_work().await;
    let genuine = thief.till.paypal.webhooks(thief.till.bench.now()).pop().unwrap();
    let text = String::from_utf8(genuine.body.clone()).unwrap();
    let (cheap, dear) = (&thief.cheap, &thief.dear);
    let forged = text
        .replace(&cheap.provider_payment, &dear.provider_payment)
        .replace(&cheap.payment.to_string(), &dear.payment.to_string())
        .replace("\"1.00\"", "\"900.00\"");
    assert!(forged.contains(&dear.payment.to_string()));
    let forged = with_crc(&forged, crc32fast::hash(text.as_bytes()));
    assert_ne!(forged, text);
    thief.in_vain("the same CRC", &genuine.headers, forged.as_bytes()).await;
    // The genuine body of that transmission is a repetition now, and loses nothing.
    thief.in_vain("repeated", &genuine.headers, &genuine.body).await;
    let kept = "select count(*) from payments.webhook_inbox";
    assert_eq!(thief.till.count(kept).await, 1, "once per transmission");
}

#[tokio::test]
async fn a_body_of_the_same_crc_that_names_a_dispute_leads_nowhere_else() {
    let thief = Thief::at_work().await;
    let genuine = thief.till.paypal.webhooks(thief.till.bench.now()).pop().unwrap();
    let text = String::from_utf8(genuine.body.clone()).unwrap();
    let before = thief.till.dump(NOTICES).await;
    for dispute in ["../../v2/checkout/orders/1", "a?b=c", "a/b", "%2e%2e", "", &"A".repeat(51)] {
        let named = format!("\"resource\":{{\"dispute_id\":\"{dispute}\",");
        let forged = text.replacen("\"resource\":{", &named, 1);
        assert_ne!(forged, text);
        let forged = with_crc(&forged, crc32fast::hash(text.as_bytes()));
        thief.till.send(&genuine.headers, forged.as_bytes()).await.refused(400, "not-an-event");
    }
    thief.till.still().await;
    assert_eq!(thief.till.dump(NOTICES).await, before);
    assert_eq!(thief.till.count("select count(*) from payments.webhook_inbox").await, 0);
}

#[tokio::test]
async fn genuine_orders_that_name_a_payment_of_ours_are_not_its_money() {
    let thief = Thief::at_work().await;
    let paypal = &thief.till.paypal;
    let dear = thief.dear.payment.to_string();
    let ours = paypal.merchant().to_owned();
    let euros = Money::new(90_000, Currency::EUR);
    for (what, amount, merchant) in [
        ("1.00 for 900.00", usd(100), ours.as_str()),
        ("another currency", euros, ours.as_str()),
        ("another merchant", usd(90_000), "ABCDEFGHJKLMN"),
        ("another order of the same amount", usd(90_000), ours.as_str()),
    ] {
        paypal.plant(&dear, amount, merchant);
        let webhook = paypal.webhooks(thief.till.bench.now()).pop().unwrap();
        assert!(String::from_utf8_lossy(&webhook.body).contains(&dear), "{what}");
        thief.in_vain(what, &webhook.headers, &webhook.body).await;
    }
    // One that is used already, for the other payment.
    let used = json!({
        "id": "WH-1", "event_type": "CHECKOUT.ORDER.APPROVED",
        "resource": {
            "id": thief.cheap.provider_payment, "purchase_units": [{"custom_id": dear}],
        },
    });
    let body = used.to_string();
    let headers = paypal.signing(thief.till.bench.now()).headers(body.as_bytes());
    thief.in_vain("an order that is used", &headers, body.as_bytes()).await;
}

#[tokio::test]
async fn signed_bodies_that_are_no_events_are_refused() {
    let till = Till::open().await;
    let started = till.start(OrderId::new()).await;
    till.paypal.pay(&started.provider_payment, Pays::Plainly).await;
    till.still().await;
    let before = till.dump(ALERTS).await;
    let id = &started.provider_payment;
    let kind = r#""event_type":"CHECKOUT.ORDER.APPROVED""#;
    for body in [
        String::new(),
        "{".into(),
        "[]".into(),
        format!("{{{kind}}}"),
        format!(r#"{{{kind},"resource":{{}}}}"#),
        format!(r#"{{{kind},"resource":{{"id":"x"}},"resource":{{"id":"{id}"}}}}"#),
        format!(r#"{{{kind},"resource":{{"id":"x","id":"{id}"}}}}"#),
        format!(r#"{{{kind},{kind},"resource":{{"id":"{id}"}}}}"#),
        format!(r#"{{{kind},"resource":{{"id":"{}"}}}}"#, "x".repeat(300)),
    ] {
        let headers = till.paypal.signing(till.bench.now()).headers(body.as_bytes());
        till.send(&headers, body.as_bytes()).await.refused(400, "not-an-event");
        assert_eq!(till.dump(ALERTS).await, before, "{body}");
    }
}

#[tokio::test]
async fn more_given_back_than_was_taken_is_for_a_person() {
    let till = Till::open().await;
    let started = till.captured(OrderId::new(), 2599).await;
    till.quiet().await;
    let before = till.show(&started).await;
    till.paypal.refund_by_hand(&started.provider_payment, usd(2600));
    till.send_all().await;
    till.quiet().await;
    assert_eq!(till.show(&started).await["refunded"], before["refunded"]);
    let alert = "select count(*) from payments.mismatch where what = 'sums'";
    assert_eq!(till.count(alert).await, 1);
}

#[tokio::test]
async fn a_certificate_is_fetched_once_and_later_where_it_cannot_be_had() {
    let till = Till::open().await;
    let started = till.start(OrderId::new()).await;
    till.paypal.pay(&started.provider_payment, Pays::Plainly).await;
    let webhook = till.paypal.webhooks(till.bench.now()).pop().unwrap();
    till.paypal.withhold_certificates(true);
    till.send(&webhook.headers, &webhook.body).await.refused(503, "try-later");
    till.paypal.withhold_certificates(false);
    for _ in 0..3 {
        till.send(&webhook.headers, &webhook.body).await.ok::<Value>();
    }
    assert_eq!(till.paypal.certificates_fetched(), 2, "once in vain, once");
    assert_eq!(till.count("select count(*) from payments.webhook_inbox").await, 1);
}
