use kernel::OrderId;
use orders_api::Move;
use payments_api::MoneyMove;
use serde_json::{Value, json};

use crate::shop::{GOOD, STALLING, Shop, usd};

const CAPTURES: &str = "select count(*) from sandbox.event where kind = 'charge.captured'";
const CANCELS: &str = "select count(*) from sandbox.event where kind = 'payment_intent.canceled'";
const REFUNDS: &str = "select count(*) from sandbox.refund";
const UNKNOWN: &str = "select count(*) from payments.operation where state = 'unknown'
                         and error is not null";

fn authorised() -> MoneyMove {
    MoneyMove::Authorised { amount: usd(2599) }
}

fn captured() -> MoneyMove {
    MoneyMove::Captured { amount: usd(2599) }
}

fn gone_back(reason: &str) -> MoneyMove {
    MoneyMove::Refunded { amount: usd(2599), reason: reason.into() }
}

fn cancelled() -> Move {
    Move::Cancelled { reason: "the store is closed".into() }
}

#[tokio::test]
async fn packed_twice_is_captured_once() {
    let shop = Shop::open().await;
    let order = OrderId::new();
    let started = shop.paid(order).await;
    shop.tell(order, Move::Accepted).await;
    shop.tell(order, Move::Packed).await;
    shop.tell(order, Move::Packed).await;
    shop.quiet().await;
    assert_eq!(shop.told().await, [authorised(), captured()]);
    assert_eq!(shop.count(CAPTURES).await, 1);
    assert_eq!(shop.show(&started).await["captured"]["amount"], 2599);
}

#[tokio::test]
async fn packed_before_the_money_is_known_to_be_there() {
    let shop = Shop::open().await;
    shop.webhooks(json!({"hold": true})).await;
    let order = OrderId::new();
    let started = shop.start(order).await;
    shop.tell(order, Move::Packed).await;
    shop.pay(&started, GOOD).await.ok::<Value>();
    shop.webhooks(json!({"hold": false})).await;
    shop.quiet().await;
    assert_eq!(shop.told().await, [authorised(), captured()]);
}

/// Nothing but asking can tell: webhooks are held back.
#[tokio::test]
async fn a_capture_whose_answer_never_came_is_made_once() {
    let shop = Shop::open().await;
    shop.webhooks(json!({"hold": true})).await;
    let order = OrderId::new();
    let started = shop.start(order).await;
    assert_eq!(shop.pay(&started, STALLING).await.status, 500, "it took effect all the same");
    assert_eq!(shop.come_back(&started).await.ok::<Value>()["state"], "authorised");
    shop.tell(order, Move::Packed).await;
    shop.bench
        .eventually("unknown", || async { (shop.count(UNKNOWN).await == 1).then_some(()) })
        .await;
    assert_eq!(shop.told().await, [authorised()], "unknown is not captured");
    shop.bench.later("captured", || async { (shop.told().await.len() == 2).then_some(()) }).await;
    shop.webhooks(json!({"hold": false})).await;
    shop.quiet().await;
    assert_eq!(shop.told().await, [authorised(), captured()]);
    assert_eq!(shop.count(CAPTURES).await, 1);
}

#[tokio::test]
async fn a_capture_that_did_not_happen_is_repeated_under_the_same_key() {
    let shop = Shop::open().await;
    let order = OrderId::new();
    shop.paid(order).await;
    shop.fault("capture", "before", 3).await;
    shop.tell(order, Move::Packed).await;
    shop.quiet().await;
    assert_eq!(shop.told().await, [authorised(), captured()]);
    assert_eq!(shop.count("select attempts::bigint from payments.operation").await, 4);
    let same = "select count(*) from sandbox.answered a join payments.operation o
                on a.key = o.id::text";
    assert_eq!(shop.count(same).await, 1);
}

#[tokio::test]
async fn cancelled_before_it_is_paid_it_cannot_be_paid() {
    let shop = Shop::open().await;
    let order = OrderId::new();
    let started = shop.start(order).await;
    shop.tell(order, cancelled()).await;
    shop.tell(order, cancelled()).await;
    shop.quiet().await;
    assert_eq!(shop.show(&started).await["state"], "cancelled");
    assert_eq!(shop.pay(&started, GOOD).await.status, 400);
    assert_eq!(shop.told().await, [MoneyMove::Voided]);
    assert_eq!(shop.count(CANCELS).await, 1);
}

#[tokio::test]
async fn cancelled_after_it_is_paid_the_money_is_free_again() {
    let shop = Shop::open().await;
    let order = OrderId::new();
    let started = shop.paid(order).await;
    shop.tell(order, cancelled()).await;
    shop.tell(order, Move::Packed).await;
    shop.quiet().await;
    assert_eq!(shop.told().await, [authorised(), MoneyMove::Voided]);
    assert_eq!((shop.count(CANCELS).await, shop.count(CAPTURES).await), (1, 0));
    assert_eq!(shop.show(&started).await["state"], "cancelled");
}

#[tokio::test]
async fn money_that_lands_after_the_end_goes_back_once_by_itself() {
    let shop = Shop::open().await;
    let order = OrderId::new();
    let started = shop.start(order).await;
    shop.fault("cancel", "before", 2).await;
    shop.tell(order, cancelled()).await;
    shop.bench
        .eventually("refused for now", || async { (shop.count(UNKNOWN).await == 1).then_some(()) })
        .await;
    shop.pay(&started, GOOD).await.ok::<Value>();
    shop.come_back(&started).await.ok::<Value>();
    shop.quiet().await;
    assert_eq!(shop.told().await, [authorised(), MoneyMove::Voided]);
    assert_eq!(shop.count(CANCELS).await, 1);
}

#[tokio::test]
async fn cancelled_when_captured_all_goes_back_once() {
    let shop = Shop::open().await;
    let order = OrderId::new();
    let started = shop.captured(order).await;
    shop.fault("refund", "after", 1).await;
    shop.tell(order, cancelled()).await;
    shop.tell(order, cancelled()).await;
    shop.quiet().await;
    let told = shop.told().await;
    assert_eq!(told, [authorised(), captured(), gone_back("the store is closed")]);
    assert_eq!(shop.count(REFUNDS).await, 1);
    assert_eq!(shop.show(&started).await["refunded"]["amount"], 2599);
}

/// The capture took effect, its answer was lost, and then the order ended.
#[tokio::test]
async fn cancelled_while_the_capture_is_unknown_the_money_goes_back_once() {
    let shop = Shop::open().await;
    shop.webhooks(json!({"hold": true})).await;
    let order = OrderId::new();
    shop.paid(order).await;
    shop.fault("capture", "after", 1).await;
    shop.tell(order, Move::Packed).await;
    shop.bench
        .eventually("unknown", || async { (shop.count(UNKNOWN).await == 1).then_some(()) })
        .await;
    shop.tell(order, cancelled()).await;
    shop.webhooks(json!({"hold": false})).await;
    shop.quiet().await;
    let told = shop.told().await;
    assert_eq!(told, [authorised(), captured(), gone_back("the store is closed")]);
    assert_eq!((shop.count(CAPTURES).await, shop.count(REFUNDS).await), (1, 1));
}

/// The capture never arrived, and then the order ended: it is not sent again.
#[tokio::test]
async fn cancelled_while_the_capture_has_not_arrived_nothing_is_taken() {
    let shop = Shop::open().await;
    let order = OrderId::new();
    shop.paid(order).await;
    shop.fault("capture", "before", 1).await;
    shop.tell(order, Move::Packed).await;
    shop.bench
        .eventually("unknown", || async { (shop.count(UNKNOWN).await == 1).then_some(()) })
        .await;
    shop.tell(order, cancelled()).await;
    shop.quiet().await;
    assert_eq!(shop.told().await, [authorised(), MoneyMove::Voided]);
    assert_eq!(shop.count(CAPTURES).await, 0);
}

/// A process that died right after sending: the row says "unknown", the provider has done it.
#[tokio::test]
async fn a_capture_that_outlived_its_process_is_found() {
    let shop = Shop::open().await;
    shop.webhooks(json!({"hold": true})).await;
    let started = shop.paid(OrderId::new()).await;
    let key = kernel::OrderId::new();
    let path = format!("/sandbox/v1/payment_intents/{}/capture", started.provider_payment);
    let merchant = shop.merchant().with("idempotency-key", &key.to_string());
    merchant.post(&path, json!({"amount_to_capture": 2599})).await.ok::<Value>();
    sqlx::query(
        "insert into payments.operation (id, payment_id, kind, amount, reason, source, state,
                                         attempts, due_at, created_at)
         values ($1, $2, 'capture', 2599, 'packed', 'order', 'unknown', 1, $3, $3)",
    )
    .bind(key.uuid())
    .bind(started.payment.uuid())
    .bind(jiff_sqlx::ToSqlx::to_sqlx(shop.bench.now()))
    .execute(&mut shop.bench.connection().await)
    .await
    .unwrap();
    shop.bench.eventually("found", || async { (shop.told().await.len() == 2).then_some(()) }).await;
    assert_eq!(shop.told().await, [authorised(), captured()]);
    assert_eq!(shop.count(CAPTURES).await, 1);
}

#[tokio::test]
async fn a_capture_that_is_refused_is_told() {
    let shop = Shop::open().await;
    shop.webhooks(json!({"hold": true})).await;
    let order = OrderId::new();
    let started = shop.paid(order).await;
    sqlx::query("update sandbox.intent set amount = 2598 where id = $1")
        .bind(&started.provider_payment)
        .execute(&mut shop.bench.connection().await)
        .await
        .unwrap();
    shop.tell(order, Move::Packed).await;
    shop.bench.later("failed", || async { (shop.told().await.len() == 2).then_some(()) }).await;
    let told = shop.told().await;
    assert!(matches!(&told[1], MoneyMove::CaptureFailed { reason } if reason.contains("2598")));
}

/// A process of the release before meets what only the next one can do: it does the rest.
#[tokio::test]
async fn what_only_a_later_release_knows_is_left_to_it() {
    let shop = Shop::open().await;
    let (order, other) = (OrderId::new(), OrderId::new());
    shop.paid(order).await;
    let started = shop.start(other).await;
    let mut connection = shop.bench.connection().await;
    let free = "alter table payments.operation drop constraint operation_kind_known";
    sqlx::query(free).execute(&mut connection).await.unwrap();
    sqlx::query(
        "insert into payments.operation (id, payment_id, kind, amount, reason, source, due_at,
                                         created_at)
         values ($1, $2, 'increment', 1, '', '', $3, $3)",
    )
    .bind(kernel::OrderId::new().uuid())
    .bind(started.payment.uuid())
    .bind(jiff_sqlx::ToSqlx::to_sqlx(shop.bench.now()))
    .execute(&mut connection)
    .await
    .unwrap();
    shop.tell(order, Move::Packed).await;
    shop.bench.later("captured", || async { (shop.told().await.len() == 2).then_some(()) }).await;
    let left = "select count(*) from payments.operation
                where kind = 'increment' and state = 'pending' and attempts = 0";
    assert_eq!(shop.count(left).await, 1);
}
