//! An account that has been taken out of the settings.

use kernel::OrderId;
use payments_api::{Start, Started};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use testkit::{Bench, Pays, StandIn};

use crate::page::counter::Counter;

/// The same shop, without its account at Stripe.
async fn without_stripe(mut counter: Counter) -> Counter {
    counter.bench =
        counter.bench.another(|settings| cut(&settings, "[payments.stripe.main]")).await;
    counter
}

/// The settings without one section.
fn cut(settings: &str, section: &str) -> String {
    let (before, rest) = settings.split_once(section).unwrap();
    let (_, after) = rest.split_once("\n[").unwrap();
    format!("{before}[{after}")
}

async fn count(bench: &Bench, query: &str) -> i64 {
    let query = AssertSqlSafe(query.to_owned());
    sqlx::query_scalar(query).fetch_one(&mut bench.connection().await).await.unwrap()
}

/// What a check of the settings tells of accounts that are not there any more.
async fn left(bench: &Bench) -> Vec<(String, bool)> {
    let secret = testkit::SECRET.as_bytes();
    let server = store::Server::new(&bench.database_url, secret, 1).unwrap();
    let config: payments::Config = bench.settings.section("payments").unwrap();
    let left = payments::left(&server, &config).await.unwrap();
    left.into_iter().map(|one| (one.told, one.is_needed)).collect()
}

const WAITS: &str = "select count(*) from payments.operation where state in ('pending', 'unknown')";

#[tokio::test]
async fn its_pages_say_so_and_offer_the_others_and_what_was_asked_of_it_waits() {
    let counter = Counter::open().await;
    let (open, paid) = (OrderId::new(), OrderId::new());
    let path = Counter::path(&counter.start("stripe:main", open).await);
    let started = counter.start("stripe:main", paid).await;
    let paid_path = Counter::path(&started);
    counter.stripe.pay(&started.provider_payment, Pays::Plainly).await;
    counter.back(&paid_path, &json!({})).await.ok::<Value>();
    // Of this one nothing was known yet when the account went.
    let other = counter.start("stripe:main", OrderId::new()).await;
    let other_path = Counter::path(&other);
    assert!(left(&counter.bench).await.is_empty());

    let counter = without_stripe(counter).await;
    let told = left(&counter.bench).await;
    let expected = "payments.stripe.main: 3 payments, 0 operations, 0 saved methods";
    assert_eq!(told, [(expected.to_owned(), true)], "who checks the settings is told");
    assert_eq!(counter.stage(&path).await, "gone");
    let page = counter.page(&path).await;
    assert!(page.contains("This way to pay is not offered any more"), "{page}");
    assert!(page.contains("value=\"razorpay:main\">UPI") && !page.contains("data-kind"), "{page}");
    let back: Value = counter.back(&path, &json!({})).await.ok();
    assert_eq!(back["stage"], "gone");
    let next = counter.choose(&path, "razorpay:main").await;
    assert_eq!(counter.stage(&next).await, "waiting");
    assert_eq!(counter.stage(&paid_path).await, "paid");
    let customer = counter.bench.signed("payments", &counter.customer);
    let chosen = format!("/v1/payments/payments/{}/way", other.payment);
    let chosen: Started = customer.post(&chosen, json!({"way": "razorpay:main"})).await.ok();
    assert_eq!(chosen.provider, "razorpay");
    assert_eq!(counter.stage(&other_path).await, "superseded");

    // An order ends: its wish waits, and no follower gives up on it.
    counter.cancel(paid).await;
    let wished =
        "select count(*) from payments.payment where wanted = 'cancel' and state = 'authorised'";
    let wish = || async { (count(&counter.bench, wished).await == 1).then_some(()) };
    counter.bench.eventually("it is written down", wish).await;
    counter.bench.advance(600);
    assert_eq!(
        count(&counter.bench, "select count(*) from feed.message where dead_at is not null").await,
        0
    );

    // The account is there again, and everything goes on.
    let stripe = counter.stripe.settings();
    let mut counter = counter;
    counter.bench = counter.bench.another(|settings| settings + "\n" + &stripe).await;
    let free = || async {
        let query = "select count(*) from payments.payment where provider = 'stripe' and state = 'cancelled'";
        (count(&counter.bench, query).await == 3 && count(&counter.bench, WAITS).await == 0)
            .then_some(())
    };
    counter.bench.later("all that waited is done", free).await;
}

#[tokio::test]
async fn what_was_kept_there_is_erased_here_and_listed_for_operators() {
    let counter = Counter::open().await;
    let start = Start { save_method: true, ..counter.start_of("stripe:main", OrderId::new()) };
    let house = counter.bench.house("payments");
    let started: Started = house.post("/internal/payments/payments", &start).await.ok();
    let path = Counter::path(&started);
    let page = counter.page(&path).await;
    assert!(page.contains("for the account that placed this order"), "{page}");
    counter.stripe.pay(&started.provider_payment, Pays::Plainly).await;
    counter.back(&path, &json!({})).await.ok::<Value>();
    let customer = |counter: &Counter| counter.bench.signed("payments", &counter.customer);
    let kept: Value = customer(&counter).get("/v1/payments/methods").await.ok();
    let kept = &kept["methods"][0];
    assert_eq!(kept["usable"], true);

    let counter = without_stripe(counter).await;
    let shown: Value = customer(&counter).get("/v1/payments/methods").await.ok();
    assert_eq!(shown["methods"][0]["usable"], false, "it can still be removed");
    let method = kept["method"].as_str().unwrap();
    let path = format!("/v1/payments/methods/{method}");
    assert_eq!(customer(&counter).delete(&path).await.status, 204);
    let erased = "select count(*) from payments.saved_method
                  where token is null and last_four is null and brand is null and likeness is null
                    and provider_customer is null and detached_at is not null";
    let gone = || async { (count(&counter.bench, erased).await == 1).then_some(()) };
    counter.bench.eventually("it is erased", gone).await;

    let support = counter.bench.signed("payments", &testkit::support());
    support
        .post(&format!("/v1/payments/left-methods/{method}/removed"), ())
        .await
        .refused(403, "forbidden");
    let operator = counter.bench.signed("payments", &testkit::operator());
    let left: Value = operator.get("/v1/payments/left-methods").await.ok();
    let left = &left["items"][0];
    assert_eq!((&left["method"], &left["way"]), (&kept["method"], &json!("stripe:main")));
    let key = count(
        &counter.bench,
        "select count(*) from payments.provider_customer c
                                     join payments.left_method l on l.customer_key = c.id",
    )
    .await;
    assert_eq!(
        (key, left["customer_key"].is_string()),
        (1, true),
        "by it the customer is found there"
    );
    let removed = format!("/v1/payments/left-methods/{method}/removed");
    let first: Value = operator.post(&removed, ()).await.ok();
    assert!(first["removed_at"].is_string() && first.get("customer_key").is_none(), "{first}");
    counter.bench.advance(60);
    assert_eq!(operator.post(&removed, ()).await.ok::<Value>(), first);
    let other = format!("/v1/payments/left-methods/{}/removed", OrderId::new());
    operator.post(&other, ()).await.refused(404, "not-found");
}

#[tokio::test]
async fn who_pays_by_a_link_reads_for_whom_it_is_kept_and_may_pay_without() {
    let counter = Counter::open().await;
    let start = Start { save_method: true, ..counter.start_of("stripe:main", OrderId::new()) };
    let house = counter.bench.house("payments");
    let started: Started = house.post("/internal/payments/payments", &start).await.ok();
    let path = Counter::path(&started);
    let page = counter.page(&path).await;
    assert!(page.contains("keeps it for the account that placed this order"), "{page}");
    assert!(page.contains("Pay without keeping it"), "{page}");
    let next = counter.choose(&path, "stripe:main").await;
    assert_ne!(next, path);
    let page = counter.page(&next).await;
    assert!(!page.contains("id=\"keeps\"") && page.contains("data-kind"), "{page}");
    let name: String = sqlx::query_scalar(
        "select provider_payment from payments.payment where superseded_at is null",
    )
    .fetch_one(&mut counter.bench.connection().await)
    .await
    .unwrap();
    counter.stripe.pay(&name, Pays::Plainly).await;
    assert_eq!(counter.back(&next, &json!({})).await.ok::<Value>()["stage"], "paid");
    assert_eq!(count(&counter.bench, "select count(*) from payments.saved_method").await, 0);
}
