use cart_api::CartFilled;
use catalogue_api::ProductChanged;
use delivery_api::{JobMove, JobMoved, RefusedBecause};
use kernel::{CartId, Currency, JobId, Money, StoreId};
use orders_api::{Move, OrderFacts};
use serde_json::{Value, json};
use testkit::{Bench, customer, staff};

use crate::events::{moved, order, product, sold};

fn usd(amount: i64) -> Money {
    Money::new(amount, Currency::USD)
}

#[tokio::test]
async fn sales_are_paid_orders_by_day_and_currency_in_the_days_of_a_time_zone() {
    let bench = super::bench().await;
    let (gin, store) = (product("Gin"), StoreId::new());
    // 23:30 on the 15th in Des Moines is the 16th in London.
    bench.clock.set("2026-06-16T04:30:00Z".parse().unwrap());
    let late = sold(&bench, store, &gin, 2).await;
    let mut euros = order(store, &gin, 1, bench.now());
    euros.total = Money::new(900, Currency::EUR);
    moved(&bench, &euros, 2, Move::Paid).await;
    let unpaid = order(store, &gin, 5, bench.now());
    moved(&bench, &unpaid, 1, Move::Placed).await;
    let cancelled = sold(&bench, store, &gin, 5).await;
    moved(&bench, &cancelled, 3, Move::Cancelled { reason: "closed".into() }).await;
    // The refund is told twice and counts once; the late news of payment changes nothing back.
    let returning = Move::Returning { reason: "no ID".into(), refund: usd(500) };
    moved(&bench, &late, 4, returning).await;
    moved(&bench, &late, 5, Move::Closed { refund: usd(500) }).await;
    moved(&bench, &late, 3, Move::Accepted).await;

    let operator = super::runner(&bench);
    let path = "/v1/insight/sales?time_zone=America/Chicago";
    super::handled(&bench).await;
    let items = super::items(&bench, &operator, path, 2).await;
    assert_eq!(items[1]["orders"], 1);
    assert_eq!(items[1]["refunded"], json!(usd(500)));
    let euro = |amount: i64| json!({ "amount": amount, "currency": "EUR" });
    assert_eq!(items[0]["day"], "2026-06-15");
    assert_eq!(items[0]["gross"], euro(900));
    assert_eq!(items[1]["gross"], json!(usd(2000)));
    assert_eq!(items[1]["net"], json!(usd(1500)));
    assert_eq!(items[1]["units"], 2);
    let london = super::items(&bench, &operator, "/v1/insight/sales?time_zone=Europe/London", 2);
    assert_eq!(london.await[0]["day"], "2026-06-16");
    let first: Value = operator.get(&format!("{path}&limit=1")).await.ok();
    let next = first["next"].as_str().unwrap();
    let second: Value = operator.get(&format!("{path}&limit=1&after={next}")).await.ok();
    assert_eq!((&second["items"][0], second.get("next")), (&items[1], None));
}

#[tokio::test]
async fn what_was_packed_otherwise_is_what_was_sold() {
    let bench = super::bench().await;
    let (gin, rum, store) = (product("Gin"), product("Rum"), StoreId::new());
    let ordered = sold(&bench, store, &gin, 3).await;
    // Rum instead of two of the three; what had happened before that is told late once more.
    let mut packed = ordered.clone();
    let instead = order(store, &rum, 2, bench.now()).lines.remove(0);
    packed.lines[0].quantity = 1;
    packed.lines[0].total = usd(1000);
    packed.lines.push(instead);
    packed.total = usd(2500);
    moved(&bench, &packed, 4, Move::Packed).await;
    moved(&bench, &ordered, 3, Move::Accepted).await;
    super::handled(&bench).await;
    let runner = super::runner(&bench);
    let units = |report: Vec<Value>| -> Vec<(String, i64)> {
        let unit = |row: &Value| {
            (row["name"].as_str().unwrap().to_owned(), row["units"].as_i64().unwrap())
        };
        report.iter().map(unit).collect()
    };
    let popular = super::items(&bench, &runner, "/v1/insight/popular", 2).await;
    assert_eq!(units(popular), [("Rum".to_owned(), 2), ("Gin".to_owned(), 1)]);
    // And then the gin is gone too.
    packed.lines.remove(0);
    moved(&bench, &packed, 5, Move::Captured).await;
    super::handled(&bench).await;
    let popular = super::items(&bench, &runner, "/v1/insight/popular", 1).await;
    assert_eq!(units(popular), [("Rum".to_owned(), 2)]);
    let sales = super::items(&bench, &runner, "/v1/insight/sales", 1).await;
    assert_eq!((&sales[0]["gross"], &sales[0]["units"]), (&json!(usd(2500)), &json!(2)));
}

#[tokio::test]
async fn staff_see_their_own_store_and_customers_none() {
    let bench = super::bench().await;
    let (gin, mine, other) = (product("Gin"), StoreId::new(), StoreId::new());
    sold(&bench, mine, &gin, 1).await;
    sold(&bench, other, &gin, 3).await;
    let runner = super::runner(&bench);
    let staff = bench.signed("insight", &staff(&[mine]));
    let orders = |report: Vec<Value>| report[0]["orders"].as_i64().unwrap();
    let both = || async {
        let items = super::items(&bench, &runner, "/v1/insight/sales", 1).await;
        (orders(items) == 2).then_some(())
    };
    bench.eventually("both orders", both).await;
    assert_eq!(orders(super::items(&bench, &staff, "/v1/insight/sales", 1).await), 1);
    let popular = super::items(&bench, &staff, "/v1/insight/popular", 1).await;
    assert_eq!((&popular[0]["units"], &popular[0]["name"]), (&json!(1), &json!("Gin")));
    for report in ["sales", "popular", "delivery-times"] {
        let path = format!("/v1/insight/{report}?store={other}");
        staff.get(&path).await.refused(404, "not-found");
        assert_eq!(runner.get(&path).await.status, 200);
        bench.signed("insight", &customer()).get(&path).await.refused(403, "forbidden");
        bench.anyone("insight").get(&path).await.refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn delivery_times_by_store() {
    let bench = super::bench().await;
    let (gin, store) = (product("Gin"), StoreId::new());
    let placed = bench.now();
    let mut orders = Vec::new();
    for _ in 0..4 {
        orders.push(sold(&bench, store, &gin, 1).await);
    }
    let job = |order, moved| JobMoved {
        job: JobId::new(),
        order,
        driver: None,
        driver_name: None,
        moved,
        eta: None,
        by: None,
        pay: None,
    };
    // Handed over after 20, 30 and 40 minutes, the road always 10; the fourth is refused.
    for (minutes, order) in [20, 30, 40].into_iter().zip(&orders) {
        let at = |minutes: i64| bench.clock.set(placed + jiff::SignedDuration::from_mins(minutes));
        at(minutes - 10);
        bench.tell(&job(order.order, JobMove::PickedUp)).await;
        at(minutes);
        bench.tell(&job(order.order, JobMove::Arrived)).await;
        let whole = JobMove::HandedOver { whole: true, lines: vec![] };
        bench.tell(&job(order.order, whole)).await;
        moved(&bench, order, 6, Move::Delivered).await;
    }
    let refused = JobMove::Refused { because: RefusedBecause::NoDocument, note: String::new() };
    bench.tell(&job(orders[3].order, refused)).await;
    let runner = super::runner(&bench);
    let times = || async {
        let items = super::items(&bench, &runner, "/v1/insight/delivery-times", 1).await;
        let all = items[0]["deliveries"] == 3 && items[0]["refused"] == 1;
        all.then(|| items[0].clone())
    };
    let times = bench.eventually("all deliveries", times).await;
    assert_eq!(times["median_minutes"], 30.0);
    assert_eq!(times["p90_minutes"], 38.0);
    assert_eq!(times["road_median_minutes"], 10.0);
}

#[tokio::test]
async fn a_delivery_in_a_slot_takes_from_where_the_slot_begins() {
    let bench = super::bench().await;
    let (gin, store) = (product("Gin"), StoreId::new());
    let placed = bench.now();
    let after = |hours: i64, minutes: i64| {
        placed + jiff::SignedDuration::from_hours(hours) + jiff::SignedDuration::from_mins(minutes)
    };
    // At the door at 4 past, 14 past and 5 to: the last one before it was wanted.
    for minutes in [4, 14, -5] {
        let mut wanted = order(store, &gin, 1, placed);
        let slot = json!({ "from": after(20, 0), "until": after(21, 0) });
        wanted.slot = Some(serde_json::from_value(slot).unwrap());
        moved(&bench, &wanted, 1, Move::Placed).await;
        bench.clock.set(after(20, minutes));
        moved(&bench, &wanted, 6, Move::Delivered).await;
    }
    let runner = super::runner(&bench);
    let path = "/v1/insight/delivery-times?from=2026-06-01&to=2026-06-30";
    let times = || async {
        let items = super::items(&bench, &runner, path, 1).await;
        (items[0]["deliveries"] == 3).then(|| items[0].clone())
    };
    let times = bench.eventually("all deliveries", times).await;
    assert_eq!((&times["median_minutes"], &times["p90_minutes"]), (&json!(4.0), &json!(12.0)));
}

#[tokio::test]
async fn the_funnel_goes_from_a_cart_to_a_delivery_by_the_day_of_the_cart() {
    let bench = super::bench().await;
    let (gin, store, other) = (product("Gin"), StoreId::new(), StoreId::new());
    bench.tell(&gin).await;
    let filled = |store| CartFilled { cart: CartId::new(), store };
    let (first, second) = (filled(store), filled(other));
    // The first is emptied and filled again.
    for cart in [&first, &second, &first] {
        bench.tell(cart).await;
    }
    super::handled(&bench).await;
    let delivered = made_of(&first, &gin, bench.now());
    told(&bench, &delivered, &[Move::Placed, Move::Paid, Move::Delivered]).await;
    told(&bench, &made_of(&second, &gin, bench.now()), &[Move::Placed]).await;
    super::handled(&bench).await;
    let anyone = bench.anyone("insight");
    for (visitor, store) in [("one", store), ("one", store), ("two", other)] {
        let view =
            json!({ "product": gin.product, "store": store, "from": "list", "visitor": visitor });
        assert_eq!(anyone.post("/v1/insight/views", view).await.status, 204);
    }
    let runner = super::runner(&bench);
    let path = "/v1/insight/funnel?from=2026-06-14&to=2026-06-15";
    let all: Value = runner.get(path).await.ok();
    let none = json!({ "day": "2026-06-14", "visitors": 0, "views": 0, "orders": 0, "carts": 0,
                       "placed": 0, "paid": 0, "delivered": 0 });
    let day = json!({ "day": "2026-06-15", "visitors": 2, "views": 2, "orders": 2, "carts": 2,
                      "placed": 2, "paid": 1, "delivered": 1 });
    assert_eq!(all["items"], json!([none, day]));
    let own = bench.signed("insight", &staff(&[store]));
    let mine: Value = own.get(&format!("{path}&limit=1")).await.ok();
    let next = mine["next"].as_str().unwrap();
    let mine: Value = own.get(&format!("{path}&limit=1&after={next}")).await.ok();
    let day = json!({ "day": "2026-06-15", "visitors": 1, "views": 1, "orders": 1, "carts": 1,
                      "placed": 1, "paid": 1, "delivered": 1 });
    assert_eq!((&mine["items"], mine.get("next")), (&json!([day]), None));
    own.get(&format!("{path}&store={other}")).await.refused(404, "not-found");
    let forged = wire::Cursor::write(&"-009999-01-01");
    let answer = runner.get(&format!("{path}&after={forged}")).await;
    assert_eq!(answer.refused(422, "invalid-input")["field"], "after");
}

fn made_of(filled: &CartFilled, of: &ProductChanged, placed_at: jiff::Timestamp) -> OrderFacts {
    OrderFacts { cart: Some(filled.cart), ..order(filled.store, of, 1, placed_at) }
}

async fn told(bench: &Bench, order: &OrderFacts, moves: &[Move]) {
    for (version, one) in (1..).zip(moves) {
        moved(bench, order, version, one.clone()).await;
    }
}

/// However orders come: without a look, without a cart, days after it, twice of one.
#[tokio::test]
async fn no_step_of_the_funnel_is_more_than_the_one_before() {
    let bench = super::bench().await;
    let (gin, store) = (product("Gin"), StoreId::new());
    bench.tell(&gin).await;
    let begun: Vec<_> = (0..4).map(|_| CartFilled { cart: CartId::new(), store }).collect();
    for cart in &begun {
        bench.tell(cart).await;
    }
    super::handled(&bench).await;
    let today = bench.now();
    let cancelled = Move::Cancelled { reason: "not-paid".into() };
    // Never seen in a cart, as of an older house: more orders than anything else.
    for _ in 0..6 {
        let unseen = order(store, &gin, 1, today);
        told(&bench, &unseen, &[Move::Placed, Move::Paid, Move::Delivered]).await;
    }
    // One cart is ordered twice, one the next day, one is delivered before it is heard that it was paid.
    told(&bench, &made_of(&begun[0], &gin, today), &[Move::Placed, cancelled]).await;
    told(&bench, &made_of(&begun[0], &gin, today), &[Move::Placed, Move::Paid]).await;
    bench.advance(24 * 3600);
    told(
        &bench,
        &made_of(&begun[1], &gin, bench.now()),
        &[Move::Placed, Move::Paid, Move::Delivered],
    )
    .await;
    told(&bench, &made_of(&begun[2], &gin, bench.now()), &[Move::Placed, Move::Delivered]).await;
    super::handled(&bench).await;
    let path = "/v1/insight/funnel?from=2026-06-15&to=2026-06-16";
    let days: Value = super::runner(&bench).get(path).await.ok();
    let steps = |day: usize| {
        ["orders", "carts", "placed", "paid", "delivered"]
            .map(|step| days["items"][day][step].as_i64())
    };
    assert_eq!(steps(0), [8, 4, 3, 2, 1].map(Some));
    assert_eq!(steps(1), [2, 0, 0, 0, 0].map(Some));
    assert_eq!(days["items"][0]["visitors"], 0);
}

#[tokio::test]
async fn popular_products_page_by_page() {
    let bench: Bench = super::bench().await;
    let store = StoreId::new();
    for (name, quantity) in [("A", 1), ("B", 5), ("C", 3)] {
        sold(&bench, store, &product(name), quantity).await;
    }
    let runner = super::runner(&bench);
    let path = "/v1/insight/popular";
    let all = super::items(&bench, &runner, path, 3).await;
    assert_eq!(super::names(&all), ["B", "C", "A"]);
    let first: Value = runner.get(&format!("{path}?limit=2")).await.ok();
    let next = first["next"].as_str().unwrap();
    let rest: Value = runner.get(&format!("{path}?limit=2&after={next}")).await.ok();
    assert_eq!(rest["items"].as_array().unwrap(), &all[2..]);
}

#[tokio::test]
async fn bad_ranges_name_the_field() {
    let bench = super::bench().await;
    let runner = super::runner(&bench);
    // A cursor that nobody gave out: a day before all calendars.
    let forged = wire::Cursor::write(&("-009999-01-01", "USD"));
    let forged_text = wire::Cursor::write(&("2026-01-01", "\0"));
    for (query, field) in [
        ("from=2026-02-02&to=2026-02-01".to_owned(), "from"),
        ("from=1000-01-01&to=2026-02-01".to_owned(), "from"),
        ("to=9999-12-31".to_owned(), "to"),
        ("time_zone=Mars/Base".to_owned(), "time_zone"),
        ("time_zone=%00".to_owned(), "time_zone"),
        ("limit=0".to_owned(), "limit"),
        ("after=x".to_owned(), "after"),
        (format!("after={forged}"), "after"),
        (format!("after={forged_text}"), "after"),
    ] {
        let answer = runner.get(&format!("/v1/insight/sales?{query}")).await;
        assert_eq!(answer.refused(422, "invalid-input")["field"], field, "{query}");
    }
}
