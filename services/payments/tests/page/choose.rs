use kernel::OrderId;
use orders_api::{Move, OrderFacts, OrderMoved, Picked, State};
use payments_api::{Part, PartKind, Sale, Started};
use serde_json::{Value, json};
use testkit::{Call, Goes, Pays, StandIn};

use super::counter::Counter;
use crate::shop::{facts, usd};

#[tokio::test]
async fn another_way_takes_the_place_and_the_old_page_leads_there() {
    let counter = Counter::open().await;
    let started = counter.start("stripe:main", OrderId::new()).await;
    let path = Counter::path(&started);
    let page = counter.page(&path).await;
    assert!(
        page.contains("value=\"razorpay:main\">UPI") && !page.contains("value=\"stripe:main\"")
    );
    let next = counter.choose(&path, "razorpay:main").await;
    assert_ne!(next, path);
    assert!(counter.page(&next).await.contains("data-kind=\"razorpay_checkout\""));
    assert_eq!(counter.choose(&path, "razorpay:main").await, next, "the same again is the same");
    let old = counter.browser().get(&path).await;
    assert_eq!((old.status.as_u16(), old.headers["location"].to_str().unwrap()), (303, &*next));
    assert_eq!(counter.stage(&path).await, "superseded");
    assert_eq!(counter.razorpay.names().len(), 1);
    let name = &counter.razorpay.names()[0];
    let brought = counter.razorpay.pay(name, Pays::Plainly).await;
    let after: Value = counter.back(&next, &brought).await.ok();
    assert_eq!(after["stage"], "paid");
    // Once it is paid nothing else can be chosen.
    assert_eq!(counter.choose(&next, "stripe:main").await, next);
    assert!(counter.page(&next).await.contains("Paid"));
}

#[tokio::test]
async fn a_provider_that_does_not_start_it_is_tried_again_or_left() {
    let counter = Counter::open().await;
    let path = Counter::path(&counter.start("stripe:main", OrderId::new()).await);
    counter.razorpay.fault(Call::Create, Goes::WrongBefore, 1);
    let next = counter.choose(&path, "razorpay:main").await;
    let page = counter.page(&next).await;
    assert!(page.contains("Nothing was taken") && page.contains("Try again"), "{page}");
    assert_eq!(counter.stage(&next).await, "unreachable");
    assert_eq!(counter.choose(&next, "razorpay:main").await, next);
    assert_eq!(counter.stage(&next).await, "waiting");
}

/// Each of them is something at a provider.
#[tokio::test]
async fn an_order_has_so_many_payments_and_no_more() {
    let counter = Counter::open().await;
    let started = counter.start("stripe:main", OrderId::new()).await;
    let mut path = Counter::path(&started);
    let ways = ["razorpay:main", "stripe:main"];
    for turn in 0..19 {
        path = counter.choose(&path, ways[turn % 2]).await;
    }
    for way in [ways[1], "paypal:main"] {
        let refused = counter.form(&path, &format!("way={way}")).await;
        assert_eq!(refused.status, 409);
        let page = refused.body.as_str().unwrap();
        assert!(page.contains("You have changed the way to pay 20 times."), "{page}");
    }
    let customer = counter.bench.signed("payments", &counter.customer);
    let choose = format!("/v1/payments/payments/{}/way", started.payment);
    let refused = customer.post(&choose, json!({"way": "stripe:main"})).await;
    assert_eq!(refused.refused(409, "too-many-payments")["most"], 20);
    let there = (counter.stripe.names().len(), counter.razorpay.names().len());
    assert_eq!((there, counter.paypal.names().len()), ((10, 10), 0));
    // What was chosen last can be paid.
    let brought = counter.razorpay.pay(&last(&counter).await, Pays::Plainly).await;
    let after: Value = counter.back(&path, &brought).await.ok();
    assert_eq!(after["stage"], "paid");
}

/// The provider's name of the payment that counts.
async fn last(counter: &Counter) -> String {
    let query = "select provider_payment from payments.payment where superseded_at is null";
    let mut connection = counter.bench.connection().await;
    sqlx::query_scalar(query).fetch_one(&mut connection).await.unwrap()
}

/// One is superseded while its provider makes it: nobody is told of it, and it is ended there.
#[tokio::test]
async fn those_who_choose_at_once_get_one_payment_or_a_clear_no() {
    let counter = Counter::open().await;
    let started = counter.start("razorpay:main", OrderId::new()).await;
    let path = format!("/v1/payments/payments/{}/way", started.payment);
    let choose = |way: &'static str| {
        let customer = counter.bench.signed("payments", &counter.customer);
        let path = path.clone();
        async move { customer.post(&path, json!({"way": way})).await }
    };
    counter.stripe.fault(Call::Create, Goes::Slowly(400), 1);
    let slow = choose("stripe:main");
    let other = async {
        let asked = || async { (counter.stripe.asked(Call::Create) == 1).then_some(()) };
        counter.bench.eventually("it is being made", asked).await;
        choose("paypal:main").await
    };
    let (slow, other) = tokio::join!(slow, other);
    slow.refused(409, "not-waiting");
    let chosen: Started = other.ok();
    assert_eq!(chosen.provider_payment, last(&counter).await);
    let ended = "select count(*) from payments.payment
                 where provider = 'stripe' and provider_payment is not null and state = 'cancelled'";
    let ended = || async {
        let mut connection = counter.bench.connection().await;
        let count: i64 = sqlx::query_scalar(ended).fetch_one(&mut connection).await.unwrap();
        (count == 1).then_some(())
    };
    counter.bench.later("what nobody will pay is ended", ended).await;
    let ways = ["stripe:main", "razorpay:main", "paypal:card"];
    let many = (0..9).map(|turn| choose(ways[turn % 3]));
    for answer in futures::future::join_all(many).await {
        assert!(matches!(answer.status.as_u16(), 200 | 409), "{}", answer.body);
    }
    let current = "select count(*) from payments.payment where superseded_at is null";
    let mut connection = counter.bench.connection().await;
    let current: i64 = sqlx::query_scalar(current).fetch_one(&mut connection).await.unwrap();
    assert_eq!(current, 1);
}

#[tokio::test]
async fn the_form_takes_one_way_that_is_offered_and_no_card() {
    let counter = Counter::open().await;
    let path = Counter::path(&counter.start("stripe:main", OrderId::new()).await);
    for card in ["way=4242424242424242", "way=stripe:main&number=4242+4242+4242+4242"] {
        let problem = counter.form(&path, card).await.refused(422, "card-number-refused");
        assert!(!problem.to_string().contains("4242"), "{problem}");
    }
    for bad in ["", "way=", "x=y", "way=a&way=b", "way=stripe:main&more=1"] {
        counter.form(&path, bad).await.refused(422, "invalid-input");
    }
    for other in ["nobody:main", "sandbox:sandbox", "stripe:main%00"] {
        let answer = counter.form(&path, &format!("way={other}")).await;
        assert_eq!(answer.status, 422);
        let page = answer.body.as_str().unwrap();
        assert!(page.contains("not offered for this order"), "{page}");
    }
    assert_eq!(counter.stage(&path).await, "waiting");
}

/// Money that came late by the way that was left is booked as what was agreed to, and goes back of
/// that, whatever was packed meanwhile.
#[tokio::test]
async fn what_the_way_that_was_left_takes_goes_back_of_what_was_agreed_to() {
    let counter = Counter::open().await;
    counter.razorpay.hold_refunds(true);
    let (order, start) = (OrderId::new(), "razorpay:main");
    let started = counter.start(start, order).await;
    let path = Counter::path(&started);
    let next = counter.choose(&path, "stripe:main").await;
    // Both are paid, and what the first has taken is on its way back.
    let brought = counter.razorpay.pay(&started.provider_payment, Pays::Plainly).await;
    counter.back(&path, &brought).await;
    let taken =
        "select count(*) from payments.payment where superseded_at is not null and captured > 0";
    later(&counter, taken).await;
    counter.stripe.pay(&last(&counter).await, Pays::Plainly).await;
    counter.back(&next, &json!({})).await.ok::<Value>();
    // What is packed costs less, and nothing of it is what it was.
    let agreed = counter.start_of(start, order);
    let tip = Part {
        kind: PartKind::Tip,
        label: "Tip".into(),
        amount: usd(900),
        ..agreed.sale.as_ref().unwrap().charges[0].clone()
    };
    let sale = Sale { charges: vec![tip], ..agreed.sale.unwrap() };
    let picked = Picked { agreed: agreed.amount, changes: Vec::new(), sale };
    let told = facts(&counter.customer, order, counter.bench.now());
    counter
        .bench
        .tell(&OrderMoved {
            order: OrderFacts { total: usd(900), picked: Some(picked), ..told },
            state: State::Packed,
            moved: Move::Packed,
            version: 4,
        })
        .await;
    later(
        &counter,
        "select count(*) from payments.payment where superseded_at is null and captured = 900",
    )
    .await;
    counter.razorpay.finish_refunds(true);
    later(
        &counter,
        "select count(*) from payments.payment where superseded_at is not null and refunded = 2599",
    )
    .await;
    let left = "select e.account || ' ' || sum(e.amount)
                from payments.ledger_entry e join payments.payment p on p.id = e.payment_id
                where e.account not in ('provider_clearing', 'provider_fees') and superseded_at is not null
                group by e.account having sum(e.amount) <> 0";
    let mut connection = counter.bench.connection().await;
    let left: Vec<String> = sqlx::query_scalar(left).fetch_all(&mut connection).await.unwrap();
    assert_eq!(left, Vec::<String>::new());
}

async fn later(counter: &Counter, query: &'static str) {
    let there = || async {
        let mut connection = counter.bench.connection().await;
        let found: i64 = sqlx::query_scalar(query).fetch_one(&mut connection).await.unwrap();
        (found == 1).then_some(())
    };
    counter.bench.later(query, there).await;
}
