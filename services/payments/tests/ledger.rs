use kernel::OrderId;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection};

use crate::shop::Shop;

#[tokio::test]
async fn the_ledger_shows_the_money_and_adds_up() {
    let shop = Shop::open().await;
    let started = shop.captured(OrderId::new()).await;
    let path = format!("/v1/payments/ledger/{}", started.payment);
    let first: Value = shop.operator().get(&format!("{path}?limit=4")).await.ok();
    let next = first["next"].as_str().unwrap();
    let rest: Value = shop.operator().get(&format!("{path}?after={next}")).await.ok();
    let all: Vec<Value> =
        [&first, &rest].iter().flat_map(|page| page["items"].as_array().unwrap().clone()).collect();
    // Set aside; set free, paid by the customer, who owed the sale.
    assert_eq!(all.len(), 8);
    assert_eq!(all.iter().map(|entry| entry["amount"].as_i64().unwrap()).sum::<i64>(), 0);
    let balance: Value = shop.operator().get("/v1/payments/ledger/balance").await.ok();
    assert_eq!(balance["balanced"], true);
    let of = |account: &str| {
        let mut accounts = balance["accounts"].as_array().unwrap().iter();
        accounts.find(|row| row["account"] == account).unwrap()["balance"].clone()
    };
    assert_eq!(of("provider_clearing"), json!(2599));
    assert_eq!(of("sales"), json!(-2599));
    assert_eq!(of("customer"), json!(0));
    assert_eq!(of("authorisations"), json!(0));
}

#[tokio::test]
async fn postgres_itself_refuses_what_does_not_add_up_and_any_change() {
    let shop = Shop::open().await;
    shop.paid(OrderId::new()).await;
    let constraint = |sql: &'static str| {
        let connection = shop.bench.connection();
        async move {
            let error = sqlx::query(sql).execute(&mut connection.await).await.unwrap_err();
            error.as_database_error().and_then(|e| e.constraint()).unwrap_or("?").to_owned()
        }
    };
    let lopsided = "insert into payments.ledger_entry
                        (transaction_id, payment_id, account, party, amount, currency, at)
                    select transaction_id, payment_id, account, party, 1, currency, at
                    from payments.ledger_entry limit 1";
    assert_eq!(constraint(lopsided).await, "ledger_balances");
    let other_currency = "insert into payments.ledger_entry
                              (transaction_id, payment_id, account, party, amount, currency, at)
                          select transaction_id, payment_id, account, party, amount,
                                 case when amount > 0 then 'JPY' else 'USD' end, at
                          from payments.ledger_entry";
    assert_eq!(constraint(other_currency).await, "ledger_balances");
    let of_nothing = "insert into payments.ledger_entry
                          (transaction_id, account, party, amount, currency, at)
                      select gen_random_uuid(), account, party, amount, currency, at
                      from payments.ledger_entry";
    assert_eq!(constraint(of_nothing).await, "ledger_balances");
    for change in [
        "update payments.ledger_entry set amount = amount + 1",
        "delete from payments.ledger_entry",
        "truncate payments.ledger_entry",
        "update payments.ledger_transaction set kind = 'voided'",
    ] {
        assert_eq!(constraint(change).await, "ledger_is_kept", "{change}");
    }
    let more = "update payments.payment set captured = 3000, state = 'captured'";
    assert_eq!(constraint(more).await, "payment_amounts");
}

#[tokio::test]
async fn the_services_own_role_has_no_right_to_change_the_books() {
    let shop = Shop::open().await;
    shop.captured(OrderId::new()).await;
    let mut own = shop.bench.connection().await;
    sqlx::query("set role tipple_payments").execute(&mut own).await.unwrap();
    for table in [
        "ledger_entry",
        "ledger_transaction",
        "closing",
        "closed_balance",
        "payout",
        "payout_line",
        "vendor_terms",
    ] {
        for change in ["update T set at = at", "delete from T", "truncate T"] {
            let column = if table == "payout_line" { "payout_id = payout_id" } else { "at = at" };
            let column = if table == "closed_balance" { "until = until" } else { column };
            let change =
                change.replace("at = at", column).replace('T', &format!("payments.{table}"));
            let error =
                sqlx::query(AssertSqlSafe(change.clone())).execute(&mut own).await.unwrap_err();
            let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
            assert_eq!(code.as_deref(), Some("42501"), "{change}: {error}");
        }
    }
    let entries: i64 = sqlx::query_scalar("select count(*) from payments.ledger_entry")
        .fetch_one(&mut own)
        .await
        .unwrap();
    assert_eq!(entries, 8);
}

const BEFORE: [&str; 3] = [
    include_str!("../migrations/V1__payments.sql"),
    include_str!("../migrations/V2__erasure.sql"),
    include_str!("../migrations/V3__providers.sql"),
];

/// A captured and half refunded payment as it was kept when the books had no parties.
const OLD: &str = "
    insert into payment (id, order_id, customer_id, amount, currency, description, provider, account,
                         provider_payment, client_secret, pay_url, state, authorised, captured,
                         refunded, pay_by, created_at, changed_at)
    values ('00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002',
            '00000000-0000-7000-8000-000000000003', 1000, 'USD', 'Order', 'stripe', 'us',
            'pi_1', 'secret', 'url', 'captured', 1000, 1000, 500, now(), now(), now());
    insert into ledger_transaction (id, payment_id, kind, source, at)
    select ('00000000-0000-7000-8000-00000000001' || n)::uuid,
           '00000000-0000-7000-8000-000000000001', kind, '', ('2026-01-0' || n || 'T00:00:00Z')::timestamptz
    from (values (1, 'authorised'), (2, 'captured'), (3, 'refunded')) as t (n, kind);
    insert into ledger_entry (transaction_id, payment_id, account, amount, currency)
    select ('00000000-0000-7000-8000-00000000001' || n)::uuid,
           '00000000-0000-7000-8000-000000000001', account, amount, 'USD'
    from (values (1, 'authorisations', 1000), (1, 'authorised_funds', -1000),
                 (2, 'authorised_funds', 1000), (2, 'authorisations', -1000),
                 (2, 'provider_receivable', 1000), (2, 'order_clearing', -1000),
                 (3, 'refunds', 500), (3, 'provider_receivable', -500)) as e (n, account, amount);";

#[tokio::test]
async fn books_from_before_are_carried_over() {
    let url = testkit::fresh_database().await;
    let mut db = sqlx::PgConnection::connect(&url).await.unwrap();
    // What every service's schema has, as far as the migrations name it.
    let stage = "create schema payments; set search_path to payments;
                 create table outbox (subject text);";
    let after = include_str!("../migrations/V4__books.sql");
    for sql in [stage].iter().chain(&BEFORE).chain(&[OLD, after]) {
        sqlx::raw_sql(AssertSqlSafe(*sql)).execute(&mut db).await.unwrap();
    }
    let rows: Vec<(String, String, i64, bool)> = sqlx::query_as(
        "select e.account, e.party, sum(e.amount)::bigint, bool_and(e.at = t.at)
         from ledger_entry e join ledger_transaction t on t.id = e.transaction_id
         group by 1, 2 order by 1",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    let row = |account: &str, party: &str, sum| (account.to_owned(), party.to_owned(), sum, true);
    let expected = [
        row("authorisations", "", 0),
        row("authorised_funds", "", 0),
        row("provider_clearing", "stripe:us", 500),
        row("refunds", "", 500),
        row("sales", "", -1000),
    ];
    assert_eq!(rows, expected);
    let change = sqlx::query("delete from ledger_entry").execute(&mut db).await.unwrap_err();
    let constraint = change.as_database_error().and_then(|error| error.constraint());
    assert_eq!(constraint, Some("ledger_is_kept"), "also for whoever has all rights");
}
