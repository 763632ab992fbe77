use accounts_api::PersonErased;
use kernel::OrderId;
use orders_api::Move;
use serde_json::Value;

use crate::shop::{GOOD, Shop};

const WORDS: &str = "select count(*) from payments.payment
                     where description <> '' or pay_url <> '' or client_secret <> ''
                        or wanted_reason is not null";
const REASONS: &str = "select count(*) from payments.operation
                       where reason <> '' or error is not null";
const BODIES: &str = "select count(*) from payments.webhook_inbox where body <> ''";
const TOLD: &str = "select count(*) from payments.outbox";

#[tokio::test]
async fn what_waits_for_its_money_keeps_its_way_to_pay_and_the_rest_keeps_amounts_only() {
    let shop = Shop::open().await;
    let (open, over) = (OrderId::new(), OrderId::new());
    let waiting = shop.start(open).await;
    shop.paid(over).await;
    shop.tell(over, Move::Cancelled { reason: "because of my knee".into() }).await;
    let freed = "select count(*) from payments.payment where state = 'cancelled'";
    shop.bench
        .later("the money is free", || async { (shop.count(freed).await == 1).then_some(()) })
        .await;
    assert_eq!((shop.count(WORDS).await, shop.count(REASONS).await), (2, 1));

    shop.bench.tell(&PersonErased { person: shop.customer.person }).await;
    let cut = || async {
        let left = (shop.count(WORDS).await, shop.count(REASONS).await, shop.count(TOLD).await);
        (left == (1, 0, 0)).then_some(())
    };
    shop.bench.later("what is over is cut", cut).await;
    // The other one is still paid as it was begun, and cut when it is over; what its provider says of
    // it is not kept.
    shop.pay(&waiting, GOOD).await.ok::<Value>();
    let paid = "select count(*) from payments.payment where state = 'authorised'";
    shop.bench.later("it is paid", || async { (shop.count(paid).await == 1).then_some(()) }).await;
    assert_eq!(shop.count(BODIES).await, 0);
    shop.tell(open, Move::Cancelled { reason: "because of my knee".into() }).await;
    let all = || async {
        let left = (shop.count(WORDS).await, shop.count(REASONS).await, shop.count(TOLD).await);
        (shop.count(freed).await == 2 && left == (0, 0, 0)).then_some(())
    };
    shop.bench.later("all is cut", all).await;
    let entries = "select count(*) from payments.ledger_entry";
    assert_eq!(shop.count(entries).await, 8, "the books stay");
}
