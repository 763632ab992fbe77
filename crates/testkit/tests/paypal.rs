//! The stand-in for PayPal: its objects against the published specification, its keys and states.

use std::{path::Path, time::Duration};

use jiff::{SignedDuration, Timestamp};
use kernel::{Clock, Currency, Money};
use serde_json::{Value, json};
use testkit::{Book, Call, CaptureEnds, Goes, PayPal, Pays, StandIn, Takes};

struct Merchant {
    paypal: PayPal,
    clock: Clock,
    http: reqwest::Client,
    token: String,
}

fn usd(amount: i64) -> Money {
    Money::new(amount, Currency::USD)
}

impl Merchant {
    async fn start() -> Self {
        let clock = Clock::turned(testkit::NOON.parse::<Timestamp>().unwrap());
        let paypal = PayPal::start(clock.clone()).await;
        let http = reqwest::Client::new();
        let mut merchant = Self { paypal, clock, http, token: String::new() };
        merchant.wait(0).await;
        merchant
    }

    /// So many days go by; no token is good for one.
    async fn wait(&mut self, days: i64) {
        self.clock.advance(SignedDuration::from_hours(24 * days));
        let (id, secret) = self.paypal.client();
        let url = format!("{}/v1/oauth2/token", self.paypal.base_url());
        let asked = self.http.post(url).basic_auth(id, Some(secret));
        let asked = asked.form(&[("grant_type", "client_credentials")]).send().await.unwrap();
        let answer: Value = asked.json().await.unwrap();
        answer["access_token"].as_str().unwrap().clone_into(&mut self.token);
    }

    async fn try_post(&self, path: &str, key: &str, body: &Value) -> reqwest::Result<(u16, Value)> {
        let url = format!("{}/{path}", self.paypal.base_url());
        let request = self.http.post(url).bearer_auth(&self.token).json(body);
        let request = request.header("prefer", "return=representation");
        let request =
            if key.is_empty() { request } else { request.header("paypal-request-id", key) };
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.unwrap_or_default();
        let issue = body["details"][0]["issue"].clone();
        Ok((status, if status < 400 { body } else { issue }))
    }

    async fn post(&self, path: &str, key: &str, body: &Value) -> (u16, Value) {
        self.try_post(path, key, body).await.unwrap()
    }

    async fn get(&self, path: &str) -> Value {
        let url = format!("{}/{path}", self.paypal.base_url());
        self.http.get(url).bearer_auth(&self.token).send().await.unwrap().json().await.unwrap()
    }

    fn asked(amount: &str, invoice: &str) -> Value {
        let context = json!({"return_url": "https://shop.example/back",
                             "cancel_url": "https://shop.example/back"});
        json!({
            "intent": "AUTHORIZE",
            "purchase_units": [{
                "reference_id": "order-1", "custom_id": "payment-1", "invoice_id": invoice,
                "amount": {"currency_code": "USD", "value": amount},
            }],
            "payment_source": {"paypal": {"experience_context": context}},
        })
    }

    async fn order(&self, amount: &str, invoice: &str) -> String {
        let (status, order) =
            self.post("v2/checkout/orders", invoice, &Self::asked(amount, invoice)).await;
        assert_eq!(status, 201, "{order}");
        assert_eq!(order["status"], "PAYER_ACTION_REQUIRED");
        order["id"].as_str().unwrap().to_owned()
    }

    /// The order and its authorisation.
    async fn authorised(&self, amount: &str, invoice: &str) -> (String, String) {
        let id = self.order(amount, invoice).await;
        self.paypal.pay(&id, Pays::Plainly).await;
        let path = format!("v2/checkout/orders/{id}/authorize");
        let (status, order) = self.post(&path, "", &json!({})).await;
        assert_eq!((status, &order["status"]), (201, &json!("COMPLETED")));
        let one = &order["purchase_units"][0]["payments"]["authorizations"][0]["id"];
        (id, one.as_str().unwrap().to_owned())
    }

    /// The order and its capture.
    async fn captured(&self, amount: &str, take: &str, invoice: &str) -> (String, String) {
        let (id, authorization) = self.authorised(amount, invoice).await;
        let body = json!({"amount": {"currency_code": "USD", "value": take},
                          "final_capture": true});
        let path = format!("v2/payments/authorizations/{authorization}/capture");
        let (status, capture) = self.post(&path, "", &body).await;
        assert_eq!(status, 201, "{capture}");
        (id, capture["id"].as_str().unwrap().to_owned())
    }
}

/// Whether `object` is as the specification `file` has its `schema`.
fn fits(folder: &Path, (file, schema): (&str, &str), object: &Value) {
    let text = std::fs::read_to_string(folder.join(file)).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let whole = json!({
        "$ref": format!("#/components/schemas/{schema}"), "components": document["components"],
    });
    let validator = jsonschema::draft4::new(&whole).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(object)
        .map(|error| format!("{} {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{schema}: {errors:?}\n{object:#}");
}

/// What is kept is shown as the specification has it, and pays as the kind that it is.
async fn keeping(merchant: &Merchant, folder: &Path) {
    let orders = "checkout_orders_v2.json";
    let mut asked = Merchant::asked("25.99", "i-3");
    asked["payment_source"]["paypal"]["attributes"]["vault"] =
        json!({"store_in_vault": "ON_SUCCESS", "usage_type": "MERCHANT"});
    let (_, kept) = merchant.post("v2/checkout/orders", "i-3", &asked).await;
    let kept = kept["id"].as_str().unwrap();
    merchant.paypal.pay(kept, Pays::Plainly).await;
    merchant.paypal.keep_later();
    merchant.post(&format!("v2/checkout/orders/{kept}/authorize"), "", &json!({})).await;
    fits(folder, (orders, "order"), &merchant.paypal.show(kept));
    merchant.paypal.finish_keeping();
    fits(folder, (orders, "order"), &merchant.paypal.show(kept));
    let token =
        &merchant.paypal.show(kept)["payment_source"]["paypal"]["attributes"]["vault"]["id"];
    let with = json!({"payment_source": {"paypal": {"vault_id": token}}});
    let mut plain = Merchant::asked("9.00", "i-4");
    plain.as_object_mut().unwrap().remove("payment_source");
    let (_, next) = merchant.post("v2/checkout/orders", "i-4", &plain).await;
    let next = next["id"].as_str().unwrap();
    let path = format!("v2/checkout/orders/{next}/confirm-payment-source");
    let card = json!({"payment_source": {"card": {"vault_id": token}}});
    let refused = merchant.post(&path, "", &card).await;
    assert_eq!(refused, (422, json!("MISMATCHED_VAULT_ID_TO_PAYMENT_SOURCE")));
    let (_, agreed) = merchant.post(&path, "", &with).await;
    assert_eq!(agreed["status"], "APPROVED");
    fits(folder, (orders, "order"), &agreed);
    merchant.paypal.empty_vault();
    assert_eq!(merchant.post(&path, "", &with).await, (422, json!("TOKEN_ID_NOT_FOUND")));
}

#[tokio::test]
async fn objects_are_as_the_published_specification_has_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/specs/paypal");
    if !folder.exists() {
        eprintln!("skipped: no published specification lies beside this tree");
        return;
    }
    let orders = "checkout_orders_v2.json";
    let payments = "payments_payment_v2.json";
    let merchant = Merchant::start().await;
    let open = merchant.order("25.99", "i-1").await;
    fits(&folder, (orders, "order"), &merchant.get(&format!("v2/checkout/orders/{open}")).await);
    merchant.paypal.pay(&open, Pays::AfterChallenge).await;
    fits(&folder, (orders, "order"), &merchant.paypal.show(&open));
    let (id, capture) = merchant.captured("25.99", "20.00", "i-2").await;
    let path = format!("v2/payments/captures/{capture}/refund");
    let part = json!({"amount": {"currency_code": "USD", "value": "5.00"}, "custom_id": "r-1"});
    let (_, refund) = merchant.post(&path, "", &part).await;
    fits(&folder, (payments, "refund"), &refund);
    merchant.paypal.dispute(&id, usd(1500));
    fits(&folder, (orders, "order"), &merchant.paypal.show(&id));
    let shown = merchant.get(&format!("v2/payments/captures/{capture}")).await;
    fits(&folder, (payments, "capture-2"), &shown);
    let order = merchant.paypal.show(&id);
    let authorization = &order["purchase_units"][0]["payments"]["authorizations"][0]["id"];
    let path = format!("v2/payments/authorizations/{}", authorization.as_str().unwrap());
    fits(&folder, (payments, "authorization-2"), &merchant.get(&path).await);
    let disputes = "customer_disputes_v1.json";
    let path = format!("v1/customer/disputes?disputed_transaction_id={capture}");
    let list = merchant.get(&path).await;
    fits(&folder, (disputes, "dispute_search"), &list);
    let dispute = list["items"][0]["dispute_id"].as_str().unwrap();
    let dispute = merchant.get(&format!("v1/customer/disputes/{dispute}")).await;
    fits(&folder, (disputes, "dispute"), &dispute);
    for webhook in merchant.paypal.webhooks(merchant.clock.now()) {
        let body: Value = serde_json::from_slice(&webhook.body).unwrap();
        fits(&folder, ("notifications_webhooks_v1.json", "event"), &body);
    }
    keeping(&merchant, &folder).await;
    for call in ["v2/checkout/orders/none/authorize", "v2/payments/captures/none/refund"] {
        assert_eq!(merchant.post(call, "", &json!({})).await.0, 404);
    }
}

#[tokio::test]
async fn a_key_gives_one_answer_for_six_hours_and_then_is_forgotten() {
    let merchant = Merchant::start().await;
    let asked = Merchant::asked("25.99", "i-1");
    let (first, order) = merchant.post("v2/checkout/orders", "key-1", &asked).await;
    let (again, same) = merchant.post("v2/checkout/orders", "key-1", &asked).await;
    assert_eq!((first, again, &same["id"]), (201, 200, &order["id"]));
    let other = Merchant::asked("1.00", "i-1");
    let refused = merchant.post("v2/checkout/orders", "key-1", &other).await;
    assert_eq!(refused, (422, json!("DUPLICATE_REQUEST_ID")));
    merchant.clock.advance(SignedDuration::from_hours(6));
    let (later, new) = merchant.post("v2/checkout/orders", "key-1", &asked).await;
    assert_eq!(later, 201);
    assert_ne!(new["id"], order["id"]);
}

#[tokio::test]
async fn a_running_twin_is_told_so_and_a_cut_answer_was_done() {
    let merchant = Merchant::start().await;
    let asked = Merchant::asked("25.99", "i-1");
    merchant.paypal.fault(Call::Create, Goes::Slowly(300), 1);
    let slow = merchant.post("v2/checkout/orders", "key-1", &asked);
    let twin = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        merchant.post("v2/checkout/orders", "key-1", &asked).await
    };
    let (slow, twin) = tokio::join!(slow, twin);
    assert_eq!(slow.0, 201);
    assert_eq!(twin, (409, json!("PREVIOUS_REQUEST_IN_PROGRESS")));
    merchant.paypal.fault(Call::Create, Goes::WrongAfter, 1);
    let asked = Merchant::asked("1.00", "i-2");
    assert!(merchant.try_post("v2/checkout/orders", "key-2", &asked).await.is_err());
    assert_eq!(merchant.post("v2/checkout/orders", "key-2", &asked).await.0, 200);
    assert_eq!(merchant.paypal.names().len(), 2);
    merchant.paypal.fault(Call::Create, Goes::WrongBefore, 1);
    assert_eq!(merchant.post("v2/checkout/orders", "key-3", &asked).await.0, 500);
    assert_eq!(merchant.paypal.names().len(), 2);
}

#[tokio::test]
async fn money_is_set_aside_taken_in_part_given_back_and_disputed_as_documented() {
    let merchant = Merchant::start().await;
    let id = merchant.order("25.99", "i-1").await;
    let authorize = format!("v2/checkout/orders/{id}/authorize");
    let refused = merchant.post(&authorize, "", &json!({})).await;
    assert_eq!(refused, (422, json!("PAYER_ACTION_REQUIRED")));
    merchant.paypal.pay(&id, Pays::Declined).await;
    let refused = merchant.post(&authorize, "", &json!({})).await;
    assert_eq!(refused, (422, json!("INSTRUMENT_DECLINED")));
    let (id, capture) = merchant.captured("25.99", "20.00", "i-2").await;
    let refund = format!("v2/payments/captures/{capture}/refund");
    let part = |value: &str| json!({"amount": {"currency_code": "USD", "value": value}});
    assert_eq!(merchant.post(&refund, "", &part("5.00")).await.0, 201);
    let refused = merchant.post(&refund, "", &part("15.01")).await;
    assert_eq!(refused, (422, json!("REFUND_AMOUNT_EXCEEDED")));
    assert_eq!(merchant.post(&refund, "", &part("2.50")).await.0, 201);
    let shown = merchant.paypal.show(&id);
    let payments = &shown["purchase_units"][0]["payments"];
    assert_eq!(payments["captures"][0]["status"], "PARTIALLY_REFUNDED");
    assert_eq!(payments["authorizations"][0]["status"], "CAPTURED");
    let dispute = merchant.paypal.dispute(&id, usd(1000));
    let book = merchant.paypal.book(&id);
    let expected = Book {
        authorisations: 1,
        captures: 1,
        refunds: 2,
        captured: 2000,
        refunded: 750,
        disputed: 1000,
        fees: 119 + 2000,
    };
    assert_eq!(book, expected);
    merchant.paypal.decide(&dispute, true);
    assert_eq!(merchant.paypal.book(&id).disputed, 0);
    let day = SignedDuration::from_hours(24);
    let (from, to) = (merchant.clock.now() - day, merchant.clock.now() + day);
    let file = merchant.paypal.settlement(from, to);
    let credits = file.lines().filter(|line| line.starts_with("SB") && line.contains(",CR,"));
    assert_eq!(credits.count(), 2, "{file}");
    assert!(file.contains(",T0006,") && file.contains(",CR,2000,USD,DR,119,USD,"), "{file}");
    assert!(file.contains(",T1107,") && file.contains(",DR,500,USD,"), "{file}");
    assert!(file.contains(",T1201,") && file.contains(",T1202,"), "{file}");
}

#[tokio::test]
async fn what_is_set_aside_can_be_freed_once_and_lapses() {
    let merchant = Merchant::start().await;
    let (_, authorization) = merchant.authorised("25.99", "i-1").await;
    let void = format!("v2/payments/authorizations/{authorization}/void");
    assert_eq!(merchant.post(&void, "key", &json!({})).await.0, 204);
    assert_eq!(merchant.post(&void, "key", &json!({})).await.0, 204);
    assert_eq!(merchant.post(&void, "", &json!({})).await, (422, json!("PREVIOUSLY_VOIDED")));
    let (id, _) = merchant.authorised("25.99", "i-2").await;
    merchant.clock.advance(SignedDuration::from_hours(29 * 24));
    merchant.paypal.lapse();
    let shown = merchant.paypal.show(&id);
    assert_eq!(shown["purchase_units"][0]["payments"]["authorizations"][0]["status"], "VOIDED");
}

/// From the fourth day on, more than once; what it is made of stays, and goes with it.
#[tokio::test]
async fn what_is_set_aside_is_set_aside_anew_taken_and_freed_as_one() {
    let mut merchant = Merchant::start().await;
    for taken in [false, true] {
        let (id, first) = merchant.authorised("25.99", &format!("i-{taken}")).await;
        let call = |one: &str, what: &str| format!("v2/payments/authorizations/{one}/{what}");
        let again = call(&first, "reauthorize");
        let refused = (422, json!("REAUTHORIZATION_NOT_SUPPORTED"));
        assert_eq!(merchant.post(&again, "", &json!({})).await, refused, "within its honour");
        merchant.wait(3).await;
        let (status, second) = merchant.post(&again, "", &json!({})).await;
        assert_eq!((status, &second["status"]), (201, &json!("CREATED")));
        assert_eq!(merchant.post(&again, "", &json!({})).await, refused, "it has a new one");
        merchant.wait(3).await;
        let second = second["id"].as_str().unwrap();
        assert_eq!(merchant.post(&call(second, "reauthorize"), "", &json!({})).await, refused);
        assert_eq!(merchant.post(&again, "", &json!({})).await.0, 201);
        assert_eq!(merchant.paypal.held(&id), [2599; 3]);
        if taken {
            let all = json!({"final_capture": true});
            assert_eq!(merchant.post(&call(second, "capture"), "", &all).await.0, 201);
        } else {
            let refused = merchant.post(&call(second, "void"), "", &json!({})).await;
            assert_eq!(refused, (422, json!("CANNOT_BE_VOIDED")));
            assert_eq!(merchant.post(&call(&first, "void"), "", &json!({})).await.0, 204);
        }
        assert_eq!(merchant.paypal.held(&id), [0; 0]);
        assert_eq!(merchant.paypal.book(&id).captured, if taken { 2599 } else { 0 });
    }
    let (_, first) = merchant.authorised("25.99", "late").await;
    merchant.wait(30).await;
    let again = format!("v2/payments/authorizations/{first}/reauthorize");
    assert_eq!(merchant.post(&again, "", &json!({})).await.0, 422);
}

/// What brings no money at once is shown as the specification has it.
#[tokio::test]
async fn denials_and_captures_that_bring_nothing_are_as_documented() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/specs/paypal");
    let known = folder.exists();
    if !known {
        eprintln!("not compared: no published specification lies beside this tree");
    }
    let fits = |schema: &str, object: &Value| {
        if known {
            fits(&folder, ("payments_payment_v2.json", schema), object);
        }
    };
    let merchant = Merchant::start().await;
    let denied = merchant.order("25.99", "i-1").await;
    merchant.paypal.pay_denied(&denied);
    let path = format!("v2/checkout/orders/{denied}/authorize");
    let (status, order) = merchant.post(&path, "", &json!({})).await;
    let one = &order["purchase_units"][0]["payments"]["authorizations"][0];
    assert_eq!(
        (status, &order["status"], &one["status"]),
        (201, &json!("COMPLETED"), &json!("DENIED"))
    );
    let one = one["id"].as_str().unwrap();
    fits("authorization-2", &merchant.get(&format!("v2/payments/authorizations/{one}")).await);
    assert_eq!(merchant.post(&path, "", &json!({})).await.1, json!("ORDER_ALREADY_AUTHORIZED"));

    merchant.paypal.next_captures(&[Takes::Declined, Takes::Pending]);
    let (id, declined) = merchant.captured("25.99", "25.99", "i-2").await;
    let shown = merchant.get(&format!("v2/payments/captures/{declined}")).await;
    assert_eq!(shown["status"], "DECLINED");
    fits("capture-2", &shown);
    assert_eq!(merchant.paypal.held(&id), [2599], "it can be tried again");
    let order = merchant.paypal.show(&id);
    let held = order["purchase_units"][0]["payments"]["authorizations"][0]["id"].clone();
    let path = format!("v2/payments/authorizations/{}/capture", held.as_str().unwrap());
    let (_, pending) = merchant.post(&path, "", &json!({"final_capture": true})).await;
    assert_eq!(pending["status"], "PENDING");
    fits("capture-2", &pending);
    let refund = format!("v2/payments/captures/{}/refund", pending["id"].as_str().unwrap());
    assert_eq!(merchant.post(&refund, "", &json!({})).await, (422, json!("PENDING_CAPTURE")));
    assert_eq!(merchant.paypal.book(&id), Book { authorisations: 1, ..Book::default() });
    merchant.paypal.finish_captures(&id, CaptureEnds::Completed);
    assert_eq!(merchant.paypal.book(&id).captured, 2599);
    let told = merchant.paypal.webhooks(merchant.clock.now());
    let told: Vec<&str> = told.iter().map(|one| one.kind.as_str()).collect();
    for kind in ["DECLINED", "PENDING", "COMPLETED"] {
        assert!(told.contains(&format!("PAYMENT.CAPTURE.{kind}").as_str()), "{told:?}");
    }
}

#[tokio::test]
async fn amounts_have_the_decimals_that_paypal_wants() {
    let merchant = Merchant::start().await;
    for (currency, value, answer) in [
        ("JPY", "500", 201),
        ("JPY", "500.0", 422),
        ("HUF", "500", 201),
        ("HUF", "500.00", 422),
        ("EUR", "5.1", 201),
        ("EUR", "5.001", 422),
        ("EUR", "0.00", 422),
        ("EUR", "-1.00", 400),
        ("EUR", "1e3", 400),
    ] {
        let mut asked = Merchant::asked("1.00", "i");
        asked["purchase_units"][0]["amount"] = json!({"currency_code": currency, "value": value});
        let (status, said) = merchant.post("v2/checkout/orders", "", &asked).await;
        assert_eq!(status, answer, "{currency} {value}: {said}");
    }
}
