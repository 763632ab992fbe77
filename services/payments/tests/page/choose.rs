use kernel::OrderId;
use serde_json::Value;
use testkit::{Call, Goes, Pays, StandIn};

use super::counter::Counter;

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
