//! Payouts that are drawn up by themselves when they are due.

use kernel::{OrderId, StoreId, VendorId};
use orders_api::Move;
use payments_api::{Part, PartKind, Sale, Start, Started};
use serde_json::{Value, json};

use crate::shop::{GOOD, Shop, usd};

const DAY: i64 = 24 * 3600;
const PAYOUTS: &str = "select count(*) from payments.payout";

fn sale(vendor: VendorId, store: StoreId) -> Sale {
    let part = |kind, amount| Part {
        kind,
        authority: None,
        label: "Riesling".into(),
        ppm: None,
        amount: usd(amount),
    };
    let line = payments_api::SaleLine {
        line: kernel::LineId::new(),
        name: "Riesling".into(),
        quantity: 2,
        unit_price: usd(1_000),
        total: usd(2_000),
        parts: vec![part(PartKind::Goods, 2_000)],
    };
    Sale {
        vendor,
        store,
        store_name: "Corner Cellar".into(),
        store_address: "1 Main Street".into(),
        time_zone: "America/Chicago".into(),
        number: "K7Q2-9F".into(),
        recipient: "Ann Lee".into(),
        address: "2 Elm Street".into(),
        lines: vec![line],
        charges: Vec::new(),
    }
}

/// Two bottles for 20.00 are sold, of which the platform keeps 3.00.
async fn sold(shop: &Shop, vendor: VendorId, store: StoreId) {
    let order = OrderId::new();
    let sale = Some(sale(vendor, store));
    let start = Start { vendor, store, sale, ..shop.start_of(order, 2_000) };
    let started: Started = shop.try_start(&start).await.ok();
    shop.pay(&started, GOOD).await.ok::<Value>();
    shop.come_back(&started).await.ok::<Value>();
    shop.tell(order, Move::Packed).await;
    shop.quiet().await;
}

async fn agreed(shop: &Shop, vendor: VendorId) {
    let terms = json!({
        "legal_name": "Corner Cellar LLC", "address": "1 Main Street", "tax_number": "42-1",
        "commission_bp": 1_500, "payout_interval_days": 7,
    });
    let path = format!("/v1/payments/vendors/{vendor}/terms");
    shop.operator().put(&path, terms).await.ok::<Value>();
}

/// The clock stands at this time of the day (UTC), so many days later.
fn turn(shop: &Shop, days: i64, second: i64) {
    let now = shop.bench.now().as_second();
    shop.bench.advance((now.div_euclid(DAY) + days) * DAY + second - now);
}

async fn waiting(shop: &Shop) -> Vec<Value> {
    let page: Value = shop.operator().get("/v1/payments/payouts").await.ok();
    page["items"].as_array().unwrap().clone()
}

async fn bank(shop: &Shop) -> i64 {
    shop.count(
        "select coalesce(sum(amount), 0)::bigint from payments.ledger_entry where account = 'bank'",
    )
    .await
}

#[tokio::test]
async fn a_payout_is_drawn_up_when_the_interval_has_passed_once_and_sent_by_an_operator() {
    let shop = Shop::open().await;
    let (vendor, store) = (VendorId::new(), StoreId::new());
    agreed(&shop, vendor).await;
    sold(&shop, vendor, store).await;
    turn(&shop, 6, DAY - 5);
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(shop.count(PAYOUTS).await, 0, "the seventh day has not begun");
    turn(&shop, 1, 1);
    // Sold on the day itself: it is paid with the next.
    let drawn = || async { (shop.count(PAYOUTS).await == 1).then_some(()) };
    shop.bench.eventually("drawn up", drawn).await;
    sold(&shop, vendor, store).await;
    let all = waiting(&shop).await;
    let payout = &all[0];
    let midnight = "2026-06-22T00:00:00Z";
    assert_eq!((&payout["amount"]["amount"], &payout["until"]), (&json!(1_700), &json!(midnight)));
    assert_eq!((payout.get("sent_at"), bank(&shop).await), (None, 0), "nobody has sent it");

    let path = format!("/v1/payments/payouts/{}/sent", payout["payout"].as_str().unwrap());
    let support = shop.bench.signed("payments", &testkit::support());
    support.post(&path, ()).await.refused(403, "forbidden");
    let sent = futures::future::join_all(
        (0..4).map(|_| async { shop.operator().post(&path, ()).await.ok::<Value>() }),
    )
    .await;
    assert!(
        sent.iter().all(|one| one["sent_at"] == sent[0]["sent_at"] && one["sent_at"].is_string())
    );
    assert_eq!(bank(&shop).await, -1_700, "once");
    assert!(waiting(&shop).await.is_empty());

    // What an operator pays before it is due begins the interval anew.
    turn(&shop, 3, 10);
    let early = shop.operator().with("idempotency-key", "k");
    let path = format!("/v1/payments/vendors/{vendor}/payouts");
    let early: Value = early.post(&path, json!({"currency": "USD"})).await.ok();
    assert!(early["sent_at"].is_string());
    sold(&shop, vendor, store).await;
    turn(&shop, 6, DAY - 5);
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(shop.count(PAYOUTS).await, 2);
    turn(&shop, 1, 1);
    let drawn = || async { (shop.count(PAYOUTS).await == 3).then_some(()) };
    shop.bench.eventually("drawn up", drawn).await;
    // With nothing owed there is none, for however long.
    turn(&shop, 30, 1);
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(shop.count(PAYOUTS).await, 3);
    let listed: Value = shop.operator().get(&path).await.ok();
    assert_eq!(listed["items"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn several_processes_draw_each_payout_up_once() {
    let shop = Shop::open().await;
    let same = |settings| settings;
    let others = [shop.bench.another(same).await, shop.bench.another(same).await];
    let vendors: Vec<VendorId> = (0..4).map(|_| VendorId::new()).collect();
    for vendor in &vendors {
        agreed(&shop, *vendor).await;
        sold(&shop, *vendor, StoreId::new()).await;
    }
    turn(&shop, 8, 1);
    let drawn = || async { (shop.count(PAYOUTS).await == 4).then_some(()) };
    shop.bench.eventually("drawn up", drawn).await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(shop.count(PAYOUTS).await, 4);
    assert_eq!(shop.count("select count(distinct vendor_id) from payments.payout").await, 4);
    drop(others);
}
