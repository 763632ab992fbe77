//! Customers ask money back, and somebody answers.

use std::sync::Arc;

use accounts_api::PersonErased;
use kernel::{Actor, AlcoholClass, Drink, LineId, OrderId, ProductId, StoreId, VendorId};
use orders_api::{Move, OrderFacts, OrderLine, OrderMoved, State};
use payments_api::{
    ComplaintMove, ComplaintMoved, MoneyMove, Part, PartKind, Sale, SaleLine, Start, Started,
};
use serde_json::{Value, json};
use testkit::Answer;
use tokio::sync::Barrier;

use crate::shop::{GOOD, Shop, facts, usd};

const TOTAL: i64 = 5_000;
const REFUNDS: &str = "select count(*) from payments.operation where kind = 'refund'";

/// Three bottles of rye for 30.01 and one of gin for 14.99; delivery for 5.00.
struct Bought {
    order: OrderId,
    store: StoreId,
    started: Started,
    rye: LineId,
    gin: LineId,
}

fn part(kind: PartKind, amount: i64) -> Part {
    Part { kind, authority: None, label: format!("{kind:?}"), ppm: None, amount: usd(amount) }
}

fn line(line: LineId, name: &str, quantity: u32, total: i64) -> SaleLine {
    SaleLine {
        line,
        name: name.into(),
        quantity,
        unit_price: usd(total / i64::from(quantity)),
        total: usd(total),
        parts: vec![part(PartKind::Goods, total)],
    }
}

fn of_order(sold: &SaleLine, delivered: u32) -> OrderLine {
    OrderLine {
        line: sold.line,
        product: ProductId::new(),
        name: sold.name.clone(),
        category: "spirits".into(),
        drink: Drink { class: AlcoholClass::Spirits, abv_bp: 4000, volume_ml: 700, pack: 1 },
        quantity: sold.quantity,
        delivered,
        net_unit_price: sold.unit_price,
        total: sold.total,
        if_missing: Default::default(),
    }
}

impl Bought {
    fn lines(&self) -> [SaleLine; 2] {
        [line(self.rye, "Rye", 3, 3_001), line(self.gin, "Gin", 1, 1_499)]
    }

    /// An order whose money has been taken, still under way.
    async fn packed(shop: &Shop) -> Self {
        let (order, store, vendor) = (OrderId::new(), StoreId::new(), VendorId::new());
        let (rye, gin) = (LineId::new(), LineId::new());
        let sale = Sale {
            vendor,
            store,
            store_name: "Corner Cellar".into(),
            store_address: "1 Main Street".into(),
            time_zone: "America/Chicago".into(),
            number: "K7Q2-9F".into(),
            recipient: "Ann Lee".into(),
            address: "2 Elm Street".into(),
            lines: vec![line(rye, "Rye", 3, 3_001), line(gin, "Gin", 1, 1_499)],
            charges: vec![part(PartKind::DeliveryFee, 500)],
        };
        let start = Start { store, vendor, sale: Some(sale), ..shop.start_of(order, TOTAL) };
        let started: Started = shop.try_start(&start).await.ok();
        shop.pay(&started, GOOD).await.ok::<Value>();
        shop.come_back(&started).await.ok::<Value>();
        let total = usd(TOTAL);
        let packed = OrderFacts { total, ..facts(&shop.customer, order, shop.bench.now()) };
        let (state, moved) = (State::Packed, Move::Packed);
        shop.bench.tell(&OrderMoved { order: packed, state, moved, version: 5 }).await;
        let captured =
            || async { (shop.show(&started).await["state"] == "captured").then_some(()) };
        shop.bench.later("captured", captured).await;
        Self { order, store, started, rye, gin }
    }

    /// The same when so many bottles of each have changed hands.
    async fn over(shop: &Shop, moved: Move, units: [u32; 2]) -> Self {
        let bought = Self::packed(shop).await;
        bought.end(shop, moved, units).await;
        bought
    }

    async fn delivered(shop: &Shop) -> Self {
        Self::over(shop, Move::Delivered, [3, 1]).await
    }

    async fn end(&self, shop: &Shop, moved: Move, units: [u32; 2]) {
        let mut order = facts(&shop.customer, self.order, shop.bench.now());
        order.lines =
            self.lines().iter().zip(units).map(|(it, units)| of_order(it, units)).collect();
        shop.bench.tell(&OrderMoved { order, state: State::Delivered, moved, version: 9 }).await;
        let known = || async { self.mine(shop).await.get("until").map(drop) };
        shop.bench.later("it is over", known).await;
        shop.quiet().await;
    }

    fn path(&self) -> String {
        format!("/v1/payments/orders/{}/complaints", self.order)
    }

    async fn mine(&self, shop: &Shop) -> Value {
        shop.customer().get(&self.path()).await.ok()
    }

    async fn complain(&self, shop: &Shop, key: &str, lines: Value) -> Answer {
        let mut input = json!({"reason": "damaged", "words": "The neck was broken off."});
        if !lines.is_null() {
            input["lines"] = lines;
        }
        shop.customer().with("idempotency-key", key).post(&self.path(), input).await
    }

    async fn units(&self, shop: &Shop, key: &str, line: LineId, units: u32) -> Answer {
        self.complain(shop, key, json!([{"line": line, "units": units}])).await
    }
}

async fn answer(shop: &Shop, who: &Actor, of: &Value, amount: Option<i64>) -> Answer {
    let path = format!("/v1/payments/complaints/{}/answer", of["complaint"].as_str().unwrap());
    let mut input = json!({"words": "We are sorry."});
    if let Some(amount) = amount {
        input["amount"] = json!({"amount": amount, "currency": "USD"});
    }
    shop.bench.signed("payments", who).post(&path, input).await
}

async fn open(shop: &Shop, who: &Actor) -> Vec<Value> {
    let path = "/v1/payments/complaints?state=open";
    let page: Value = shop.bench.signed("payments", who).get(path).await.ok();
    page["items"].as_array().unwrap().clone()
}

async fn told(shop: &Shop) -> Vec<ComplaintMove> {
    let told = shop.bench.told::<ComplaintMoved>("payments").await;
    told.into_iter().map(|told| told.moved).collect()
}

/// All of the way: asked, looked at, agreed to in part, given back of the line that was named.
#[tokio::test]
async fn a_customer_asks_for_a_bottle_and_gets_a_part_of_it_back() {
    let shop = Shop::open().await;
    let bought = Bought::delivered(&shop).await;
    let before = bought.mine(&shop).await;
    assert_eq!(
        (&before["can"], before["lines"][0]["units"].as_u64()),
        (&json!(["complain"]), Some(3))
    );
    let asked: Value = bought.units(&shop, "one", bought.rye, 2).await.ok();
    // 3001 of three: 2000 for the first two.
    assert_eq!(asked["worth"]["amount"], 2_000);
    assert_eq!((&asked["state"], &asked["lines"][0]["name"]), (&json!("open"), &json!("Rye")));
    let again: Value = bought.units(&shop, "one", bought.rye, 2).await.ok();
    assert_eq!(again["complaint"], asked["complaint"]);
    bought.units(&shop, "one", bought.rye, 1).await.refused(422, "idempotency-key-reused");
    let gone = bought.units(&shop, "two", bought.rye, 2).await.refused(409, "units-gone");
    assert_eq!((&gone["field"], &gone["left"]), (&json!("lines[0].units"), &json!(1)));

    let operator = testkit::operator();
    let listed = open(&shop, &operator).await;
    assert_eq!((listed.len(), &listed[0]["can"]), (1, &json!(["answer"])));
    assert_eq!((&listed[0]["number"], &listed[0]["words"]), (&json!("K7Q2-9F"), &asked["words"]));
    answer(&shop, &operator, &asked, Some(2_001)).await.refused(409, "too-much");
    answer(&shop, &operator, &asked, Some(0)).await.refused(422, "invalid-input");
    let agreed: Value = answer(&shop, &operator, &asked, Some(1_500)).await.ok();
    let repeated: Value = answer(&shop, &operator, &asked, Some(1_500)).await.ok();
    assert_eq!(repeated["refund"], agreed["refund"]);
    answer(&shop, &operator, &asked, Some(1_499)).await.refused(409, "not-open");
    answer(&shop, &operator, &asked, None).await.refused(409, "not-open");
    shop.quiet().await;
    assert_eq!(shop.count(REFUNDS).await, 1);
    let back = MoneyMove::Refunded { amount: usd(1_500), reason: "We are sorry.".into() };
    assert_eq!(shop.told().await.last(), Some(&back));
    assert_eq!(
        told(&shop).await,
        [ComplaintMove::Asked { worth: usd(2_000) }, ComplaintMove::Agreed { amount: usd(1_500) }]
    );
    let mine = bought.mine(&shop).await;
    let seen = &mine["items"][0];
    assert_eq!(
        (&seen["state"], &seen["amount"]["amount"], &seen["answer"]),
        (&json!("refunded"), &json!(1_500), &json!("We are sorry."))
    );
    let left: Vec<_> = mine["lines"].as_array().unwrap().iter().map(|it| &it["units"]).collect();
    assert_eq!(left, [1, 1]);
    of_the_rye_alone(&shop, &bought).await;
}

/// Neither the gin nor the fee is in the credit note.
async fn of_the_rye_alone(shop: &Shop, bought: &Bought) {
    let path = format!("/v1/payments/orders/{}/documents", bought.order);
    let all: Value = shop.customer().get(&path).await.ok();
    let note = all["documents"].as_array().unwrap().iter().find(|it| it["kind"] == "credit_note");
    let path = format!("/v1/payments/documents/{}", note.unwrap()["document"].as_str().unwrap());
    let note: Value = shop.customer().get(&path).await.ok();
    let lines = note["contents"]["lines"].as_array().unwrap();
    assert_eq!((lines.len(), &lines[0]["name"]), (1, &json!("Rye")));
    assert_eq!(
        (&lines[0]["total"]["amount"], &note["contents"]["charges"]),
        (&json!(1_500), &json!([]))
    );
}

#[tokio::test]
async fn the_whole_is_all_that_came_and_was_not_asked_for() {
    let shop = Shop::open().await;
    // One rye came back from the door, and its money goes back by itself.
    let bought = Bought::over(&shop, Move::Closed { refund: usd(1_000) }, [2, 1]).await;
    bought.units(&shop, "gin", bought.gin, 1).await.ok::<Value>();
    let all: Value = bought.complain(&shop, "all", Value::Null).await.ok();
    assert_eq!((&all["whole"], &all["worth"]["amount"]), (&json!(true), &json!(2_001 + 500)));
    assert_eq!(all["lines"].as_array().unwrap().len(), 1);
    bought.complain(&shop, "more", Value::Null).await.refused(409, "nothing-left");
    assert_eq!(bought.mine(&shop).await["can"], json!([]));
    let (operator, listed) = (testkit::operator(), open(&shop, &testkit::operator()).await);
    assert_eq!(listed[1]["complaint"], all["complaint"], "those that wait longest come first");
    for one in &listed {
        let worth = one["worth"]["amount"].as_i64();
        answer(&shop, &operator, one, worth).await.ok::<Value>();
    }
    shop.quiet().await;
    assert_eq!(shop.show(&bought.started).await["refunded"]["amount"], TOTAL);
}

#[tokio::test]
async fn many_answers_at_once_are_one_and_one_bottle_is_asked_for_once() {
    let shop = Arc::new(Shop::open().await);
    let bought = Arc::new(Bought::delivered(&shop).await);
    let barrier = Arc::new(Barrier::new(6));
    let asked = (0..6).map(|n| {
        let (shop, bought, barrier) =
            (Arc::clone(&shop), Arc::clone(&bought), Arc::clone(&barrier));
        tokio::spawn(async move {
            barrier.wait().await;
            bought.units(&shop, &format!("key-{n}"), bought.gin, 1).await
        })
    });
    let asked = futures::future::join_all(asked).await;
    let made: Vec<Value> = asked
        .into_iter()
        .map(Result::unwrap)
        .filter_map(|answer| {
            if answer.status == 201 {
                return Some(answer.ok());
            }
            answer.refused(409, "units-gone");
            None
        })
        .collect();
    assert_eq!(made.len(), 1);

    // Six people say six things; somebody else gives back what is left beside them.
    let barrier = Arc::new(Barrier::new(6));
    let answers = (0..6_i64).map(|n| {
        let (shop, barrier, one) = (Arc::clone(&shop), Arc::clone(&barrier), made[0].clone());
        tokio::spawn(async move {
            let who = testkit::operator();
            barrier.wait().await;
            answer(&shop, &who, &one, (n < 5).then_some(1_000 + n)).await.status.as_u16()
        })
    });
    let statuses = futures::future::join_all(answers).await;
    let mut statuses: Vec<u16> = statuses.into_iter().map(Result::unwrap).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409, 409, 409]);
    shop.quiet().await;
    assert!(shop.count(REFUNDS).await <= 1);
    assert!(shop.show(&bought.started).await["refunded"]["amount"].as_i64().unwrap() <= 1_004);
}

#[tokio::test]
async fn no_more_goes_back_than_is_left_of_the_money() {
    let shop = Shop::open().await;
    let bought = Bought::delivered(&shop).await;
    let asked: Value = bought.units(&shop, "rye", bought.rye, 3).await.ok();
    let path = format!("/v1/payments/payments/{}/refunds", bought.started.payment);
    let input = json!({"amount": {"amount": 4_000, "currency": "USD"}, "reason": "so"});
    shop.operator().with("idempotency-key", "k").post(&path, input).await.ok::<Value>();
    let operator = testkit::operator();
    let refused = answer(&shop, &operator, &asked, Some(3_001)).await.refused(409, "too-much");
    assert_eq!(refused["left"]["amount"], 1_000);
    answer(&shop, &operator, &asked, Some(1_000)).await.ok::<Value>();
    shop.quiet().await;
    assert_eq!(shop.show(&bought.started).await["refunded"]["amount"], TOTAL);
    bought.units(&shop, "gin", bought.gin, 1).await.refused(409, "nothing-left");
}

#[tokio::test]
async fn what_the_second_person_declines_is_open_again() {
    let shop = Shop::open().await;
    let bought = Bought::delivered(&shop).await;
    let limit = json!({"desk": "support", "currency": "USD", "per_payment": 0, "per_day": 0});
    shop.operator().put("/v1/payments/refund-limits", limit).await.ok::<Value>();
    let asked: Value = bought.units(&shop, "rye", bought.rye, 1).await.ok();
    let (support, operator) = (testkit::support(), testkit::operator());
    let waits: Value = answer(&shop, &support, &asked, Some(1_000)).await.ok();
    assert_eq!((&waits["state"], &waits["can"]), (&json!("second"), &json!([])));
    assert_eq!(bought.mine(&shop).await["items"][0]["state"], "open", "nothing is certain yet");
    answer(&shop, &operator, &asked, None).await.refused(409, "not-open");
    let decide = async |of: &Value, approve: bool| -> Value {
        let path = format!("/v1/payments/refunds/{}/decision", of["refund"].as_str().unwrap());
        let input = json!({"approve": approve, "reason": "looked at it"});
        shop.bench.signed("payments", &operator).post(&path, input).await.ok()
    };
    decide(&waits, false).await;
    assert_eq!(open(&shop, &support).await[0]["can"], json!(["answer"]));
    let waits: Value = answer(&shop, &support, &asked, Some(900)).await.ok();
    shop.bench.advance(72 * 3600 + 1);
    assert_eq!(open(&shop, &support).await.len(), 1, "nobody agreed in time");
    let last: Value = answer(&shop, &support, &asked, Some(800)).await.ok();
    assert_ne!(last["refund"], waits["refund"]);
    decide(&last, true).await;
    shop.quiet().await;
    assert_eq!(bought.mine(&shop).await["items"][0]["state"], "refunded");
    assert_eq!(shop.show(&bought.started).await["refunded"]["amount"], 800);
    assert_eq!(
        told(&shop).await,
        [ComplaintMove::Asked { worth: usd(1_000) }, ComplaintMove::Agreed { amount: usd(800) }]
    );
}

#[tokio::test]
async fn it_is_asked_for_when_it_is_over_and_in_time() {
    let shop = Shop::open_with("[payments.refunds]\ncomplaint_days = 3\n").await;
    let bought = Bought::packed(&shop).await;
    assert_eq!(bought.mine(&shop).await["can"], json!([]));
    bought.complain(&shop, "k", Value::Null).await.refused(409, "order-not-over");
    bought.end(&shop, Move::Delivered, [3, 1]).await;
    for (lines, status, code) in [
        (json!([]), 422, "invalid-input"),
        (json!([{"line": bought.rye, "units": 0}]), 422, "invalid-input"),
        (
            json!([{"line": bought.rye, "units": 1}, {"line": bought.rye, "units": 1}]),
            422,
            "invalid-input",
        ),
        (json!([{"line": LineId::new(), "units": 1}]), 422, "unknown-line"),
    ] {
        bought.complain(&shop, "k", lines).await.refused(status, code);
    }
    let long = json!({"reason": "other", "words": "x".repeat(1_001)});
    let caller = shop.customer().with("idempotency-key", "k");
    caller.post(&bought.path(), long).await.refused(422, "invalid-input");
    let unknown = json!({"reason": "bored", "words": "x"});
    assert!(caller.post(&bought.path(), unknown).await.status.is_client_error());
    let end = bought.mine(&shop).await["until"].clone();
    shop.bench.advance(3 * 24 * 3600);
    let late = bought.complain(&shop, "k", Value::Null).await.refused(409, "too-late");
    assert_eq!(late["until"], end);
    assert_eq!(bought.mine(&shop).await["can"], json!([]));
}

/// With nothing that they could do about it.
async fn clerks_read_what_is_asked_of_their_store(shop: &Shop, bought: &Bought, asked: &Value) {
    let other = StoreId::new();
    let path = |store: StoreId| format!("/v1/payments/complaints?store={store}");
    let clerk = shop.bench.signed("payments", &testkit::clerk(&[bought.store, other]));
    let page: Value = clerk.get(&path(bought.store)).await.ok();
    let seen = &page["items"][0];
    assert_eq!((&seen["complaint"], &seen["lines"]), (&asked["complaint"], &asked["lines"]));
    assert_eq!((&seen["state"], &seen["can"]), (&json!("open"), &json!([])));
    let none: Value = clerk.get(&path(other)).await.ok();
    assert_eq!(none["items"], json!([]), "the other store sold nothing of it");
    clerk.get(&path(StoreId::new())).await.refused(404, "not-found");
    let elsewhere = shop.bench.signed("payments", &testkit::clerk(&[other]));
    elsewhere.get(&path(bought.store)).await.refused(404, "not-found");
    let all: Value = elsewhere.get("/v1/payments/complaints").await.ok();
    assert_eq!(all["items"], json!([]));
    let operator: Value = shop.operator().get(&path(bought.store)).await.ok();
    assert_eq!(operator["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn only_the_customer_asks_and_only_who_gives_money_back_answers() {
    let shop = Shop::open().await;
    let bought = Bought::delivered(&shop).await;
    let stranger = shop.bench.signed("payments", &testkit::customer());
    stranger.get(&bought.path()).await.refused(404, "not-found");
    let input = json!({"reason": "other", "words": "x"});
    let keyed = stranger.with("idempotency-key", "k");
    keyed.post(&bought.path(), &input).await.refused(404, "not-found");
    shop.operator().get(&bought.path()).await.refused(403, "forbidden");
    let asked: Value = bought.units(&shop, "gin", bought.gin, 1).await.ok();
    let (theirs, others) = (testkit::staff(&[bought.store]), testkit::staff(&[StoreId::new()]));
    assert_eq!((open(&shop, &theirs).await.len(), open(&shop, &others).await.len()), (1, 0));
    answer(&shop, &others, &asked, None).await.refused(404, "not-found");
    let clerk = testkit::clerk(&[bought.store]);
    answer(&shop, &clerk, &asked, None).await.refused(403, "forbidden");
    answer(&shop, &testkit::auditor(), &asked, None).await.refused(403, "forbidden");
    answer(&shop, &shop.customer, &asked, None).await.refused(403, "forbidden");
    clerks_read_what_is_asked_of_their_store(&shop, &bought, &asked).await;
    let own = Actor { person: shop.customer.person, ..testkit::operator() };
    answer(&shop, &own, &asked, Some(1)).await.refused(403, "own-order");
    assert_eq!(open(&shop, &own).await[0]["can"], json!([]));
    let declined: Value = answer(&shop, &theirs, &asked, None).await.ok();
    assert_eq!(declined["state"], "declined");
    let said = ComplaintMove::Declined { answer: "We are sorry.".into() };
    assert_eq!(told(&shop).await.last(), Some(&said));
    bought.units(&shop, "again", bought.gin, 1).await.refused(409, "units-gone");
    let seen = &bought.mine(&shop).await["items"][0];
    assert_eq!((&seen["state"], &seen["answer"]), (&json!("declined"), &json!("We are sorry.")));
}

#[tokio::test]
async fn lists_have_pages_and_words_go_with_their_customer() {
    let shop = Shop::open().await;
    let bought = Bought::delivered(&shop).await;
    for key in ["a", "b", "c"] {
        bought.units(&shop, key, bought.rye, 1).await.ok::<Value>();
    }
    let path = format!("/v1/payments/complaints?state=open&limit=2&order={}", bought.order);
    let first: Value = shop.operator().get(&path).await.ok();
    let next = first["next"].as_str().unwrap();
    let rest: Value = shop.operator().get(&format!("{path}&after={next}")).await.ok();
    assert_eq!(
        (first["items"].as_array().unwrap().len(), rest["items"].as_array().unwrap().len()),
        (2, 1)
    );
    let newest: Value = shop.operator().get("/v1/payments/complaints?limit=1").await.ok();
    assert_eq!(newest["items"][0]["complaint"], rest["items"][0]["complaint"]);
    answer(&shop, &testkit::operator(), &rest["items"][0], None).await.ok::<Value>();
    let house = shop.bench.house("payments");
    let path = format!("/internal/payments/people/{}/data", shop.customer.person);
    let data: Value = house.get(&path).await.ok();
    let kept = &data["payments"][0]["complaints"];
    assert_eq!((kept.as_array().unwrap().len(), &kept[0]["lines"][0]["units"]), (3, &json!(1)));
    assert_eq!(
        (&kept[2]["answer"], &kept[0]["decided_by"]),
        (&json!("We are sorry."), &Value::Null)
    );
    shop.bench.tell(&PersonErased { person: shop.customer.person }).await;
    let words = "select count(*) from payments.complaint where words <> '' or answer <> ''";
    shop.bench.later("cut", || async { (shop.count(words).await == 0).then_some(()) }).await;
}
