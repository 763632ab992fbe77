//! What providers' files say was paid out stands in the books once, in whatever files and in
//! whatever order it is told.

use kernel::{OrderId, PersonId};
use serde_json::Value;

use crate::shop::Shop;

const HEADING: &str = "automatic_payout_id,balance_transaction_id,created_utc,currency,gross,fee,net,\
                       reporting_category,source_id,charge_id,payment_intent_id\n";

/// A shop that has an account at each provider.
async fn shop() -> Shop {
    let shop = Shop::open().await;
    for (provider, name) in [("stripe", "pi_1"), ("razorpay", "order_1")] {
        sqlx::query(
            "insert into payments.payment (id, order_id, customer_id, amount, currency, description,
                 provider, account, provider_payment, client_secret, pay_url, state, wanted, pay_by,
                 created_at, changed_at)
             values ($1, $2, $3, 2599, 'USD', '', $4, 'main', $5, '', '', 'open', 'nothing', $6, $6,
                     $6)",
        )
        .bind(kernel::PaymentId::new().uuid())
        .bind(OrderId::new().uuid())
        .bind(PersonId::new().uuid())
        .bind(provider)
        .bind(name)
        .bind(jiff_sqlx::ToSqlx::to_sqlx(shop.bench.now()))
        .execute(&mut shop.bench.connection().await)
        .await
        .unwrap();
    }
    shop
}

/// A charge of 10.00 less 0.50 in this payout.
fn charge(id: &str, payout: &str, currency: &str) -> String {
    let at = "2026-06-15 17:00:00";
    format!("{payout},{id},{at},{currency},10.00,0.50,9.50,charge,ch_{id},ch_{id},pi_{id}\n")
}

/// What the bank was sent, or sent back.
fn sent(id: &str, payout: &str, currency: &str, amount: &str) -> String {
    let word = if amount.starts_with('-') { "payout" } else { "payout_reversal" };
    let zero = if currency == "jpy" { "0" } else { "0.00" };
    format!(",{id},2026-06-17 17:00:00,{currency},{amount},{zero},{amount},{word},{payout},,\n")
}

async fn load(shop: &Shop, provider: &str, file: String) {
    let path = format!("/v1/payments/settlements/{provider}/main");
    let body = axum::body::Body::from(file);
    let loader = shop.operator().with("content-type", "text/csv");
    loader.send(http::Method::POST, &path, body).await.ok::<Value>();
}

async fn stripe(shop: &Shop, lines: &[String]) {
    load(shop, "stripe", format!("{HEADING}{}", lines.concat())).await;
}

/// What an account of the books holds, by currency.
async fn holds(shop: &Shop, account: &str) -> Vec<(String, i64)> {
    sqlx::query_as(
        "select currency::text, sum(amount)::bigint from payments.ledger_entry where account = $1
         group by 1 having sum(amount) <> 0 order by 1",
    )
    .bind(account)
    .fetch_all(&mut shop.bench.connection().await)
    .await
    .unwrap()
}

fn usd(amount: i64) -> Vec<(String, i64)> {
    if amount == 0 { Vec::new() } else { vec![("USD".to_owned(), amount)] }
}

#[tokio::test]
async fn a_payout_that_two_files_tell_in_two_ways_is_booked_once() {
    let charges = || [charge("a", "po_1", "usd"), charge("b", "po_1", "usd")];
    let own = || sent("txn_p", "po_1", "usd", "-19.00");
    let [one, two] = charges();
    let lines = charges().concat();
    for files in [
        // The lines alone, then with the payout; the other way about; each for itself.
        [lines.clone(), format!("{lines}{}", own())],
        [own(), format!("{lines}{}", own())],
        [own(), lines.clone()],
        [lines.clone(), own()],
        // A part of the lines in each file.
        [one.clone(), format!("{one}{two}")],
        [format!("{one}{}", own()), two],
    ] {
        let shop = shop().await;
        for file in &files {
            stripe(&shop, std::slice::from_ref(file)).await;
        }
        assert_eq!(holds(&shop, "bank").await, usd(1900), "{files:?}");
        assert_eq!(holds(&shop, "provider_clearing").await, usd(-1900), "{files:?}");
    }
}

#[tokio::test]
async fn a_payout_in_one_currency_says_nothing_of_others() {
    let shop = shop().await;
    let lines = [
        charge("a", "po_1", "usd"),
        sent("txn_p", "po_0", "jpy", "-500"),
        charge("b", "po_1", "eur"),
        sent("txn_q", "po_1", "eur", "-9.50"),
    ];
    stripe(&shop, &lines).await;
    let banked = |currency: &str, amount| (currency.to_owned(), amount);
    let expected = [banked("EUR", 950), banked("JPY", 500), banked("USD", 950)];
    assert_eq!(holds(&shop, "bank").await, expected);
}

#[tokio::test]
async fn a_line_whose_payout_is_told_later_is_paid_out_then() {
    let shop = shop().await;
    stripe(&shop, &[charge("a", "", "usd")]).await;
    assert_eq!(holds(&shop, "bank").await, usd(0));
    // The report of payouts has the same line, and is the first that names its payout.
    stripe(&shop, &[charge("a", "po_1", "usd")]).await;
    assert_eq!(holds(&shop, "bank").await, usd(950));
    stripe(&shop, &[charge("a", "po_1", "usd"), charge("b", "po_1", "usd")]).await;
    assert_eq!(holds(&shop, "bank").await, usd(1900));
    // It was told once, and stays so.
    stripe(&shop, &[charge("a", "po_2", "usd")]).await;
    assert_eq!(holds(&shop, "bank").await, usd(1900));
}

#[tokio::test]
async fn a_payout_that_came_back_is_no_longer_at_the_bank() {
    let failed = || sent("txn_r", "po_1", "usd", "9.50");
    let own = || sent("txn_p", "po_1", "usd", "-9.50");
    let line = || charge("a", "po_1", "usd");
    for files in [[line(), own(), failed()], [own(), failed(), line()], [failed(), line(), own()]] {
        let shop = shop().await;
        for file in files {
            stripe(&shop, &[file]).await;
        }
        assert_eq!(holds(&shop, "bank").await, usd(0));
    }
}

#[tokio::test]
async fn rounding_is_what_it_is_when_all_is_told() {
    // The payout is a cent short of its lines, and these are in two files.
    let [one, two] = [charge("a", "po_1", "usd"), charge("b", "po_1", "usd")];
    let own = sent("txn_p", "po_1", "usd", "-18.99");
    for files in [[format!("{one}{own}"), two.clone()], [format!("{one}{two}"), own.clone()]] {
        let shop = shop().await;
        for file in files {
            stripe(&shop, &[file]).await;
        }
        assert_eq!(holds(&shop, "bank").await, usd(1899));
        assert_eq!(holds(&shop, "rounding").await, usd(1));
        assert_eq!(holds(&shop, "provider_clearing").await, usd(-1900));
    }
}

#[tokio::test]
async fn a_settlement_that_two_files_tell_in_part_is_booked_whole() {
    const COLUMNS: &str = "entity_id,type,debit,credit,amount,currency,fee,tax,settled,created_at,\
                           settlement_id,payment_id,order_id,dispute_id\n";
    let shop = shop().await;
    let line = |id: &str| {
        format!("pay_{id},payment,0,9764,10000,INR,236,36,true,1781542800,setl_1,,order_{id},\n")
    };
    for lines in [vec![line("a")], vec![line("b")], vec![line("a"), line("b"), line("c")]] {
        load(&shop, "razorpay", format!("{COLUMNS}{}", lines.concat())).await;
    }
    assert_eq!(holds(&shop, "bank").await, [("INR".to_owned(), 3 * 9764)]);
}
