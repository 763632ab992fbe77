//! What drivers earned, and that it is what the books owe them.

use std::collections::BTreeMap;

use delivery_api::{JobMove, JobMoved, RefusedBecause};
use jiff::Timestamp;
use kernel::{Actor, JobId, LineId, Money, OrderId, StoreId, VendorId};
use orders_api::{Move, OrderMoved, State};
use payments_api::{Part, PartKind, Sale, SaleLine, Start, Started};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

use crate::shop::{GOOD, Shop, facts, usd};

const ZONE: &str = "America/Chicago";
const GOODS: i64 = 2_000;
const FEE: i64 = 300;
/// What the shop's settings pay for a delivery of which delivery does not say it.
const USUAL: i64 = 450;

/// What becomes of an order that a driver has at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Whole,
    /// Half of it changes hands, the rest goes back.
    Part,
    /// Nothing changes hands.
    Refused,
    /// An operator gives some of it back, before it changes hands and after.
    RefundedBefore,
    RefundedAfter,
}

const FATES: [Fate; 5] =
    [Fate::Whole, Fate::Part, Fate::Refused, Fate::RefundedBefore, Fate::RefundedAfter];

struct Brought {
    order: OrderId,
    started: Started,
    driver: usize,
    /// As delivery says it, if it does.
    pay: Option<i64>,
    tip: i64,
    fate: Fate,
}

/// Two bottles, the delivery, and a tip where there is one.
fn sale(vendor: VendorId, store: StoreId, tip: i64) -> Sale {
    let part = |kind, amount| Part {
        kind,
        authority: None,
        label: format!("{kind:?}"),
        ppm: None,
        amount: usd(amount),
    };
    let mut charges = vec![part(PartKind::DeliveryFee, FEE)];
    charges.extend((tip > 0).then(|| part(PartKind::Tip, tip)));
    Sale {
        vendor,
        store,
        store_name: "Corner Cellar".into(),
        store_address: "1 Main Street".into(),
        time_zone: ZONE.into(),
        number: "K7Q2-9F".into(),
        recipient: "Ann Lee".into(),
        address: "2 Elm Street".into(),
        lines: vec![SaleLine {
            line: LineId::new(),
            name: "Riesling".into(),
            quantity: 2,
            unit_price: usd(GOODS / 2),
            total: usd(GOODS),
            parts: vec![part(PartKind::Goods, GOODS)],
        }],
        charges,
    }
}

/// An order is paid and packed.
async fn sold(shop: &Shop, tip: i64) -> (OrderId, Started) {
    let (order, vendor, store) = (OrderId::new(), VendorId::new(), StoreId::new());
    let sale = Some(sale(vendor, store, tip));
    let start = Start { vendor, store, sale, ..shop.start_of(order, GOODS + FEE + tip) };
    let started: Started = shop.try_start(&start).await.ok();
    shop.pay(&started, GOOD).await.ok::<Value>();
    shop.come_back(&started).await.ok::<Value>();
    let mut told = facts(&shop.customer, order, shop.bench.now());
    told.total = usd(GOODS + FEE + tip);
    let packed = OrderMoved { order: told, state: State::Packed, moved: Move::Packed, version: 1 };
    shop.bench.tell(&packed).await;
    (order, started)
}

async fn refund(shop: &Shop, started: &Started) {
    let path = format!("/v1/payments/payments/{}/refunds", started.payment);
    let operator = shop.operator().with("idempotency-key", "sorry");
    let answer = operator.post(&path, json!({"amount": usd(700), "reason": "a dent"})).await;
    assert_eq!(answer.status, 202, "{:#}", answer.body);
    shop.quiet().await;
}

async fn meet_fate(shop: &Shop, brought: &Brought, driver: &Actor) {
    if brought.fate == Fate::RefundedBefore {
        refund(shop, &brought.started).await;
    }
    let moved = match brought.fate {
        Fate::Refused => {
            JobMove::Refused { because: RefusedBecause::NobodyThere, note: String::new() }
        }
        fate => JobMove::HandedOver { whole: fate != Fate::Part, lines: Vec::new() },
    };
    let told = JobMoved {
        job: JobId::new(),
        order: brought.order,
        driver: Some(driver.person.cast()),
        driver_name: None,
        moved,
        eta: None,
        by: None,
        pay: brought.pay.map(usd),
    };
    shop.bench.tell(&told).await;
    shop.quiet().await;
    match brought.fate {
        Fate::Part => shop.tell(brought.order, Move::Closed { refund: usd(GOODS / 2) }).await,
        Fate::Refused => shop.tell(brought.order, Move::Closed { refund: usd(GOODS) }).await,
        Fate::RefundedAfter => refund(shop, &brought.started).await,
        Fate::Whole | Fate::RefundedBefore => {}
    }
}

/// What the books hold for a driver.
async fn balance(shop: &Shop, driver: &Actor) -> i64 {
    sqlx::query_scalar(
        "select coalesce(-sum(amount), 0)::bigint from payments.ledger_entry
         where account = 'driver_pay' and party = $1 and currency = 'USD'",
    )
    .bind(driver.person.to_string())
    .fetch_one(&mut shop.bench.connection().await)
    .await
    .unwrap()
}

fn path(driver: &Actor, what: &str) -> String {
    format!("/v1/payments/drivers/{}/{what}", driver.person)
}

const DAYS: &str = "from=2026-06-14&to=2026-06-30&time_zone=America/Chicago";

fn cents(value: &Value) -> i64 {
    let money: Money = serde_json::from_value(value.clone()).unwrap();
    money.amount
}

/// All deliveries of a driver, page by page.
async fn deliveries(shop: &Shop, driver: &Actor) -> Vec<Value> {
    let caller = shop.bench.signed("payments", driver);
    let first = path(driver, &format!("deliveries?{DAYS}&limit=2"));
    let (mut all, mut next) = (Vec::new(), Some(first.clone()));
    while let Some(page) = next {
        let page: Value = caller.get(&page).await.ok();
        all.extend(page["items"].as_array().unwrap().clone());
        next = page["next"].as_str().map(|after| format!("{first}&after={after}"));
    }
    all
}

/// The list, the days and the totals tell the same, and that is what the books owe.
async fn adds_up(shop: &Shop, driver: &Actor, brought: &[&Brought]) {
    let caller = shop.bench.signed("payments", driver);
    let earnings: Value = caller.get(&path(driver, &format!("earnings?{DAYS}"))).await.ok();
    let owed = balance(shop, driver).await;
    assert_eq!(earnings["owed"], json!([usd(owed)]));
    let [totals] = earnings["totals"].as_array().unwrap().as_slice() else {
        panic!("{earnings:#}")
    };
    assert_eq!(cents(&totals["total"]), owed);
    assert_eq!(cents(&totals["pay"]) + cents(&totals["tips"]), owed);

    let all = deliveries(shop, driver).await;
    assert_eq!(totals["deliveries"], all.len());
    let mut by_day: BTreeMap<String, [i64; 3]> = BTreeMap::new();
    for one in &all {
        let at: Timestamp = one["at"].as_str().unwrap().parse().unwrap();
        let day = at.in_tz(ZONE).unwrap().date().to_string();
        assert_eq!(one["day"], day);
        let [count, pay, tips] = by_day.entry(day).or_default();
        (*count, *pay, *tips) = (*count + 1, *pay + cents(&one["pay"]), *tips + cents(&one["tip"]));
        assert_eq!(cents(&one["pay"]) + cents(&one["tip"]), cents(&one["total"]));
        assert_eq!(
            (&one["number"], &one["store_name"]),
            (&json!("K7Q2-9F"), &json!("Corner Cellar"))
        );
    }
    let days = earnings["days"].as_array().unwrap().iter().map(|day| {
        let sums = [day["deliveries"].as_i64().unwrap(), cents(&day["pay"]), cents(&day["tips"])];
        assert_eq!(cents(&day["total"]), sums[1] + sums[2]);
        (day["day"].as_str().unwrap().to_owned(), sums)
    });
    assert_eq!(days.collect::<BTreeMap<_, _>>(), by_day);
    let newest_first: Vec<_> = all.iter().map(|one| one["at"].as_str()).collect();
    assert!(newest_first.is_sorted_by(|one, other| one >= other), "{newest_first:?}");

    // And as it was told: nothing is taken of a tip that has changed hands.
    let handed = brought.iter().filter(|one| one.fate != Fate::Refused);
    let pay: i64 = handed.clone().map(|one| one.pay.unwrap_or(USUAL)).sum();
    assert_eq!(cents(&totals["pay"]), pay);
    let (before, whole): (Vec<&&Brought>, Vec<_>) =
        handed.partition(|one| one.fate == Fate::RefundedBefore);
    let sum = |some: &[&&Brought]| some.iter().map(|one| one.tip).sum::<i64>();
    let tips = cents(&totals["tips"]);
    assert!(sum(&whole) <= tips && tips <= sum(&whole) + sum(&before), "{tips}");
}

#[tokio::test]
async fn what_drivers_earned_is_what_the_books_owe_them() {
    let shop = Shop::open().await;
    let drivers = [testkit::driver(), testkit::driver(), testkit::driver()];
    let mut random = StdRng::seed_from_u64(20_261_127);
    let mut all = Vec::new();
    for number in 0..20 {
        let tip = if number % 4 == 3 { 0 } else { random.random_range(1..900) };
        let (order, started) = sold(&shop, tip).await;
        let said = random.random_bool(0.7).then(|| random.random_range(0..1_200));
        let driver = random.random_range(0..2);
        let fate = FATES[number % FATES.len()];
        all.push(Brought { order, started, driver, pay: said, tip, fate });
    }
    shop.quiet().await;
    for brought in &all {
        meet_fate(&shop, brought, &drivers[brought.driver]).await;
        shop.bench.advance(random.random_range(60..6 * 3_600));
    }
    shop.quiet().await;
    for (number, driver) in drivers.iter().enumerate().take(2) {
        let own: Vec<&Brought> = all.iter().filter(|one| one.driver == number).collect();
        adds_up(&shop, driver, &own).await;
    }
    let idle = shop.bench.signed("payments", &drivers[2]);
    let none: Value = idle.get(&path(&drivers[2], "earnings")).await.ok();
    assert_eq!([&none["owed"], &none["totals"], &none["days"]], [&json!([]); 3]);
    assert_eq!(deliveries(&shop, &drivers[2]).await, Vec::<Value>::new());
}

#[tokio::test]
async fn earnings_are_the_drivers_own_and_for_those_who_run_the_platform() {
    let shop = Shop::open().await;
    let (driver, other) = (testkit::driver(), testkit::driver());
    let (order, started) = sold(&shop, 149).await;
    shop.quiet().await;
    let brought =
        Brought { order, started, driver: 0, pay: Some(500), tip: 149, fate: Fate::Whole };
    meet_fate(&shop, &brought, &driver).await;
    for what in ["earnings", "deliveries"] {
        let path = path(&driver, what);
        let signed = |actor: &Actor| shop.bench.signed("payments", actor);
        let own: Value = signed(&driver).get(&path).await.ok();
        for overseer in [testkit::operator(), testkit::auditor()] {
            let mut seen: Value = signed(&overseer).get(&path).await.ok();
            if what == "earnings" {
                seen["at"] = own["at"].clone();
            }
            assert_eq!(seen, own);
        }
        signed(&other).get(&path).await.refused(404, "not-found");
        for nobody in [testkit::customer(), testkit::support(), testkit::staff(&[StoreId::new()])] {
            signed(&nobody).get(&path).await.refused(403, "forbidden");
        }
        shop.bench.anyone("payments").get(&path).await.refused(401, "unauthenticated");
        for wrong in [
            "from=2026-06-16&to=2026-06-15",
            "from=2024-06-16&to=2026-06-15",
            "from=0001-01-01",
            "to=9999-12-31",
            "from=soon",
            "time_zone=Mars/Olympus",
        ] {
            signed(&driver).get(&format!("{path}?{wrong}")).await.refused(422, "invalid-input");
        }
    }
    let caller = shop.bench.signed("payments", &driver);
    let days = caller.get(&path(&driver, &format!("earnings?{DAYS}"))).await.ok::<Value>();
    let day = json!({
        "day": "2026-06-15", "deliveries": 1, "pay": usd(500), "tips": usd(149), "total": usd(649),
    });
    assert_eq!((&days["days"], &days["owed"]), (&json!([day]), &json!([usd(649)])));
    for wrong in ["limit=0", "limit=101", "after=x", "after=%00"] {
        let path = path(&driver, &format!("deliveries?{wrong}"));
        caller.get(&path).await.refused(422, "invalid-input");
    }
}
