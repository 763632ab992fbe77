use accounts_api::PersonErased;
use kernel::{OrderId, SavedMethodId};
use payments_api::{Start, Started};
use serde_json::{Value, json};
use testkit::{Answer, Call, Goes, Pays, StandIn, Window};

use super::house::{House, inr};
use crate::saved::{self, methods, only, remove};

impl House {
    async fn try_saving(&self, order: OrderId) -> Answer {
        let start = Start { save_method: true, ..self.start_of(order, inr(90_000)) };
        self.begin(&start).await
    }

    async fn start_with(&self, method: SavedMethodId) -> Started {
        let order = self.start_of(OrderId::new(), inr(90_000));
        let started: Started =
            self.begin(&Start { saved_method: Some(method), ..order }).await.ok();
        assert!(started.component.saved && started.component.customer.is_some());
        started
    }

    /// Pays in Razorpay's window, as the component tells the page to open it.
    async fn pay_in_window(&self, started: &Started, how: Pays, token: Option<&str>) {
        let component = &started.component;
        let customer = component.customer.as_deref();
        let window = Window { customer, saves: component.saves, token };
        let brought = self.razorpay.pay_in_window(&started.provider_payment, how, &window).await;
        self.come_back(started, brought).await.ok::<Value>();
    }

    async fn save(&self, how: Pays) -> SavedMethodId {
        let started: Started = self.try_saving(OrderId::new()).await.ok();
        assert!(started.component.saves && started.component.customer.is_some());
        self.pay_in_window(&started, how, None).await;
        assert_eq!(self.show(&started).await["state"], "authorised");
        only(&self.bench, &self.customer).await
    }

    /// What the customer sees in the window: the token that we keep.
    async fn token(&self) -> String {
        sqlx::query_scalar("select token from payments.saved_method where removed_at is null")
            .fetch_one(&mut self.bench.connection().await)
            .await
            .unwrap()
    }

    async fn keeps(&self, count: usize) {
        let there = || async {
            let kept = self.razorpay.kept() == count && self.count(saved::LEFT).await == 0;
            kept.then_some(())
        };
        self.bench.later("Razorpay has let go", there).await;
    }
}

#[tokio::test]
async fn a_card_is_kept_with_consent_only_and_shown_once() {
    let house = House::open().await;
    let plain = house.started(OrderId::new()).await;
    assert_eq!((&plain.component.customer, plain.component.saves), (&None, false));
    house.pay_in_window(&plain, Pays::Plainly, None).await;
    assert!(methods(&house.bench, &house.customer).await.is_empty());
    let first = house.save(Pays::Plainly).await;
    let shown = &methods(&house.bench, &house.customer).await[0];
    assert_eq!(
        (&shown["way"], &shown["brand"], &shown["last_four"], &shown["expires"]),
        (&json!("razorpay:main"), &json!("visa"), &json!("1111"), &json!("2034-12"))
    );
    assert_ne!(house.save(Pays::Plainly).await, first);
    house.keeps(1).await;
    assert_eq!(house.razorpay.asked(Call::Customer), 1);
}

#[tokio::test]
async fn a_kept_card_pays_again_and_its_bank_may_ask_or_say_no() {
    let house = House::open().await;
    let method = house.save(Pays::AfterChallenge).await;
    let token = house.token().await;
    let started = house.start_with(method).await;
    assert!(!serde_json::to_string(&started).unwrap().contains(&token));
    let page = saved::page(&house.bench, &started).await;
    let customer = started.component.customer.as_deref().unwrap();
    assert!(page.contains(&format!("data-customer=\"{customer}\"")) && !page.contains(&token));
    house.pay_in_window(&started, Pays::AfterChallenge, Some(&token)).await;
    assert_eq!(house.show(&started).await["state"], "authorised");
    let failed = house.start_with(method).await;
    house.pay_in_window(&failed, Pays::FailingChallenge, Some(&token)).await;
    assert_eq!(house.show(&failed).await["declined"]["code"], "not_authenticated");
    house.bench.advance(1);
    house.pay_in_window(&failed, Pays::Declined, None).await;
    assert_eq!(house.show(&failed).await["declined"]["code"], "insufficient_funds");
    house.pay_in_window(&failed, Pays::Plainly, None).await;
    assert_eq!(house.show(&failed).await["state"], "authorised");
    assert_eq!(only(&house.bench, &house.customer).await, method);
    assert_eq!(house.razorpay.kept(), 1);
}

/// Razorpay knows the card again: the same token is to be let go of, and is kept anew before it is.
#[tokio::test]
async fn what_is_saved_again_before_it_was_let_go_of_is_kept() {
    let house = House::open().await;
    house.razorpay.know_cards_again();
    let first = house.save(Pays::Plainly).await;
    house.razorpay.fault(Call::Detach, Goes::WrongBefore, 3);
    remove(&house.bench, &house.customer, first).await.ok::<Value>();
    let tried = || async { (house.razorpay.asked(Call::Detach) > 0).then_some(()) };
    house.bench.eventually("Razorpay does not answer", tried).await;
    let second = house.save(Pays::Plainly).await;
    assert_ne!(second, first);
    house.bench.advance(3_600);
    house.keeps(1).await;
    house.start_with(second).await;
    remove(&house.bench, &house.customer, second).await.ok::<Value>();
    house.keeps(0).await;
}

/// The same, and what was sent before that takes its effect only then: nobody is offered what is gone.
#[tokio::test]
async fn what_was_let_go_of_while_it_was_saved_again_is_not_kept() {
    let house = House::open().await;
    house.razorpay.know_cards_again();
    let first = house.save(Pays::Plainly).await;
    house.razorpay.fault(Call::Detach, Goes::WrongBefore, 20);
    remove(&house.bench, &house.customer, first).await.ok::<Value>();
    let unknown = "select count(*) from payments.saved_method where error is not null";
    let tried = || async { (house.count(unknown).await == 1).then_some(()) };
    house.bench.eventually("nobody knows what came of it", tried).await;
    house.save(Pays::Plainly).await;
    house.razorpay.let_go();
    house.bench.clock.advance(jiff::SignedDuration::from_mins(11));
    let none = || async { methods(&house.bench, &house.customer).await.is_empty().then_some(()) };
    house.bench.later("it is not listed", none).await;
    house.keeps(0).await;
}

#[tokio::test]
async fn what_razorpay_keeps_without_our_customers_word_is_let_go_of() {
    let house = House::open().await;
    let method = house.save(Pays::Plainly).await;
    let started = house.start_with(method).await;
    let customer = started.component.customer.as_deref();
    let window = Window { customer, saves: true, token: None };
    let name = &started.provider_payment;
    let brought = house.razorpay.pay_in_window(name, Pays::AfterChallenge, &window).await;
    house.come_back(&started, brought).await.ok::<Value>();
    house.keeps(1).await;
    assert_eq!(only(&house.bench, &house.customer).await, method);
}

#[tokio::test]
async fn another_customers_window_pays_with_nothing_of_this_one() {
    let house = House::open().await;
    let method = house.save(Pays::Plainly).await;
    let token = house.token().await;
    let stranger = testkit::customer();
    remove(&house.bench, &stranger, method).await.refused(404, "not-found");
    let order = house.start_of(OrderId::new(), inr(90_000));
    let theirs = Start { customer: stranger.customer(), ..order };
    let thief = Start { saved_method: Some(method), ..theirs.clone() };
    house.begin(&thief).await.refused(422, "saved-method-unusable");
    let started: Started = house.begin(&Start { save_method: true, ..theirs }).await.ok();
    let customer = started.component.customer.as_deref();
    let window = Window { customer, saves: false, token: Some(&token) };
    let name = &started.provider_payment;
    let brought = house.razorpay.pay_in_window(name, Pays::Plainly, &window).await;
    assert_eq!(brought, json!({}), "Razorpay refuses it");
    assert!(house.razorpay.payments(name).is_empty());
}

#[tokio::test]
async fn a_customer_is_made_once_and_what_is_removed_or_erased_is_let_go_of() {
    let house = House::open().await;
    house.razorpay.fault(Call::Customer, Goes::WrongAfter, 1);
    house.try_saving(OrderId::new()).await.refused(503, "provider-unavailable");
    let method = house.save(Pays::Plainly).await;
    let waiting = house.start_with(method).await;
    let token = house.token().await;
    house.razorpay.fault(Call::Detach, Goes::WrongBefore, 1);
    house.razorpay.fault(Call::Detach, Goes::WrongAfter, 1);
    remove(&house.bench, &house.customer, method).await.ok::<Value>();
    assert!(methods(&house.bench, &house.customer).await.is_empty());
    house.keeps(0).await;
    assert_eq!(house.razorpay.asked(Call::Detach), 2, "what was done is not done again");
    house.pay_in_window(&waiting, Pays::Plainly, Some(&token)).await;
    assert_eq!(house.show(&waiting).await["state"], "open", "it is gone from the window");
    house.pay_in_window(&waiting, Pays::Plainly, None).await;
    assert_eq!(house.show(&waiting).await["state"], "authorised");

    house.save(Pays::Plainly).await;
    house.razorpay.fault(Call::Detach, Goes::WrongBefore, 6);
    house.bench.tell(&PersonErased { person: house.customer.person }).await;
    let removed = "select count(*) from payments.saved_method where removed_at is not null";
    let both = || async { (house.count(removed).await == 2).then_some(()) };
    house.bench.later("it is to go", both).await;
    house.keeps(0).await;
}
