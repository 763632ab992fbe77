use kernel::OrderId;
use orders_api::Move;
use payments_api::ComponentKind;
use testkit::{Call, Goes, Pays, StandIn};

use super::Till;

#[tokio::test]
async fn in_our_page_the_browser_gets_what_stripes_fields_need() {
    let till = Till::open().await;
    let started = till.start(OrderId::new(), 2599).await;
    assert_eq!(started.component.kind, ComponentKind::StripePaymentElement);
    assert_eq!(started.component.script.as_deref(), Some("https://js.stripe.com/v3/"));
    assert!(started.component.public_key.unwrap().starts_with("pk_test_"));
    assert!(started.client_secret.starts_with(&format!("{}_secret_", started.provider_payment)));
}

#[tokio::test]
async fn on_stripes_page_each_way_of_paying_ends_as_in_ours() {
    let till = Till::redirecting().await;
    for (how, state) in [
        (Pays::Plainly, "authorised"),
        (Pays::AfterChallenge, "authorised"),
        (Pays::FailingChallenge, "open"),
        (Pays::AbandoningChallenge, "open"),
        (Pays::Declined, "open"),
    ] {
        let order = OrderId::new();
        let started = till.start(order, 2599).await;
        assert_eq!(started.component.kind, ComponentKind::Redirect);
        assert!(started.provider_payment.starts_with("cs_") && started.client_secret.is_empty());
        assert!(started.pay_url.starts_with(till.stripe.base_url()));
        assert_eq!(till.state(&started).await, "open");
        till.pay(&started, how).await;
        assert_eq!(till.state(&started).await, state, "{how:?}");
        till.cancel(order).await;
        till.quiet().await;
        assert_eq!(till.state(&started).await, "cancelled", "{how:?}");
        assert_eq!(till.book(&started).captures, 0);
        // Nothing can be paid there any more.
        till.stripe.pay(&started.provider_payment, Pays::Plainly).await;
        let before = u32::from(state == "authorised");
        assert_eq!(till.book(&started).authorisations, before, "{how:?}");
    }
}

#[tokio::test]
async fn what_was_paid_on_stripes_page_is_captured_and_given_back() {
    let till = Till::redirecting().await;
    let order = OrderId::new();
    let started = till.paid(order, 2599).await;
    till.tell(order, Move::Packed, 2000).await;
    till.quiet().await;
    till.refund(&started, 500, "k").await.ok::<serde_json::Value>();
    till.quiet().await;
    let book = till.book(&started);
    assert_eq!((book.captured, book.refunded, book.refunds), (2000, 500, 1));
    assert_eq!(till.shop.show(&started).await["refunded"]["amount"], 500);
}

#[tokio::test]
async fn a_visit_that_nobody_uses_expires() {
    let till = Till::redirecting().await;
    let started = till.start(OrderId::new(), 2599).await;
    till.shop.bench.advance(100 * 60);
    till.stripe.lapse();
    till.is(&started, "cancelled").await;
}

#[tokio::test]
async fn a_visit_whose_answer_was_lost_is_the_same_one_asked_again() {
    let till = Till::redirecting().await;
    let start = till.shop.start_of(OrderId::new(), 2599);
    till.stripe.fault(Call::Create, Goes::WrongAfter, 1);
    till.shop.try_start(&start).await.refused(503, "provider-unavailable");
    // As much later as the customer may try again: the form is the same.
    till.shop.bench.advance(20 * 60);
    till.shop.try_start(&start).await.ok::<payments_api::Started>();
    assert_eq!(till.stripe.names().len(), 1);
}
