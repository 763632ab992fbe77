//! What is not Stripe's word about this very payment changes nothing anywhere.

use axum::http::Method;
use jiff::Timestamp;
use kernel::OrderId;
use payments_api::Started;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Row};
use testkit::{Answer, Pays, StandIn, Stripe};

use super::{Till, WEBHOOKS};

/// Good until a minute after noon.
const OLD: &str = "whsec_of_last_year_that_was_rolled";

impl Till {
    /// With a secret that is about to end.
    async fn with_old_secret() -> Self {
        let and_the_old = |settings: String| {
            let old = format!("{{ secret = \"{OLD}\", until = \"2026-06-15T17:01:00Z\" }}");
            settings.replace("webhook_secrets = [", &format!("webhook_secrets = [{old}, "))
        };
        Self::with(false, and_the_old).await
    }

    /// Every row of every table of payments but alerts, as text.
    async fn dump(&self) -> Vec<String> {
        let mut connection = self.shop.bench.connection().await;
        let tables = sqlx::query_scalar::<_, String>(
            "select table_name::text from information_schema.tables
             where table_schema = 'payments' and table_type = 'BASE TABLE'
               and table_name not in ('mismatch', 'inbox') order by 1",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap();
        assert!(tables.len() > 8, "{tables:?}");
        let mut dump = Vec::new();
        for table in tables {
            // When something is next looked at is no fact about money.
            let query = format!(
                "select (to_jsonb(t) - 'look_at' - 'changed_at' - 'sent_at' - 'came_back_at'
                         - 'return_asked_at')::text as row
                 from payments.{table} t order by 1"
            );
            let rows = sqlx::query(AssertSqlSafe(query)).fetch_all(&mut connection).await.unwrap();
            dump.extend(rows.iter().map(|row| format!("{table}: {}", row.get::<String, _>(0))));
        }
        dump
    }

    async fn send(&self, headers: &[(&'static str, &str)], body: &[u8]) -> Answer {
        self.send_at(WEBHOOKS, headers, body).await
    }

    async fn send_at(&self, path: &str, headers: &[(&'static str, &str)], body: &[u8]) -> Answer {
        let mut sender = self.shop.bench.anyone("payments");
        for (name, value) in headers {
            sender = sender.with(name, value);
        }
        sender.send(Method::POST, path, body.to_vec().into()).await
    }

    async fn send_signed(&self, secret: &str, body: &[u8]) -> Answer {
        let signature = Stripe::sign(secret, self.shop.bench.now(), body);
        self.send(&[("stripe-signature", &signature)], body).await
    }

    async fn mismatches(&self) -> Vec<String> {
        let query = "select what from payments.mismatch order by 1";
        let mut connection = self.shop.bench.connection().await;
        sqlx::query_scalar(query).fetch_all(&mut connection).await.unwrap()
    }
}

/// As Stripe would tell that it succeeded.
fn event(started: &Started) -> Value {
    let object = json!({
        "id": started.provider_payment, "object": "payment_intent", "status": "succeeded",
        "amount_received": 2599, "metadata": {"payment": started.payment},
    });
    json!({
        "id": "evt_forged", "object": "event", "type": "payment_intent.succeeded",
        "livemode": false, "created": 1, "data": {"object": object},
    })
}

/// A header, its way of being wrong told.
fn headers(secret: &str, now: Timestamp, body: &[u8]) -> Vec<(&'static str, String)> {
    let at = now.as_second();
    let good = Stripe::sign(secret, now, body);
    let signed = good.split(',').nth(1).unwrap().to_owned();
    let hex = &signed[3..];
    let second = |by: i64| now + jiff::SignedDuration::from_secs(by);
    let mut changed = body.to_vec();
    changed[20] ^= 1;
    let value: Value = serde_json::from_slice(body).unwrap();
    let again = serde_json::to_vec_pretty(&value).unwrap();
    vec![
        ("empty", String::new()),
        ("only a time", format!("t={at}")),
        ("only a signature", signed.clone()),
        ("an empty signature", format!("t={at},v1=")),
        ("an empty key", Stripe::sign("", now, body)),
        ("a key of another provider", Stripe::sign("rzp_whsec_of_another_provider", now, body)),
        ("the API's own key for another body", Stripe::sign(secret, now, b"{}")),
        ("the secret decoded", Stripe::sign(secret.trim_start_matches("whsec_"), now, body)),
        ("re-serialised", Stripe::sign(secret, now, &again)),
        ("one byte changed", Stripe::sign(secret, now, &changed)),
        ("long ago", Stripe::sign(secret, second(-301), body)),
        ("in the future", Stripe::sign(secret, second(301), body)),
        ("at the beginning of time", Stripe::sign(secret, Timestamp::UNIX_EPOCH, body)),
        ("an old signature with a new time", {
            let old = Stripe::sign(secret, second(-400), body);
            format!("t={at},{}", old.split_once(',').unwrap().1)
        }),
        ("another scheme alone", format!("t={at},v0={hex}")),
        ("a scheme to come", format!("t={at},v2={hex}")),
        ("two times", format!("t={at},t={at},{signed}")),
        ("a time with a fraction", format!("t={at}.0,{signed}")),
        ("a time with a zero before it", format!("t=0{at},{signed}")),
        ("no time at all", format!("t=,{signed}")),
        ("a time that is none", format!("t=now,{signed}")),
        ("a time too large", format!("t=99999999999999999999,{signed}")),
        ("cut off", good[..good.len().min(60)].to_owned()),
        ("longer", format!("t={at},{signed}00")),
        ("semicolons", format!("t={at};{signed}")),
        ("quoted", format!("t={at},v1=\"{hex}\"")),
        ("six wrong ones before the right one", {
            format!("t={at},{}{signed}", format!("v1={},", "0".repeat(64)).repeat(6))
        }),
        ("base64", format!("t={at},v1=AAAA{}=", &hex[..40])),
    ]
}

#[tokio::test]
async fn what_stripe_has_not_signed_now_changes_nothing() {
    let till = Till::with_old_secret().await;
    let started = till.start(OrderId::new(), 2599).await;
    till.quiet().await;
    let body = event(&started).to_string().into_bytes();
    let before = till.dump().await;
    let secret = till.stripe.webhook_secret().to_owned();
    let all = headers(&secret, till.shop.bench.now(), &body);
    assert!(all.len() >= 25);
    for (what, header) in &all {
        let answer = till.send(&[("stripe-signature", header)], &body).await;
        assert_eq!(answer.status, 400, "{what}");
        answer.refused(400, "bad-signature");
    }
    let now = till.shop.bench.now();
    let good = Stripe::sign(&secret, now, &body);
    let bad = Stripe::sign(OLD, now, b"{}");
    till.send(&[], &body).await.refused(400, "bad-signature");
    till.send(&[("sandbox-signature", &good)], &body).await.refused(400, "bad-signature");
    till.send(&[("stripe-signature", &bad)], &body).await.refused(400, "bad-signature");
    let signed = [("stripe-signature", good.as_str())];
    for path in [
        "/v1/payments/webhooks/stripe/other",
        "/v1/payments/webhooks/paypal/main",
        "/v1/payments/webhooks/stripe/MAIN",
    ] {
        till.send_at(path, &signed, &body).await.refused(404, "not-found");
    }
    let sandbox = till.send_at("/v1/payments/webhooks/sandbox", &signed, &body).await;
    assert_eq!(sandbox.status, 404);
    assert_eq!(till.dump().await, before);
}

#[tokio::test]
async fn an_old_secret_counts_until_its_end() {
    let till = Till::with_old_secret().await;
    let started = till.start(OrderId::new(), 2599).await;
    let body = event(&started).to_string().into_bytes();
    till.send_signed(OLD, &body).await.ok::<Value>();
    till.quiet().await;
    let before = till.dump().await;
    till.shop.bench.advance(60);
    till.send_signed(OLD, &body).await.refused(400, "bad-signature");
    assert_eq!(till.dump().await, before);
}

#[tokio::test]
async fn what_is_signed_but_no_event_of_this_account_changes_nothing() {
    let till = Till::open().await;
    let started = till.start(OrderId::new(), 2599).await;
    till.quiet().await;
    let before = till.dump().await;
    let secret = till.stripe.webhook_secret().to_owned();
    let event = event(&started);
    let with = |field: &str, value: Value| {
        let mut event = event.clone();
        event[field] = value;
        event.to_string()
    };
    let text = event.to_string();
    for body in [
        String::new(),
        "{}".into(),
        "[]".into(),
        "null".into(),
        text[..text.len() - 1].to_owned(),
        format!("{text}{text}"),
        with("livemode", json!(true)),
        with("livemode", Value::Null),
        with("account", json!("acct_of_somebody_else")),
        with("id", json!("")),
        with("id", json!("e".repeat(300))),
        with("type", json!(7)),
        with("data", json!({})),
        // Which of two is meant is anyone's guess.
        text.replacen("\"id\":", "\"id\":\"evt_other\",\"id\":", 1),
        text.replacen("\"object\":{", "\"object\":{\"id\":\"pi_other\",", 1),
        text.replacen("\"livemode\":", "\"livemode\":true,\"livemode\":", 1),
        text.replacen("\"metadata\":{", "\"metadata\":{\"payment\":\"x\",", 1),
    ] {
        let answer = till.send_signed(&secret, body.as_bytes()).await;
        assert_eq!(answer.status, 400, "{body}");
        answer.refused(400, "not-an-event");
    }
    assert_eq!(till.dump().await, before);
}

/// A genuine notice that a payment has succeeded which has not: Stripe is asked, and says so.
#[tokio::test]
async fn a_genuine_notice_is_only_a_reason_to_ask() {
    let till = Till::open().await;
    let started = till.start(OrderId::new(), 90000).await;
    let cheap = till.paid(OrderId::new(), 100).await;
    till.quiet().await;
    let before = till.money(&started).await;
    let secret = till.stripe.webhook_secret().to_owned();
    let mut events = vec![event(&started)];
    // The genuine intent of another payment, naming ours; and a refund and a dispute of nobody.
    let mut other = event(&started);
    other["data"]["object"]["id"] = json!(cheap.provider_payment);
    events.push(other);
    for kind in ["refund", "dispute", "charge"] {
        let mut event = event(&started);
        event["data"]["object"] = json!({
            "id": format!("{kind}_x"), "object": kind, "amount": 90000, "status": "succeeded",
            "payment_intent": started.provider_payment,
        });
        events.push(event);
    }
    for (index, event) in events.iter_mut().enumerate() {
        event["id"] = json!(format!("evt_{index}"));
        till.send_signed(&secret, event.to_string().as_bytes()).await.ok::<Value>();
    }
    till.quiet().await;
    assert_eq!(till.money(&started).await, before);
    assert_eq!(till.state(&started).await, "open");
    assert_eq!(till.book(&started).captures, 0);
}

impl Till {
    /// Our row of a payment and all entries of its ledger.
    async fn money(&self, started: &Started) -> Vec<String> {
        let id = started.payment.to_string();
        let dump = self.dump().await;
        let of_money = |row: &String| row.starts_with("payment:") || row.starts_with("ledger");
        dump.into_iter().filter(|row| of_money(row) && row.contains(&id)).collect()
    }

    /// Points our payment at another object of Stripe's, as a forger who can write there might.
    async fn point(&self, started: &Started, at: &str) {
        let update = "update payments.payment set provider_payment = $1 where id = $2";
        let update = sqlx::query(update).bind(at).bind(started.payment.uuid());
        update.execute(&mut self.shop.bench.connection().await).await.unwrap();
    }

    /// A genuine payment at Stripe that our side did not make.
    async fn foreign(&self, amount: &str, currency: &str, metadata: &[(&str, String)]) -> String {
        let mut form = vec![
            ("amount".to_owned(), amount.to_owned()),
            ("currency".into(), currency.into()),
            ("capture_method".into(), "manual".into()),
        ];
        form.extend(
            metadata.iter().map(|(name, value)| (format!("metadata[{name}]"), value.clone())),
        );
        let url = format!("{}/v1/payment_intents", self.stripe.base_url());
        let client = reqwest::Client::new();
        let request = client.post(url).bearer_auth(self.stripe.secret_key()).form(&form);
        let intent: Value = request.send().await.unwrap().json().await.unwrap();
        let id = intent["id"].as_str().unwrap().to_owned();
        self.stripe.pay(&id, Pays::Plainly).await;
        id
    }
}

#[tokio::test]
async fn genuine_money_that_is_not_this_payments_pays_nothing() {
    let till = Till::open().await;
    till.stripe.send_to(None);
    let order = OrderId::new();
    let started = till.start(order, 90000).await;
    let paid = till.paid(OrderId::new(), 90000).await;
    let ours = [("order", order.to_string()), ("payment", started.payment.to_string())];
    let cases = [
        ("amount", till.foreign("100", "usd", &ours).await),
        ("currency", till.foreign("90000", "eur", &ours).await),
        ("currency", till.foreign("90000", "jpy", &ours).await),
        ("other-order", till.foreign("90000", "usd", &ours[1..]).await),
        ("other-payment", till.foreign("90000", "usd", &ours[..1]).await),
    ];
    let bound = started.provider_payment.clone();
    for (what, foreign) in cases {
        till.point(&started, &foreign).await;
        let before = till.dump().await;
        till.shop.come_back(&started).await.ok::<Value>();
        assert_eq!(till.dump().await, before, "{what}");
        assert!(till.mismatches().await.contains(&what.to_owned()), "{what}");
    }
    // A notice alone does not bind what names our payment.
    till.point(&started, &bound).await;
    let before = till.money(&started).await;
    let foreign = till.foreign("90000", "usd", &ours).await;
    let mut event = event(&started);
    event["data"]["object"]["id"] = json!(foreign);
    let secret = till.stripe.webhook_secret().to_owned();
    till.send_signed(&secret, event.to_string().as_bytes()).await.ok::<Value>();
    till.quiet().await;
    assert_eq!(till.money(&started).await, before);
    // And what one payment has been paid with cannot pay another.
    let charge = till.stripe.show(&paid.provider_payment)["latest_charge"].clone();
    let taken = format!(
        "select count(*) from payments.provider_object where object = '{}'",
        charge.as_str().unwrap()
    );
    let mut connection = till.shop.bench.connection().await;
    let bound: i64 =
        sqlx::query_scalar(AssertSqlSafe(taken)).fetch_one(&mut connection).await.unwrap();
    assert_eq!(bound, 1);
}

#[tokio::test]
async fn a_charge_that_is_bound_to_another_payment_pays_nothing() {
    let till = Till::open().await;
    till.stripe.send_to(None);
    let (one, two) = (till.start(OrderId::new(), 500).await, till.start(OrderId::new(), 500).await);
    till.stripe.pay(&one.provider_payment, Pays::Plainly).await;
    let charge = till.stripe.show(&one.provider_payment)["latest_charge"].clone();
    let bind = "insert into payments.provider_object (provider, account, object, payment_id)
                values ('stripe', 'main', $1, $2)";
    let bind = sqlx::query(bind).bind(charge.as_str().unwrap()).bind(two.payment.uuid());
    bind.execute(&mut till.shop.bench.connection().await).await.unwrap();
    let before = till.dump().await;
    till.shop.come_back(&one).await.ok::<Value>();
    assert_eq!(till.dump().await, before);
    assert_eq!(till.mismatches().await, ["used"]);
}

#[tokio::test]
async fn play_money_pays_nothing_where_real_money_is_meant() {
    // The stand-in takes real keys and has play money all the same.
    let real = |settings: String| settings.replace("_test_", "_live_").replace("false", "true");
    let till = Till::with(false, real).await;
    let started = till.start(OrderId::new(), 500).await;
    till.stripe.pay(&started.provider_payment, Pays::Plainly).await;
    let before = till.dump().await;
    till.shop.come_back(&started).await.ok::<Value>();
    assert_eq!(till.dump().await, before);
    assert_eq!(till.mismatches().await, ["mode"]);
}

#[tokio::test]
async fn more_cannot_be_given_back_than_was_taken() {
    let till = Till::open().await;
    let started = till.captured(OrderId::new(), 500).await;
    let before = till.dump().await;
    till.refund(&started, 501, "k").await.refused(409, "too-much");
    assert_eq!(till.dump().await, before);
    assert_eq!(till.book(&started).refunds, 0);
}
