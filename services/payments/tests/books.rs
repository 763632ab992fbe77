//! The books: whose the money of an order is, what vendors are owed, what they are paid.

mod many;

use delivery_api::{JobMove, JobMoved};
use jiff::{SignedDuration, Timestamp};
use kernel::{DriverId, JobId, LineId, OrderId, StoreId, VendorId};
use orders_api::Move;
use payments_api::{Part, PartKind, Sale, SaleLine, Start, Started};
use serde_json::{Value, json};

use crate::shop::{GOOD, Shop, usd};

/// A part of a sale in dollars.
fn part(kind: PartKind, amount: i64) -> Part {
    let authority = matches!(kind, PartKind::SalesTax | PartKind::Excise);
    let authority = authority.then(|| "Iowa Department of Revenue".to_owned());
    Part { kind, authority, label: format!("{kind:?}"), ppm: None, amount: usd(amount) }
}

/// Two bottles for 20.00 with 1.40 tax and 0.10 deposit; delivery for 3.00, a tip of 1.49.
fn sale(vendor: VendorId, store: StoreId) -> Sale {
    Sale {
        vendor,
        store,
        store_name: "Corner Cellar".into(),
        store_address: "1 Main Street".into(),
        time_zone: "America/Chicago".into(),
        number: "K7Q2-9F".into(),
        recipient: "Ann Lee".into(),
        address: "2 Elm Street".into(),
        lines: vec![SaleLine {
            line: LineId::new(),
            name: "Riesling".into(),
            quantity: 2,
            unit_price: usd(1_000),
            total: usd(2_150),
            parts: vec![
                part(PartKind::Goods, 2_000),
                part(PartKind::SalesTax, 140),
                part(PartKind::Deposit, 10),
            ],
        }],
        charges: vec![part(PartKind::DeliveryFee, 300), part(PartKind::Tip, 149)],
    }
}

const TOTAL: i64 = 2_599;

/// A vendor with one store, and terms of 15 %.
struct Seller {
    vendor: VendorId,
    store: StoreId,
}

fn terms(commission_bp: i32) -> Value {
    json!({
        "legal_name": "Corner Cellar LLC", "address": "1 Main Street", "tax_number": "42-1",
        "commission_bp": commission_bp, "payout_interval_days": 7,
    })
}

impl Seller {
    async fn agreed(shop: &Shop) -> Self {
        let seller = Self { vendor: VendorId::new(), store: StoreId::new() };
        shop.operator().put(&seller.path("terms"), terms(1_500)).await.ok::<Value>();
        seller
    }

    fn path(&self, what: &str) -> String {
        format!("/v1/payments/vendors/{}/{what}", self.vendor)
    }

    fn start(&self, shop: &Shop, order: OrderId) -> Start {
        Start {
            vendor: self.vendor,
            store: self.store,
            sale: Some(sale(self.vendor, self.store)),
            ..shop.start_of(order, TOTAL)
        }
    }

    /// An order whose money has been taken.
    async fn sold(&self, shop: &Shop) -> (OrderId, Started) {
        let order = OrderId::new();
        let started: Started = shop.try_start(&self.start(shop, order)).await.ok();
        shop.pay(&started, GOOD).await.ok::<Value>();
        shop.come_back(&started).await.ok::<Value>();
        shop.tell(order, Move::Packed).await;
        shop.quiet().await;
        (order, started)
    }
}

/// What an account holds, all parties together.
async fn holds(shop: &Shop, account: &str) -> i64 {
    let balance: Value = shop.operator().get("/v1/payments/books/trial-balance").await.ok();
    assert_eq!(balance["balanced"], true);
    let mut accounts = balance["accounts"].as_array().unwrap().iter();
    let row = accounts.find(|row| row["account"] == account);
    row.map_or(0, |row| row["balance"].as_i64().unwrap())
}

async fn entries(shop: &Shop, account: &str) -> Vec<Value> {
    let path = format!("/v1/payments/books/entries?account={account}&currency=USD");
    let page: Value = shop.operator().get(&path).await.ok();
    page["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn every_part_of_an_order_goes_to_whom_it_belongs() {
    let shop = Shop::open().await;
    let seller = Seller::agreed(&shop).await;
    let (order, started) = seller.sold(&shop).await;
    for (account, amount) in [
        ("provider_clearing", TOTAL),
        ("customer", 0),
        ("sales", -2_000),
        ("taxes", -140),
        ("deposits", -10),
        ("delivery_fees", -300),
        ("tips", -149),
        ("commissions", 300),
        ("commission_income", -300),
    ] {
        assert_eq!(holds(&shop, account).await, amount, "{account}");
    }
    assert_eq!(entries(&shop, "taxes").await[0]["party"], "Iowa Department of Revenue");
    assert_eq!(entries(&shop, "sales").await[0]["party"], seller.vendor.to_string());

    // Half of the line comes back from the door: its goods, its tax, and half of the commission.
    shop.tell(order, Move::Closed { refund: usd(1_075) }).await;
    let path = format!("/v1/payments/payments/{}", started.payment);
    shop.bench
        .later("refunded", || async {
            let payment: Value = shop.operator().get(&path).await.ok();
            (payment["refunded"]["amount"] == 1_075).then_some(())
        })
        .await;
    for (account, amount) in [
        ("provider_clearing", TOTAL - 1_075),
        ("refunds", 1_000),
        ("taxes", -70),
        ("deposits", -5),
        ("delivery_fees", -300),
        ("tips", -149),
        ("commissions", 150),
    ] {
        assert_eq!(holds(&shop, account).await, amount, "{account}");
    }
}

#[tokio::test]
async fn the_tip_goes_to_the_driver_who_handed_it_over_once() {
    let shop = Shop::open().await;
    let seller = Seller::agreed(&shop).await;
    let (order, _) = seller.sold(&shop).await;
    let driver = DriverId::new();
    let event = |moved| JobMoved {
        job: JobId::new(),
        order,
        driver: Some(driver),
        driver_name: None,
        moved,
        eta: None,
        by: None,
        pay: None,
    };
    shop.bench.tell(&event(JobMove::Arrived)).await;
    let handed = event(JobMove::HandedOver { whole: true, lines: Vec::new() });
    shop.bench.tell(&handed).await;
    shop.quiet().await;
    assert_eq!(holds(&shop, "tips").await, 0);
    let pay = entries(&shop, "driver_pay").await;
    let of_driver = |entry: &&Value| entry["party"] == driver.to_string();
    let owed: i64 =
        pay.iter().filter(of_driver).map(|entry| -entry["amount"].as_i64().unwrap()).sum();
    assert_eq!(owed, 149 + 450, "the tip, and what a delivery is paid");
}

#[tokio::test]
async fn a_sale_that_does_not_add_up_starts_nothing() {
    let shop = Shop::open().await;
    let seller = Seller::agreed(&shop).await;
    let order = OrderId::new();
    let wrong = |field: &'static str, change: &dyn Fn(&mut Sale)| {
        let mut start = seller.start(&shop, order);
        change(start.sale.as_mut().unwrap());
        (field, start)
    };
    for (field, start) in [
        wrong("sale.lines[0].total", &|sale| sale.lines[0].total = usd(1)),
        wrong("sale", &|sale| sale.charges[0].amount = usd(301)),
        wrong("sale.charges[0].amount", &|sale| sale.charges[0].amount = usd(0)),
        wrong("sale.lines[0].parts[1].authority", &|sale| sale.lines[0].parts[1].authority = None),
        wrong("sale.vendor", &|sale| sale.vendor = VendorId::new()),
        wrong("sale.store", &|sale| sale.store = StoreId::new()),
    ] {
        let refused = shop.try_start(&start).await.refused(422, "invalid-input");
        assert_eq!(refused["errors"][0]["field"], field);
    }
    assert_eq!(shop.count("select count(*) from payments.payment").await, 0);
    assert_eq!(shop.count("select count(*) from payments.sale").await, 0);
}

#[tokio::test]
async fn terms_hold_for_sales_from_then_on_and_are_changed_by_who_read_them() {
    let shop = Shop::open().await;
    let seller = Seller::agreed(&shop).await;
    let path = seller.path("terms");
    seller.sold(&shop).await;
    shop.operator().put(&path, terms(9_000)).await.refused(428, "if-match-missing");
    let stale = shop.operator().with("if-match", "\"v7\"");
    stale.put(&path, terms(9_000)).await.refused(412, "stale-version");
    let fresh = shop.operator().with("if-match", "\"v1\"");
    let changed: Value = fresh.put(&path, terms(2_000)).await.ok();
    assert_eq!(changed["version"], 2);
    assert_eq!(holds(&shop, "commissions").await, 300, "what was sold before stays");
    seller.sold(&shop).await;
    assert_eq!(holds(&shop, "commissions").await, 300 + 400);
    let refused = shop.operator().with("if-match", "\"v2\"").put(&path, terms(10_001)).await;
    refused.refused(422, "invalid-input");
}

fn between(from: Timestamp, to: Timestamp) -> String {
    format!("statement?currency=USD&from={from}&to={to}")
}

#[tokio::test]
async fn a_statement_leads_from_what_was_owed_to_what_is() {
    let shop = Shop::open().await;
    let seller = Seller::agreed(&shop).await;
    seller.sold(&shop).await;
    shop.bench.advance(3_600);
    let from = shop.bench.now();
    seller.sold(&shop).await;
    shop.bench.advance(1);
    let to = shop.bench.now();
    let path = seller.path(&between(from, to));
    let statement: Value = shop.operator().get(&path).await.ok();
    // Goods and deposit less commission.
    assert_eq!(statement["opening"]["amount"], 1_710);
    assert_eq!(statement["closing"]["amount"], 2 * 1_710);
    let lines = statement["lines"]["items"].as_array().unwrap();
    let sum: i64 = lines.iter().map(|line| line["amount"]["amount"].as_i64().unwrap()).sum();
    assert_eq!(sum, 1_710);
    assert!(lines.iter().all(|line| line["number"] == "K7Q2-9F"));
    let backwards = seller.path(&between(to, from));
    shop.operator().get(&backwards).await.refused(422, "invalid-input");

    // Those who decide at its stores see it; a stranger's vendor looks like none at all.
    let signed = |actor| shop.bench.signed("payments", &actor);
    for own in [testkit::owner(seller.vendor, &[seller.store]), testkit::staff(&[seller.store])] {
        assert_eq!(signed(own).get(&path).await.ok::<Value>(), statement);
    }
    let other = VendorId::new();
    for stranger in [testkit::owner(other, &[StoreId::new()]), testkit::staff(&[StoreId::new()])] {
        signed(stranger.clone()).get(&path).await.refused(404, "not-found");
        signed(stranger).get(&seller.path("payouts")).await.refused(404, "not-found");
    }
    let claims = testkit::owner(seller.vendor, &[StoreId::new()]);
    signed(claims).get(&path).await.refused(404, "not-found");
    for nobody in [testkit::clerk(&[seller.store]), testkit::customer(), testkit::driver()] {
        signed(nobody).get(&path).await.refused(403, "forbidden");
    }
    let unknown = format!("/v1/payments/vendors/{other}/{}", between(from, to));
    shop.operator().get(&unknown).await.refused(404, "not-found");
}

#[tokio::test]
async fn every_entry_is_paid_out_once_however_many_pay_at_once() {
    let shop = Shop::open().await;
    let seller = Seller::agreed(&shop).await;
    for _ in 0..3 {
        seller.sold(&shop).await;
    }
    let path = seller.path("payouts");
    let pay = |key: String| {
        let caller = shop.operator().with("idempotency-key", &key);
        let path = path.clone();
        async move { caller.post(&path, json!({"currency": "USD"})).await }
    };
    // Four under one key, four under others.
    let keys = (0..8).map(|n| pay(if n < 4 { "one".into() } else { format!("other-{n}") }));
    let answers = futures::future::join_all(keys).await;
    let paid: Vec<Value> = answers
        .into_iter()
        .filter(|answer| answer.status == 201)
        .map(|answer| answer.ok())
        .collect();
    let first = &paid[0];
    assert!(paid.iter().all(|payout| payout == first), "one payout: {paid:?}");
    assert_eq!(first["amount"]["amount"], 3 * 1_710);
    assert_eq!(first["commission"]["amount"], -900);
    assert_eq!(shop.count("select count(*) from payments.payout").await, 1);
    assert_eq!(holds(&shop, "vendor_payouts").await, 3 * 1_710);
    assert_eq!(holds(&shop, "bank").await, -3 * 1_710);
    let listed: Value = shop.operator().get(&path).await.ok();
    assert_eq!(listed["items"], json!([first]));

    pay("third".into()).await.refused(409, "nothing-owed");
    let (order, _) = seller.sold(&shop).await;
    shop.tell(order, Move::Closed { refund: usd(2_150) }).await;
    shop.quiet().await;
    // What was sold and came back again is owed nothing, and is paid with the next.
    pay("fourth".into()).await.refused(409, "nothing-owed");
    seller.sold(&shop).await;
    let next: Value = pay("fourth".into()).await.ok();
    assert_eq!(next["amount"]["amount"], 1_710);
    let lines = "select count(*) from payments.ledger_entry e
                 where account in ('sales', 'refunds', 'deposits', 'commissions')
                   and not exists (select from payments.payout_line where entry_id = e.id)";
    assert_eq!(shop.count(lines).await, 0, "all is paid");
    let none = format!("/v1/payments/vendors/{}/payouts", VendorId::new());
    let nobody = shop.operator().with("idempotency-key", "k");
    nobody.post(&none, json!({"currency": "USD"})).await.refused(404, "not-found");
}

#[tokio::test]
async fn closed_days_keep_their_balances_and_take_no_more() {
    let shop = Shop::open().await;
    let seller = Seller::agreed(&shop).await;
    seller.sold(&shop).await;
    let then = shop.bench.now();
    shop.bench.advance(26 * 3_600);
    seller.sold(&shop).await;
    shop.bench
        .later("the books are closed", || async {
            let closed = shop.count("select count(*) from payments.closed_balance").await;
            (closed > 0).then_some(())
        })
        .await;
    assert_eq!(holds(&shop, "provider_clearing").await, 2 * TOTAL);
    let at = |at: Timestamp| {
        let path = format!("/v1/payments/books/trial-balance?at={at}");
        let operator = shop.operator();
        async move {
            let balance: Value = operator.get(&path).await.ok();
            assert_eq!(balance["balanced"], true);
            let mut rows = balance["accounts"].as_array().unwrap().iter();
            let row = rows.find(|row| row["account"] == "provider_clearing");
            row.map_or(0, |row| row["balance"].as_i64().unwrap())
        }
    };
    assert_eq!(at(then).await, TOTAL);
    assert_eq!(at(then + SignedDuration::from_hours(25)).await, TOTAL);
    assert_eq!(at(then - SignedDuration::from_hours(25)).await, 0);
    assert_eq!(at(shop.bench.now()).await, 2 * TOTAL);
    let late = "insert into payments.ledger_entry
                    (transaction_id, account, party, amount, currency, at)
                select transaction_id, account, party, amount, currency, at
                from payments.ledger_entry order by id limit 2";
    let error = sqlx::query(late).execute(&mut shop.bench.connection().await).await.unwrap_err();
    let constraint = error.as_database_error().and_then(|error| error.constraint());
    assert_eq!(constraint, Some("ledger_is_open"));
}
