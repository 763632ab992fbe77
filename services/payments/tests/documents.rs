use std::collections::BTreeSet;

use kernel::{LineId, OrderId, StoreId, VendorId};
use orders_api::{Move, OrderFacts, OrderMoved, Picked, State};
use payments_api::{Part, PartKind, Sale, SaleLine, Start, Started};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor};

use crate::shop::{self, GOOD, Shop, usd};

/// A part of a sale in dollars.
fn part(kind: PartKind, label: &str, amount: i64) -> Part {
    let tax = kind == PartKind::SalesTax;
    Part {
        kind,
        authority: tax.then(|| "Iowa".to_owned()),
        label: label.into(),
        ppm: tax.then_some(70_000),
        amount: usd(amount),
    }
}

/// Two bottles for 20.00 with 1.40 tax and 0.10 deposit; delivery for 3.00, a tip of 1.49.
fn sale(vendor: VendorId, store: StoreId) -> Sale {
    let parts = vec![
        part(PartKind::Goods, "Riesling", 2_000),
        part(PartKind::SalesTax, "Sales tax 7 %", 140),
        part(PartKind::Deposit, "Deposit", 10),
    ];
    Sale {
        vendor,
        store,
        store_name: "Corner Cellar".into(),
        store_address: "1 Main Street".into(),
        time_zone: "Pacific/Kiritimati".into(),
        number: "K7Q2-9F".into(),
        recipient: "Ann Lee".into(),
        address: "2 Elm Street".into(),
        lines: vec![SaleLine {
            line: LineId::new(),
            name: "Riesling".into(),
            quantity: 2,
            unit_price: usd(1_000),
            total: usd(2_150),
            parts,
        }],
        charges: vec![
            part(PartKind::DeliveryFee, "Delivery", 300),
            part(PartKind::Tip, "Tip", 149),
        ],
    }
}

/// A vendor with one store.
struct Seller {
    vendor: VendorId,
    store: StoreId,
}

impl Seller {
    fn new() -> Self {
        Self { vendor: VendorId::new(), store: StoreId::new() }
    }

    async fn agrees(&self, shop: &Shop) {
        let terms = json!({
            "legal_name": "Corner Cellar LLC", "address": "PO Box 7", "tax_number": "42-1",
            "commission_bp": 1500, "payout_interval_days": 7,
        });
        let path = format!("/v1/payments/vendors/{}/terms", self.vendor);
        shop.operator().put(&path, terms).await.ok::<Value>();
    }

    async fn paid(&self, shop: &Shop) -> (OrderId, Started) {
        let order = OrderId::new();
        let start = Start {
            vendor: self.vendor,
            store: self.store,
            sale: Some(sale(self.vendor, self.store)),
            ..shop.start_of(order, 2_599)
        };
        let started: Started = shop.try_start(&start).await.ok();
        shop.pay(&started, GOOD).await.ok::<Value>();
        shop.come_back(&started).await.ok::<Value>();
        (order, started)
    }

    async fn sold(&self, shop: &Shop) -> OrderId {
        let (order, _) = self.paid(shop).await;
        shop.tell(order, Move::Packed).await;
        shop.quiet().await;
        order
    }
}

async fn of_order(shop: &Shop, order: OrderId) -> Vec<Value> {
    let path = format!("/v1/payments/orders/{order}/documents");
    let all: Value = shop.customer().get(&path).await.ok();
    all["documents"].as_array().unwrap().clone()
}

async fn whole(shop: &Shop, document: &Value) -> Value {
    let id = document["document"].as_str().unwrap();
    shop.customer().get(&format!("/v1/payments/documents/{id}")).await.ok()
}

#[tokio::test]
async fn what_is_taken_is_invoiced_and_what_goes_back_is_credited() {
    let shop = Shop::open().await;
    let seller = Seller::new();
    seller.agrees(&shop).await;
    let order = seller.sold(&shop).await;
    let invoices = of_order(&shop, order).await;
    let invoice = whole(&shop, &invoices[0]).await;
    // Noon in Iowa is the next day at the store.
    let contents = json!({
        "kind": "invoice", "number": "INV-2026-000001",
        "seller": {"name": "Corner Cellar LLC", "address": "PO Box 7", "tax_number": "42-1"},
        "buyer": {"name": "Ann Lee", "address": "2 Elm Street"},
        "order": "K7Q2-9F", "issued_on": "2026-06-16",
        "lines": [{
            "name": "Riesling", "quantity": 2, "unit_price": usd(1_000), "goods": usd(2_000),
            "tax": usd(140), "deposit": usd(10), "total": usd(2_150),
        }],
        "charges": [{"label": "Delivery", "amount": usd(300)}],
        "taxes": [{"authority": "Iowa", "label": "Sales tax 7 %", "ppm": 70_000,
                   "net": usd(2_000), "amount": usd(140)}],
        "goods": usd(2_000), "deposits": usd(10), "fees": usd(300), "tax": usd(140),
        "tip": usd(149), "total": usd(2_599),
    });
    assert_eq!(invoice["contents"], contents);
    assert_eq!((invoices.len(), &invoice["readable"]), (1, &json!(true)));

    shop.tell(order, Move::Closed { refund: usd(1_075) }).await;
    shop.quiet().await;
    let documents = of_order(&shop, order).await;
    assert_eq!(documents.len(), 2);
    assert_eq!(documents[0], invoices[0], "what is issued stays as it is");
    let credit = whole(&shop, &documents[1]).await;
    assert_eq!(credit["number"], "CN-2026-000001");
    assert_eq!(credit["refers_to"], invoice["document"]);
    let of = |field: &str| credit["contents"][field].clone();
    assert_eq!(of("refers_to")["number"], "INV-2026-000001");
    assert_eq!(of("refers_to")["why"], "returned from the door");
    assert_eq!((of("goods"), of("tax")), (json!(usd(1_000)), json!(usd(70))));
    assert_eq!((of("deposits"), of("tip")), (json!(usd(5)), json!(usd(0))));
    assert_eq!((of("total"), of("charges")), (json!(usd(1_075)), json!([])));
    let next = seller.sold(&shop).await;
    assert_eq!(of_order(&shop, next).await[0]["number"], "INV-2026-000002");
}

/// One bottle was there, and gin for the other: what is taken, owed and invoiced is that of the two.
#[tokio::test]
async fn what_is_packed_otherwise_is_what_is_sold() {
    let shop = Shop::open().await;
    let seller = Seller::new();
    let (order, _) = seller.paid(&shop).await;
    let agreed = sale(seller.vendor, seller.store);
    let line = |name: &str, goods, tax, deposit: i64| {
        let mut parts =
            vec![part(PartKind::Goods, name, goods), part(PartKind::SalesTax, "Sales tax", tax)];
        parts.extend((deposit > 0).then(|| part(PartKind::Deposit, "Deposit", deposit)));
        let (name, unit_price) = (name.to_owned(), usd(goods));
        let total = usd(goods + tax + deposit);
        SaleLine { line: LineId::new(), name, quantity: 1, unit_price, total, parts }
    };
    let lines = vec![line("Riesling", 1_000, 70, 5), line("Gin", 800, 53, 0)];
    let sold = Sale { lines, recipient: String::new(), address: String::new(), ..agreed };
    let total = usd(1_075 + 853 + 449);
    let picked = Picked { agreed: usd(2_599), changes: Vec::new(), sale: sold };
    let facts = shop::facts(&shop.customer, order, shop.bench.now());
    let told = |moved, total| OrderMoved {
        order: OrderFacts { total, picked: Some(picked.clone()), ..facts.clone() },
        state: State::Packed,
        moved,
        version: 4,
    };
    shop.bench.tell(&told(Move::Packed, total)).await;
    shop.quiet().await;
    let documents = of_order(&shop, order).await;
    let contents = whole(&shop, &documents[0]).await["contents"].clone();
    assert_eq!((&contents["total"], &contents["tax"]), (&json!(total), &json!(usd(123))));
    assert_eq!(contents["buyer"]["name"], "Ann Lee", "whose it is stays");
    let lines = contents["lines"].as_array().unwrap();
    let lines: Vec<_> = lines.iter().map(|line| (&line["name"], &line["total"])).collect();
    let (riesling, gin) = (json!(usd(1_075)), json!(usd(853)));
    assert_eq!(lines, [(&json!("Riesling"), &riesling), (&json!("Gin"), &gin)]);
    let taxes = "select (-sum(amount))::bigint from payments.ledger_entry where account = 'taxes'";
    assert_eq!(shop.count(taxes).await, 123);
    // Told once more, when the money is taken, it changes nothing; and all of it can go back.
    shop.bench.tell(&told(Move::Packed, total)).await;
    shop.bench.tell(&told(Move::Closed { refund: usd(1_928) }, total)).await;
    shop.quiet().await;
    let credit = whole(&shop, &of_order(&shop, order).await[1]).await;
    assert_eq!(credit["contents"]["tax"], json!(usd(123)));
    assert_eq!((of_order(&shop, order).await.len(), shop.count(taxes).await), (2, 0));
}

#[tokio::test]
async fn without_terms_the_store_sells_and_what_goes_back_at_once_has_no_papers() {
    let shop = Shop::open().await;
    let seller = Seller::new();
    let order = seller.sold(&shop).await;
    let invoice = whole(&shop, &of_order(&shop, order).await[0]).await;
    let store = json!({"name": "Corner Cellar", "address": "1 Main Street"});
    assert_eq!(invoice["contents"]["seller"], store);
    let (given_up, _) = seller.paid(&shop).await;
    shop.tell(given_up, Move::Cancelled { reason: "the store is closed".into() }).await;
    shop.quiet().await;
    assert_eq!(of_order(&shop, given_up).await, Vec::<Value>::new());
    // Of an order whose parts nobody told there is none either, and it is paid all the same.
    let plain = OrderId::new();
    shop.paid(plain).await;
    shop.tell(plain, Move::Packed).await;
    shop.quiet().await;
    assert_eq!(of_order(&shop, plain).await, Vec::<Value>::new());
    assert_eq!(shop.count("select count(*) from payments.document").await, 1);
}

#[tokio::test]
async fn a_document_is_for_whom_it_concerns_and_the_same_each_time() {
    let shop = Shop::open().await;
    let seller = Seller::new();
    let order = seller.sold(&shop).await;
    let invoice = of_order(&shop, order).await.remove(0);
    let id = invoice["document"].as_str().unwrap();
    let paths = [
        format!("/v1/payments/orders/{order}/documents"),
        format!("/v1/payments/documents/{id}"),
        format!("/v1/payments/documents/{id}/pdf"),
    ];
    let signed = |actor| shop.bench.signed("payments", &actor);
    for path in &paths {
        for reader in [
            testkit::staff(&[seller.store]),
            testkit::clerk(&[seller.store]),
            testkit::owner(seller.vendor, &[seller.store]),
            testkit::support(),
            testkit::auditor(),
        ] {
            assert_eq!(signed(reader).get(path).await.status, 200, "{path}");
        }
        for stranger in [testkit::customer(), testkit::staff(&[StoreId::new()])] {
            signed(stranger).get(path).await.refused(404, "not-found");
        }
        signed(testkit::driver()).get(path).await.refused(403, "forbidden");
        shop.bench.anyone("payments").get(path).await.refused(401, "unauthenticated");
    }
    let once = shop.customer().get(&paths[2]).await;
    assert_eq!(once.headers["content-type"], "application/pdf");
    assert_eq!(once.headers["cache-control"], "no-store");
    let name = "attachment; filename=\"INV-2026-000001.pdf\"";
    assert_eq!(once.headers["content-disposition"], name);
    assert!(once.body.as_str().unwrap().starts_with("%PDF-"));
    assert_eq!(shop.customer().get(&paths[2]).await.body, once.body);
    let missing = OrderId::new();
    for path in paths {
        let path = path
            .replace(id, &missing.to_string())
            .replace(&order.to_string(), &missing.to_string());
        shop.operator().get(&path).await.refused(404, "not-found");
    }
}

#[tokio::test]
async fn operators_read_a_vendors_series_page_by_page() {
    let shop = Shop::open().await;
    let seller = Seller::new();
    for _ in 0..3 {
        seller.sold(&shop).await;
    }
    Seller::new().sold(&shop).await;
    let path = format!("/v1/payments/documents?vendor={}&kind=invoice&year=2026", seller.vendor);
    let first: Value = shop.operator().get(&format!("{path}&limit=2")).await.ok();
    let next = first["next"].as_str().unwrap();
    let rest: Value = shop.operator().get(&format!("{path}&after={next}")).await.ok();
    let number = |page: &Value, place: usize| page["items"][place]["number"].clone();
    assert_eq!(
        (number(&first, 0), number(&first, 1)),
        ("INV-2026-000001".into(), "INV-2026-000002".into())
    );
    assert_eq!((number(&rest, 0), &rest["items"][1]), ("INV-2026-000003".into(), &Value::Null));
    shop.customer().get(&path).await.refused(403, "forbidden");
    shop.operator().get("/v1/payments/documents?kind=invoice").await.refused(422, "invalid-input");
    let other = path.replace("kind=invoice", "kind=receipt");
    shop.operator().get(&other).await.refused(422, "invalid-input");
}

/// Every third document that is written fails, and with it all that its transaction did.
const TROUBLE: &str = "
    create sequence public.trouble;
    grant usage on sequence public.trouble to public;
    create function public.trouble() returns trigger language plpgsql as $$
    begin
        if nextval('public.trouble') % 3 = 0 then raise exception 'trouble'; end if;
        return null;
    end $$;
    create trigger trouble after insert on payments.document
        for each row execute function public.trouble()";

#[tokio::test]
async fn numbers_have_no_gap_and_none_is_there_twice_however_many_are_written_at_once() {
    let shop = Shop::open().await;
    shop.bench.connection().await.execute(AssertSqlSafe(TROUBLE.to_owned())).await.unwrap();
    let sellers = [Seller::new(), Seller::new()];
    let mut orders = Vec::new();
    for number in 0..24 {
        orders.push(sellers[number % 2].paid(&shop).await.0);
    }
    // All at once; afterwards all go back, half of them in two parts.
    for order in &orders {
        shop.tell(*order, Move::Packed).await;
    }
    shop.quiet().await;
    for (number, order) in orders.iter().enumerate() {
        if number % 2 == 0 {
            shop.tell(*order, Move::Closed { refund: usd(1) }).await;
        }
        shop.tell(*order, Move::Closed { refund: usd(100) }).await;
    }
    shop.quiet().await;
    let rows: Vec<(uuid::Uuid, String, i64)> =
        sqlx::query_as("select vendor_id, kind, place from payments.document")
            .fetch_all(&mut shop.bench.connection().await)
            .await
            .unwrap();
    let mut expected = BTreeSet::new();
    for (seller, credits) in [(&sellers[0], 24), (&sellers[1], 12)] {
        let vendor = seller.vendor.uuid();
        expected.extend((1..=12).map(|place| (vendor, "invoice".to_owned(), place)));
        expected.extend((1..=credits).map(|place| (vendor, "credit_note".to_owned(), place)));
    }
    assert_eq!(rows.len(), expected.len());
    assert_eq!(rows.into_iter().collect::<BTreeSet<_>>(), expected);
    assert!(shop.count("select last_value from public.trouble").await > 60, "some did fail");
    let totals = "select (select sum(total) from payments.document where kind = 'invoice')::bigint
                       - (select sum(captured) from payments.payment)::bigint";
    assert_eq!(shop.count(totals).await, 0);
}

#[tokio::test]
async fn postgres_itself_refuses_any_change_until_its_time_is_over() {
    let shop = Shop::open().await;
    let order = Seller::new().sold(&shop).await;
    let constraint = |sql: &'static str| {
        let connection = shop.bench.connection();
        async move {
            let error = connection.await.execute(AssertSqlSafe(sql)).await.unwrap_err();
            error.as_database_error().and_then(|e| e.constraint()).unwrap_or("?").to_owned()
        }
    };
    for change in [
        "update payments.document set contents = '{}'",
        "update payments.document set contents = null",
        "update payments.document set number = 'INV-2026-000002'",
        "delete from payments.document",
        "truncate payments.document",
        "set payments.documents_until_year = '2025'; update payments.document set contents = null",
        "set payments.documents_until_year = '2026'; update payments.document set contents = null, \
         total = 1",
    ] {
        assert_eq!(constraint(change).await, "document_is_kept", "{change}");
    }
    for change in [
        "update payments.document_series set invoices = 0",
        "update payments.document_series set invoices = invoices + 2",
        "delete from payments.document_series",
    ] {
        assert_eq!(constraint(change).await, "document_series_counts", "{change}");
    }
    let kept = "select count(*) from payments.document where contents is not null";
    let people = "select count(*) from payments.sale where recipient <> ''";
    // Ten years after the end of 2026, and not a day sooner.
    let until = |at: &str| {
        let at: jiff::Timestamp = at.parse().unwrap();
        shop.bench.advance(at.duration_since(shop.bench.now()).as_secs());
    };
    until("2036-12-30T00:00:00Z");
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    assert_eq!((shop.count(kept).await, shop.count(people).await), (1, 1));
    until("2037-01-03T00:00:00Z");
    let cut = || async {
        let left = (shop.count(kept).await, shop.count(people).await);
        (left == (0, 0)).then_some(())
    };
    shop.bench.eventually("the contents are gone", cut).await;
    let document = of_order(&shop, order).await.remove(0);
    assert_eq!(
        (&document["number"], &document["readable"]),
        (&json!("INV-2026-000001"), &json!(false))
    );
    let path = format!("/v1/payments/documents/{}", document["document"].as_str().unwrap());
    let whole: Value = shop.customer().get(&path).await.ok();
    assert_eq!(whole["contents"], Value::Null);
    shop.customer().get(&format!("{path}/pdf")).await.refused(404, "not-found");
}
