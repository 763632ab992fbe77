//! When the bank says no for good the order is used up, and not the customer's wish to pay.

use kernel::{OrderId, SavedMethodId};
use payments_api::{MoneyMove, Start, Started};
use serde_json::{Value, json};
use testkit::{Call, Pays, StandIn};

use super::till::Till;
use crate::saved::{only, remove};

impl Till {
    async fn choose(&self, of: &Started, body: Value) -> Started {
        let path = format!("/v1/payments/payments/{}/way", of.payment);
        self.bench.signed("payments", &self.customer).post(&path, body).await.ok()
    }

    async fn declined(&self, many: usize) -> Vec<String> {
        let declines = || async {
            let told = self.told().await;
            let codes = told.iter().filter_map(|told| match told {
                MoneyMove::Declined { code, .. } => Some(code.clone()),
                _ => None,
            });
            let codes: Vec<String> = codes.collect();
            (codes.len() == many).then_some(codes)
        };
        self.bench.later("the decline is told", declines).await
    }
}

/// PayPal is all that is offered, and its order is used up: the same way is chosen again, on the page
/// and by the app, and another order is paid.
#[tokio::test]
async fn after_a_denial_the_same_way_is_paid_with_another_order() {
    for (refused, code) in [(false, "insufficient_funds"), (true, "other")] {
        let till = Till::open().await;
        let started = till.start(OrderId::new()).await;
        let name = &started.provider_payment;
        if refused {
            till.paypal.pay_refused(name);
        } else {
            till.paypal.pay_denied(name);
        }
        till.come_back(&started, &json!({})).await.ok::<Value>();
        assert_eq!(till.declined(1).await, [code]);
        till.quiet().await;
        let shown = till.show(&started).await;
        assert_eq!((&shown["state"], &shown["declined"]["code"]), (&json!("open"), &json!(code)));
        let (_, path) = shown["pay_url"].as_str().unwrap().split_once("/pay/").expect("our page");
        let path = format!("/pay/{path}");
        let page = till.bench.anyone("payments").get(&path).await;
        let page = page.body.as_str().expect("HTML").to_owned();
        assert!(page.contains("Try again with PayPal") && !page.contains("data-kind"), "{page}");
        let form = till.bench.anyone("payments");
        let form = form.with("content-type", "application/x-www-form-urlencoded");
        let chosen = form.send(http::Method::POST, &path, "way=paypal:main".into()).await;
        assert_eq!(chosen.status, 303, "{}", chosen.body);
        let next = till.choose(&started, json!({"way": "paypal:main"})).await;
        assert_ne!(next.payment, started.payment);
        assert_eq!(till.paypal.names().len(), 2, "the page and the app chose the same");
        till.pay(&next, Pays::Plainly).await;
        till.reached(&next, "authorised").await;
        till.quiet().await;
        assert_eq!(till.declined(1).await, [code], "told once");
        let ended = "select count(*) from payments.payment
                     where superseded_at is not null and state = 'cancelled'";
        let ended = || async { (till.count(ended).await == 1).then_some(()) };
        till.bench.later("nobody watches the one that is used up", ended).await;
    }
}

/// They agreed to it at PayPal, and then took away what it was to be paid with.
#[tokio::test]
async fn what_was_removed_before_it_was_paid_with_is_not_paid_with() {
    let till = Till::open().await;
    let save = Start { save_method: true, ..till.start_of(OrderId::new(), 2599) };
    let first: Started = till.begin(&save).await.ok();
    till.pay(&first, Pays::Plainly).await;
    till.reached(&first, "authorised").await;
    let method: SavedMethodId = only(&till.bench, &till.customer).await;
    let with = Start { saved_method: Some(method), ..till.start_of(OrderId::new(), 2599) };
    let started: Started = till.begin(&with).await.ok();
    assert_eq!(till.paypal.show(&started.provider_payment)["status"], "APPROVED");
    remove(&till.bench, &till.customer, method).await.ok::<Value>();
    assert_eq!(till.declined(1).await, ["not_accepted"]);
    till.quiet().await;
    assert_eq!(till.book(&started).authorisations, 0);
    assert_eq!(till.paypal.asked(Call::Authorise), 1, "of the first");
    let next = till.choose(&started, json!({"way": "paypal:main"})).await;
    till.pay(&next, Pays::Plainly).await;
    till.reached(&next, "authorised").await;
}

/// Their bank declines again and again: one day it is over, and they are told what to do.
#[tokio::test]
async fn after_twenty_declines_it_is_paid_in_another_way() {
    let till = Till::open().await;
    let started = till.start(OrderId::new()).await;
    for attempt in 1..=20 {
        till.pay(&started, Pays::Declined).await;
        let codes = till.declined(attempt).await;
        let last = codes.last().map(String::as_str);
        assert_eq!(last, Some(if attempt == 20 { "too_often" } else { "other" }));
    }
    let shown = till.show(&started).await;
    assert_eq!(shown["declined"]["next"], "other_method", "{shown}");
    till.pay(&started, Pays::Plainly).await;
    till.quiet().await;
    assert_eq!((till.paypal.asked(Call::Authorise), till.book(&started).authorisations), (20, 0));
    let next = till.choose(&started, json!({"way": "paypal:main"})).await;
    assert_ne!(next.payment, started.payment);
    till.pay(&next, Pays::Plainly).await;
    till.reached(&next, "authorised").await;
}
