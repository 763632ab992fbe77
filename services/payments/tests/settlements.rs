use kernel::{OrderId, PaymentId, PersonId};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use testkit::Caller;

use crate::shop::Shop;

const HEADING: &str = "automatic_payout_id,balance_transaction_id,created_utc,currency,gross,fee,net,\
                       reporting_category,source_id,charge_id,payment_intent_id\n";
const PATH: &str = "/v1/payments/settlements/stripe/main";

/// A payment of 25.99 that Stripe calls `pi_<name>`, with a refund of 5.00.
async fn payment(shop: &Shop, name: &str) -> PaymentId {
    let id = PaymentId::new();
    let connection = &mut shop.bench.connection().await;
    sqlx::query(
        "insert into payments.payment (id, order_id, customer_id, amount, currency, description,
             provider, account, provider_payment, client_secret, pay_url, state, authorised, captured,
             refunded, fee, wanted, pay_by, created_at, changed_at)
         values ($1, $2, $3, 2599, 'USD', '', 'stripe', 'main', 'pi_' || $4, '', '', 'captured', 2599,
                 2599, 500, 105, 'capture', $5, $5, $5)",
    )
    .bind(id.uuid())
    .bind(OrderId::new().uuid())
    .bind(PersonId::new().uuid())
    .bind(name)
    .bind(jiff_sqlx::ToSqlx::to_sqlx(shop.bench.now()))
    .execute(&mut *connection)
    .await
    .unwrap();
    for (object, sql) in [
        ("pi", "insert into payments.provider_object values ('stripe', 'main', $2, $1)"),
        ("ch", "insert into payments.provider_object values ('stripe', 'main', $2, $1)"),
        (
            "re",
            "insert into payments.refund (payment_id, provider_refund, amount, at)
                select id, $2, 500, created_at from payments.payment where id = $1",
        ),
    ] {
        sqlx::query(AssertSqlSafe(sql))
            .bind(id.uuid())
            .bind(format!("{object}_{name}"))
            .execute(&mut *connection)
            .await
            .unwrap();
    }
    id
}

fn charge(name: &str) -> String {
    format!(
        "po_1,txn_{name}_1,2026-06-15 17:00:00,usd,25.99,1.05,24.94,charge,ch_{name},ch_{name},pi_{name}\n"
    )
}

fn refund(name: &str) -> String {
    format!(
        "po_1,txn_{name}_2,2026-06-15 17:00:01,usd,-5.00,0.00,-5.00,refund,re_{name},ch_{name},pi_{name}\n"
    )
}

fn file(lines: &[String]) -> String {
    format!("{HEADING}{}", lines.concat())
}

fn loader(shop: &Shop) -> Caller {
    shop.operator().with("content-type", "text/csv")
}

async fn load(shop: &Shop, file: &str) -> Value {
    let body = axum::body::Body::from(file.to_owned());
    loader(shop).send(http::Method::POST, PATH, body).await.ok()
}

async fn differences(shop: &Shop, settlement: &Value) -> Vec<Value> {
    let id = settlement["settlement"].as_str().unwrap();
    let path = format!("/v1/payments/settlements/{id}/differences?limit=100");
    let page: Value = shop.operator().get(&path).await.ok();
    page["items"].as_array().unwrap().clone()
}

fn whats(differences: &[Value]) -> Vec<&str> {
    differences.iter().map(|one| one["what"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_file_that_tells_what_is_kept_here_has_no_difference_and_counts_once() {
    let shop = Shop::open().await;
    payment(&shop, "a").await;
    payment(&shop, "b").await;
    let all = file(&[charge("a"), refund("a"), charge("b"), refund("b")]);
    let first = load(&shop, &all).await;
    assert_eq!((&first["lines"], &first["new_lines"]), (&json!(4), &json!(4)));
    assert_eq!(differences(&shop, &first).await, Vec::<Value>::new());
    assert_eq!(load(&shop, &all).await, first);
    let more = file(&[charge("b"), refund("b"), charge("c")]);
    let second = load(&shop, &more).await;
    assert_eq!((&second["lines"], &second["new_lines"]), (&json!(3), &json!(1)));
    assert_eq!(whats(&differences(&shop, &second).await), ["missing_here"]);
    let list: Value = shop.operator().get("/v1/payments/settlements?limit=1").await.ok();
    assert_eq!(list["items"][0], second);
    let next = list["next"].as_str().unwrap();
    let rest: Value =
        shop.operator().get(&format!("/v1/payments/settlements?after={next}")).await.ok();
    assert_eq!(rest["items"], json!([first]));
}

#[tokio::test]
async fn each_thing_that_is_wrong_is_its_own_difference() {
    let shop = Shop::open().await;
    let paid = payment(&shop, "a").await;
    let right = [charge("a"), refund("a")];
    let edited = |from: &str, to: &str| file(&right).replace(from, to);
    for (wrong, expected) in [
        (edited("25.99,1.05,24.94", "26.99,1.05,25.94"), vec!["amount"]),
        (edited("25.99,1.05,24.94", "25.99,1.06,24.93"), vec!["fee"]),
        (edited("usd,25.99", "eur,25.99"), vec!["currency"]),
        (edited(",refund,", ",climate_purchase,"), vec!["unknown_kind", "missing_there"]),
        (edited("re_a", "re_x"), vec!["missing_there", "missing_here"]),
        (file(&right[..1]), vec!["missing_there"]),
    ] {
        let shop = Shop::open().await;
        payment(&shop, "a").await;
        let body = axum::body::Body::from(wrong);
        let path = format!("{PATH}?from=2026-06-15T00:00:00Z&to=2026-06-15T23:59:59Z");
        let loaded: Value = loader(&shop).send(http::Method::POST, &path, body).await.ok();
        let found = differences(&shop, &loaded).await;
        assert_eq!(whats(&found), expected);
        assert_eq!(loaded["open_differences"], expected.len());
    }
    let half = load(&shop, &edited("25.99,1.05,24.94", "26.99,1.05,25.94")).await;
    let found = differences(&shop, &half).await;
    assert_eq!(found[0]["payment"], json!(paid));
    assert_eq!(found[0]["ours"], json!({"amount": 2599, "currency": "USD"}));
    assert_eq!(found[0]["theirs"], json!({"amount": 2699, "currency": "USD"}));
    // The other way about: the provider corrects itself later.
    let back = charge("a")
        .replace("txn_a_1", "txn_a_3")
        .replace("25.99,1.05,24.94,charge", "-1.00,0.00,-1.00,partial_capture_reversal");
    let mended = load(&shop, &file(&[back])).await;
    assert_eq!(differences(&shop, &mended).await, Vec::<Value>::new());
    assert_ne!(differences(&shop, &half).await[0]["resolved_at"], Value::Null);
}

#[tokio::test]
async fn what_was_missing_is_found_when_it_becomes_known_and_no_line_is_told_anew() {
    let shop = Shop::open().await;
    payment(&shop, "a").await;
    let early = load(&shop, &file(&[charge("a"), refund("a"), charge("b"), refund("b")])).await;
    assert_eq!(whats(&differences(&shop, &early).await), ["missing_here", "missing_here"]);
    payment(&shop, "b").await;
    let later = load(&shop, &file(&[charge("a")])).await;
    assert_eq!(differences(&shop, &later).await, Vec::<Value>::new());
    let resolved = differences(&shop, &early).await;
    assert!(resolved.iter().all(|one| one["resolved_at"] != Value::Null), "{resolved:?}");
    let otherwise = charge("a").replace("25.99,1.05,24.94", "20.99,1.05,19.94");
    let contradicts = load(&shop, &file(&[otherwise])).await;
    let found = differences(&shop, &contradicts).await;
    assert_eq!(whats(&found), ["amount"]);
    assert_eq!(found[0]["subject"], "line txn_a_1 charge");
}

#[tokio::test]
async fn a_difference_is_explained_until_its_amounts_change() {
    let shop = Shop::open().await;
    payment(&shop, "a").await;
    let wrong = charge("a").replace("25.99,1.05,24.94", "26.99,1.05,25.94");
    let loaded = load(&shop, &file(&[wrong, refund("a")])).await;
    let found = differences(&shop, &loaded).await;
    let path = format!(
        "/v1/payments/settlements/{}/differences/{}/explanation",
        loaded["settlement"].as_str().unwrap(),
        found[0]["difference"].as_str().unwrap()
    );
    let note = json!({"note": "a mistake of theirs, case 17"});
    let explained: Value = shop.operator().put(&path, &note).await.ok();
    assert_eq!(explained["note"], note["note"]);
    let auditor = shop.bench.signed("payments", &testkit::auditor());
    auditor.put(&path, &note).await.refused(403, "forbidden");
    shop.operator().put(&path, json!({"note": ""})).await.refused(422, "invalid-input");
    let nowhere =
        path.replace(found[0]["difference"].as_str().unwrap(), &OrderId::new().to_string());
    shop.operator().put(&nowhere, &note).await.refused(404, "not-found");
    let again = |cents: &str, txn: &str| {
        let line = charge("a").replace("txn_a_1", txn);
        file(&[line.replace("25.99,1.05,24.94", &format!("{cents},0.00,{cents}"))])
    };
    load(&shop, &again("0.00", "txn_a_3")).await;
    assert_eq!(differences(&shop, &loaded).await[0]["note"], note["note"]);
    load(&shop, &again("0.50", "txn_a_4")).await;
    let open = &differences(&shop, &loaded).await[0];
    assert_eq!((&open["note"], &open["theirs"]["amount"]), (&Value::Null, &json!(2749)));
}

#[tokio::test]
async fn payouts_costs_and_fees_that_nobody_told_are_booked_once() {
    let shop = Shop::open().await;
    let paid = payment(&shop, "a").await;
    let forget = "update payments.payment set fee = 0";
    sqlx::query(forget).execute(&mut shop.bench.connection().await).await.unwrap();
    let cost = ",txn_x,2026-06-15 17:00:02,usd,-2.00,0.00,-2.00,fee,,,\n".to_owned();
    let lines = [charge("a"), refund("a"), cost];
    let loaded = load(&shop, &file(&lines)).await;
    assert_eq!(differences(&shop, &loaded).await, Vec::<Value>::new());
    // Once more with another line: what was booked stays as it is.
    load(&shop, &file(&[lines.concat(), charge("b")])).await;
    let query = "select account, party, payment_id, sum(amount)::bigint from payments.ledger_entry
                 group by 1, 2, 3 order by 1, 2, 3";
    let rows: Vec<(String, String, Option<uuid::Uuid>, i64)> =
        sqlx::query_as(query).fetch_all(&mut shop.bench.connection().await).await.unwrap();
    let (net, of) = (2_494, "stripe:main".to_owned());
    let row = |account: &str, party: &str, payment: Option<PaymentId>, amount| {
        (account.to_owned(), party.to_owned(), payment.map(PaymentId::uuid), amount)
    };
    let expected = [
        row("bank", "", None, net - 500 + net),
        row("provider_clearing", &of, Some(paid), -105),
        row("provider_clearing", &of, None, -(net - 500 + net) - 200),
        row("provider_fees", &of, Some(paid), 105),
        row("provider_fees", &of, None, 200),
    ];
    assert_eq!(rows, expected);
    assert_eq!(shop.count("select fee from payments.payment").await, 105);
}

#[tokio::test]
async fn many_who_load_at_once_keep_each_line_once() {
    let shop = Shop::open().await;
    let names: Vec<String> = (0..12).map(|number| format!("n{number}")).collect();
    for name in &names {
        payment(&shop, name).await;
    }
    let of = |names: &[String]| {
        file(&names.iter().flat_map(|name| [charge(name), refund(name)]).collect::<Vec<_>>())
    };
    let files = [of(&names[..8]), of(&names[4..]), of(&names[..8]), of(&names), of(&names[2..9])];
    let loads = files.iter().map(|file| load(&shop, file));
    let loaded = futures::future::join_all(loads).await;
    assert_eq!(loaded[0]["settlement"], loaded[2]["settlement"]);
    assert_eq!(shop.count("select count(*) from payments.settlement_line").await, 24);
    assert_eq!(shop.count("select count(*) from payments.settlement_file").await, 4);
    assert_eq!(shop.count("select sum(new_lines) from payments.settlement_file").await, 24);
    // Who was first missed what the others had; in the end all agrees.
    let open = "select count(*) from payments.settlement_difference where resolved_at is null";
    assert_eq!(shop.count(open).await, 0);
    let changed =
        sqlx::query("update payments.settlement_line set gross = gross + 1, net = net + 1")
            .execute(&mut shop.bench.connection().await)
            .await
            .unwrap_err();
    let constraint = changed.as_database_error().and_then(|error| error.constraint());
    assert_eq!(constraint, Some("ledger_is_kept"));
}

#[tokio::test]
async fn the_largest_file_of_somebody_else_is_compared_and_one_line_more_is_refused() {
    let shop = Shop::open().await;
    payment(&shop, "a").await;
    let mut lines: Vec<String> = (0..49_999).map(|number| charge(&format!("x{number}"))).collect();
    lines.push(charge("a"));
    let began = std::time::Instant::now();
    let loaded = load(&shop, &file(&lines)).await;
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
    assert_eq!(loaded["new_lines"], 50_000);
    assert_eq!(loaded["open_differences"], 49_999 + 1, "the refund is missing");
    lines.push(charge("y"));
    let body = axum::body::Body::from(file(&lines));
    let refused = loader(&shop).send(http::Method::POST, PATH, body).await;
    refused.refused(422, "invalid-input");
    assert_eq!(shop.count("select count(*) from payments.settlement_file").await, 1);
}

#[tokio::test]
async fn what_is_no_file_of_ours_is_refused() {
    let shop = Shop::open().await;
    payment(&shop, "a").await;
    let post = |caller: Caller, path: &'static str, body: String| async move {
        caller.send(http::Method::POST, path, axum::body::Body::from(body)).await
    };
    let good = file(&[charge("a")]);
    let customer = shop.customer().with("content-type", "text/csv");
    post(customer, PATH, good.clone()).await.refused(403, "forbidden");
    let auditor = shop.bench.signed("payments", &testkit::auditor());
    post(auditor.with("content-type", "text/csv"), PATH, good.clone())
        .await
        .refused(403, "forbidden");
    post(shop.operator(), PATH, good.clone()).await.refused(415, "unsupported-media-type");
    for path in
        ["/v1/payments/settlements/stripe/other", "/v1/payments/settlements/sandbox/sandbox"]
    {
        post(loader(&shop), path, good.clone()).await.refused(404, "not-found");
    }
    let torn = good.replace("1.05,24.94", "1.05");
    let problem = post(loader(&shop), PATH, torn).await.refused(422, "invalid-input");
    assert_eq!(problem["errors"][0]["field"], "file");
    let message = problem["errors"][0]["message"].as_str().unwrap();
    assert!(message.starts_with("row 2, column net: "), "{message}");
    let unnamed = good.replace("reporting_category", "category");
    let problem = post(loader(&shop), PATH, unnamed).await.refused(422, "invalid-input");
    assert_eq!(
        problem["errors"][0]["message"],
        "row 1, column reporting_category: the column is missing"
    );
    let huge = format!("{good}{}", " ".repeat(20 * 1024 * 1024));
    post(loader(&shop), PATH, huge).await.refused(413, "body-too-large");
    post(loader(&shop), PATH, HEADING.to_owned()).await.refused(422, "invalid-input");
    for query in ["?from=-009000-01-01T00:00:00Z", "?from=2026-06-17T00:00:00Z", "?until=1"] {
        let path = format!("{PATH}{query}");
        let body = axum::body::Body::from(good.clone());
        let answer = loader(&shop).send(http::Method::POST, &path, body).await;
        assert_eq!(answer.status, 422, "{query}: {:#}", answer.body);
    }
    assert_eq!(shop.count("select count(*) from payments.settlement_file").await, 0);
    let missing = format!("/v1/payments/settlements/{}", OrderId::new());
    shop.operator().get(&missing).await.refused(404, "not-found");
    shop.operator().get(&format!("{missing}/differences")).await.refused(404, "not-found");
}
