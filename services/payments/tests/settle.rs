use kernel::OrderId;
use payments_api::MoneyMove;
use serde_json::{Value, json};

use crate::shop::{CHALLENGED, DECLINED, GOOD, Shop, usd};

fn authorised() -> MoneyMove {
    MoneyMove::Authorised { amount: usd(2599) }
}

#[tokio::test]
async fn webhooks_thrice_and_swapped_and_the_return_at_once_authorise_once() {
    let shop = Shop::open().await;
    shop.webhooks(json!({"repeat": 3, "reorder": true, "hold": true})).await;
    let started = shop.start(OrderId::new()).await;
    shop.pay(&started, DECLINED).await.refused_by_bank("card_declined");
    shop.pay(&started, GOOD).await.ok::<Value>();
    let returns = futures::future::join_all((0..6).map(|_| shop.come_back(&started)));
    let (returned, ()) = tokio::join!(returns, shop.webhooks(json!({"hold": false})));
    // The provider is asked for one of them; the others are told what is known.
    let states: Vec<Value> =
        returned.into_iter().map(|view| view.ok::<Value>()["state"].clone()).collect();
    assert!(states.iter().all(|state| state == "authorised" || state == "open"), "{states:?}");
    assert!(states.iter().any(|state| state == "authorised"), "{states:?}");
    shop.quiet().await;
    assert_eq!(shop.told().await, [authorised()]);
    assert_eq!(shop.count("select count(*) from sandbox.delivery").await, 6);
    assert_eq!(shop.count("select count(*) from payments.webhook_inbox").await, 2);
    assert_eq!(shop.count("select count(*) from payments.ledger_transaction").await, 1);
}

#[tokio::test]
async fn a_webhook_alone_is_enough_and_so_is_the_sweeper() {
    let shop = Shop::open().await;
    let first = shop.start(OrderId::new()).await;
    shop.pay(&first, GOOD).await.ok::<Value>();
    shop.bench
        .eventually("told by webhook", || async {
            (shop.told().await == [authorised()]).then_some(())
        })
        .await;

    shop.webhooks(json!({"hold": true})).await;
    let second = shop.start(OrderId::new()).await;
    shop.pay(&second, GOOD).await.ok::<Value>();
    let before = shop.bench.now();
    shop.bench
        .later("asked unasked", || async { (shop.told().await.len() == 2).then_some(()) })
        .await;
    assert!(shop.bench.now().duration_since(before).as_secs() <= 60, "within a minute");
}

#[tokio::test]
async fn a_declined_card_is_told_and_another_may_follow() {
    let shop = Shop::open().await;
    let started = shop.start(OrderId::new()).await;
    shop.pay(&started, DECLINED).await.refused_by_bank("card_declined");
    shop.come_back(&started).await.ok::<Value>();
    shop.come_back(&started).await.ok::<Value>();
    shop.pay(&started, "4000000000009995").await.refused_by_bank("card_declined");
    shop.come_back(&started).await.ok::<Value>();
    shop.pay(&started, GOOD).await.ok::<Value>();
    assert_eq!(shop.come_back(&started).await.ok::<Value>()["state"], "authorised");
    shop.quiet().await;
    let codes: Vec<String> = shop
        .told()
        .await
        .into_iter()
        .map(|told| match told {
            MoneyMove::Declined { code, reason } => {
                assert!(reason.ends_with('.'), "a sentence: {reason}");
                code
            }
            told => {
                assert_eq!(told, authorised());
                "authorised".into()
            }
        })
        .collect();
    assert_eq!(codes, ["other", "insufficient_funds", "authorised"]);
}

#[tokio::test]
async fn a_challenge_is_answered_on_the_banks_page() {
    let shop = Shop::open().await;
    let started = shop.start(OrderId::new()).await;
    let intent: Value = shop.pay(&started, CHALLENGED).await.ok();
    assert_eq!(intent["status"], "requires_action");
    assert_eq!(shop.come_back(&started).await.ok::<Value>()["state"], "open");
    let url = intent["next_action"]["redirect_to_url"]["url"].as_str().unwrap();
    let path = &url[url.find("/sandbox/").unwrap()..];
    let browser = shop.bench.anyone("sandbox");
    assert!(browser.get(path).await.body.as_str().unwrap().contains("Is it you?"));
    let form = browser.with("content-type", "application/x-www-form-urlencoded");
    let page = path.split('?').next().unwrap();
    let body = format!("client_secret={}&answer=confirm", started.client_secret);
    let back = form.send(http_post(), page, body.into()).await;
    assert_eq!(back.status, 303, "{:?}", back.body);
    let location = back.headers["location"].to_str().unwrap();
    assert!(location.contains("redirect_status=succeeded"), "{location}");
    assert_eq!(shop.come_back(&started).await.ok::<Value>()["state"], "authorised");
    shop.quiet().await;
    assert_eq!(shop.told().await, [authorised()]);
}

#[tokio::test]
async fn money_of_another_payment_or_amount_settles_nothing() {
    let shop = Shop::open().await;
    shop.webhooks(json!({"hold": true})).await;
    let (dear, cheap) = (shop.start(OrderId::new()).await, shop.start(OrderId::new()).await);
    for change in [
        "update sandbox.intent set amount = 1 where id = $1",
        "update sandbox.intent set amount = 2599, currency = 'kwd' where id = $1",
        "update sandbox.intent set currency = 'usd', metadata = metadata || '{\"order\": \"x\"}'
         where id = $1",
        "update sandbox.intent set metadata = '{}' where id = $1",
    ] {
        sqlx::query(change)
            .bind(&dear.provider_payment)
            .execute(&mut shop.bench.connection().await)
            .await
            .unwrap();
        if change.contains("amount = 1 ") {
            shop.pay(&dear, GOOD).await.ok::<Value>();
        }
        assert_eq!(shop.come_back(&dear).await.ok::<Value>()["state"], "open", "{change}");
    }
    assert_eq!(shop.count("select count(*) from payments.mismatch").await, 3);
    shop.pay(&cheap, GOOD).await.ok::<Value>();
    assert_eq!(shop.come_back(&cheap).await.ok::<Value>()["state"], "authorised");
    assert_eq!(shop.told().await, [authorised()], "of the other one");
    assert_eq!(shop.show(&dear).await["state"], "open");
    assert_eq!(shop.count("select count(*) from payments.ledger_transaction").await, 1);
}

#[tokio::test]
async fn what_nobody_pays_ends_and_what_lapses_is_told() {
    let shop = Shop::open().await;
    let unpaid = shop.start(OrderId::new()).await;
    shop.bench.advance(3700);
    shop.quiet().await;
    shop.bench
        .later("ended", || async {
            (shop.show(&unpaid).await["state"] == "cancelled").then_some(())
        })
        .await;
    assert_eq!(shop.told().await, [MoneyMove::Voided]);
    assert_eq!(shop.pay(&unpaid, GOOD).await.status, 400);

    let lapsing = shop.paid(OrderId::new()).await;
    shop.bench.advance(8 * 24 * 3600);
    let gone = MoneyMove::CaptureFailed { reason: "The provider ended it: expired.".into() };
    shop.bench.later("lapsed", || async { shop.told().await.contains(&gone).then_some(()) }).await;
    assert_eq!(shop.come_back(&lapsing).await.ok::<Value>()["state"], "cancelled");
    shop.quiet().await;
    assert_eq!(shop.told().await.len(), 3);
}

#[tokio::test]
async fn a_provider_that_is_down_is_said_so() {
    let shop = Shop::open().await;
    let started = shop.start(OrderId::new()).await;
    sqlx::query("alter table sandbox.intent rename to gone")
        .execute(&mut shop.bench.connection().await)
        .await
        .unwrap();
    let problem = shop.come_back(&started).await.refused(503, "unavailable");
    assert!(problem["detail"].as_str().unwrap().contains("payment provider"));
}

fn http_post() -> axum::http::Method {
    axum::http::Method::POST
}

trait Bank {
    fn refused_by_bank(self, code: &str);
}

impl Bank for testkit::Answer {
    #[track_caller]
    fn refused_by_bank(self, code: &str) {
        assert_eq!((self.status.as_u16(), self.body["error"]["code"].as_str()), (402, Some(code)));
    }
}
