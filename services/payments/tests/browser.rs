//! The checkout page in a real browser: the journeys of `e2e/pay.spec.js`, against the stand-ins'
//! scripts.

use std::{collections::BTreeMap, path::Path, process::Stdio};

use kernel::{Clock, OrderId};
use payments_api::Start;
use serde_json::{Value, json};
use sqlx::Row;
use testkit::{Call, Goes, StandIn};
use tokio::{net::TcpListener, process::Command};

use crate::page::counter::Counter;

const E2E: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../e2e");
const RUNNER: &str = "../node_modules/@playwright/test/cli.js";

/// Whether `scripts/setup` has put everything in place; where changes are checked it must have.
fn is_there() -> bool {
    let runner = Path::new(E2E).join(RUNNER);
    let there = runner.exists() && Path::new("/usr/bin/chromium").exists();
    assert!(there || std::env::var_os("CI").is_none(), "run scripts/setup node chromium");
    there
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn customers_pay_at_each_provider_in_a_real_browser() {
    if !is_there() {
        eprintln!("skipped: there is no Chromium, or Playwright is not installed");
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut counter = Counter::at(&url, Clock::system(), true).await;
    counter.bench.process.listen(listener);
    let hook =
        |provider: &str, name: &str| Some(format!("{url}/v1/payments/webhooks/{provider}/{name}"));
    counter.stripe.send_to(hook("stripe", "main"));
    counter.razorpay.send_to(hook("razorpay", "main"));
    let (mut pages, mut orders) = (BTreeMap::new(), BTreeMap::new());
    for (name, way) in [
        ("stripe", "stripe:main"),
        ("paypal", "stripe:main"),
        ("card", "paypal:card"),
        ("razorpay", "razorpay:main"),
    ] {
        for journey in ["pays", "declined", "asked"] {
            let order = OrderId::new();
            let started = counter.start(way, order).await;
            pages.insert(format!("{name} {journey}"), started.pay_url);
            orders.insert(format!("{name} {journey}"), order);
        }
    }
    others(&counter, &url, &mut pages).await;
    let ran = Command::new("node")
        .args([RUNNER, "test", "pay.spec.js"])
        .current_dir(E2E)
        .env("JOURNEYS", serde_json::to_string(&pages).unwrap())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .status()
        .await
        .unwrap();
    assert!(ran.success(), "see the journeys above");
    let mut connection = counter.bench.connection().await;
    for (journey, order) in orders {
        let row = sqlx::query(
            "select provider, state from payments.payment
             where order_id = $1 and superseded_at is null",
        )
        .bind(order.uuid())
        .fetch_one(&mut connection)
        .await
        .unwrap();
        let state: String = row.get("state");
        assert_eq!(state, "authorised", "{journey}");
    }
}

/// Pages that say something else than how to pay.
async fn others(counter: &Counter, url: &str, pages: &mut BTreeMap<String, String>) {
    let way = json!({"way": "sandbox:sandbox", "label": "Test card", "place": 9, "active": true});
    let operator = counter.bench.signed("payments", &testkit::operator());
    operator.put("/v1/payments/ways", way).await.ok::<Value>();
    let path = |started: payments_api::Started| started.pay_url.replace(url, "");
    let mut say = |what: &str, path: &str| {
        pages.insert(format!("says {what}"), format!("{url}{path}"));
    };
    say("missing", "/pay/none/none");
    say("nothing typed", &path(counter.start("stripe:main", OrderId::new()).await));
    let keeps = Start { save_method: true, ..counter.start_of("stripe:main", OrderId::new()) };
    let house = counter.bench.house("payments");
    say("keeps", &path(house.post("/internal/payments/payments", &keeps).await.ok()));
    for (state, change) in [
        ("late", "update payments.payment set pay_by = now() - interval '1 minute' where id = $1"),
        ("gone", "update payments.payment set account = 'former' where id = $1"),
        (
            "authorising",
            "insert into payments.operation (id, payment_id, kind, amount, reason, source, due_at,
                                             created_at)
             select id, id, 'authorise', amount, 'the payer agreed', 'approval 1',
                    now() + interval '1 day', now() from payments.payment where id = $1",
        ),
    ] {
        let started = counter.start("stripe:main", OrderId::new()).await;
        let change = sqlx::query(change).bind(started.payment.uuid());
        change.execute(&mut counter.bench.connection().await).await.unwrap();
        say(state, &path(started));
    }
    let order = OrderId::new();
    let cancelled = path(counter.start("stripe:main", order).await);
    counter.cancel(order).await;
    let gone = || async { (counter.stage(&cancelled).await == "cancelled").then_some(()) };
    counter.bench.eventually("cancelled", gone).await;
    say("cancelled", &cancelled);
    let other = path(counter.start("stripe:main", OrderId::new()).await);
    say("redirect", &counter.choose(&other, "sandbox:sandbox").await);
    let other = path(counter.start("stripe:main", OrderId::new()).await);
    counter.razorpay.fault(Call::Create, Goes::WrongBefore, 1);
    say("unreachable", &counter.choose(&other, "razorpay:main").await);
    // It is asked again soon, and would answer then.
    let later =
        "update payments.payment set look_at = now() + interval '1 day' where state = 'starting'";
    sqlx::query(later).execute(&mut counter.bench.connection().await).await.unwrap();
}
