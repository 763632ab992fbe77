use kernel::OrderId;
use serde_json::{Value, json};

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
    assert_eq!(all.len(), 6);
    assert_eq!(all.iter().map(|entry| entry["amount"].as_i64().unwrap()).sum::<i64>(), 0);
    let balance: Value = shop.operator().get("/v1/payments/ledger/balance").await.ok();
    assert_eq!(balance["balanced"], true);
    let of = |account: &str| {
        let mut accounts = balance["accounts"].as_array().unwrap().iter();
        accounts.find(|row| row["account"] == account).unwrap()["balance"].clone()
    };
    assert_eq!(of("provider_receivable"), json!(2599));
    assert_eq!(of("order_clearing"), json!(-2599));
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
                        (transaction_id, payment_id, account, amount, currency)
                    select transaction_id, payment_id, account, 1, currency
                    from payments.ledger_entry limit 1";
    assert_eq!(constraint(lopsided).await, "ledger_balances");
    let other_currency = "insert into payments.ledger_entry
                              (transaction_id, payment_id, account, amount, currency)
                          select transaction_id, payment_id, account, amount,
                                 case when amount > 0 then 'JPY' else 'USD' end
                          from payments.ledger_entry";
    assert_eq!(constraint(other_currency).await, "ledger_balances");
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
