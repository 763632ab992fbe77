use accounts_api::PersonErased;
use kernel::{OrderId, SavedMethodId};
use payments_api::{Start, Started};
use serde_json::{Value, json};
use testkit::{Answer, Call, Goes, Pays, StandIn};

use super::Till;
use crate::saved::{self, methods, only, remove};

impl Till {
    async fn start_saving(&self, order: OrderId) -> Answer {
        let start = Start { save_method: true, ..self.shop.start_of(order, 2599) };
        self.shop.try_start(&start).await
    }

    async fn try_start_with(&self, order: OrderId, method: SavedMethodId) -> Answer {
        let start = Start { saved_method: Some(method), ..self.shop.start_of(order, 2599) };
        self.shop.try_start(&start).await
    }

    async fn start_with(&self, method: SavedMethodId) -> Started {
        let started: Started = self.try_start_with(OrderId::new(), method).await.ok();
        assert!(started.component.saved && !started.component.saves);
        assert!(!serde_json::to_string(&started).unwrap().contains("pm_"));
        started
    }

    /// Pays and keeps the card.
    async fn save(&self, how: Pays) -> SavedMethodId {
        let started: Started = self.start_saving(OrderId::new()).await.ok();
        assert!(started.component.saves && started.component.customer.is_none());
        self.pay(&started, how).await;
        assert_eq!(self.state(&started).await, "authorised");
        only(&self.shop.bench, &self.shop.customer).await
    }

    async fn come_back(&self, started: &Started) {
        self.shop.come_back(started).await.ok::<Value>();
    }

    /// Waits until Stripe keeps so many.
    async fn keeps(&self, count: usize) {
        let there = || async {
            let kept = self.stripe.kept() == count && self.shop.count(saved::LEFT).await == 0;
            kept.then_some(())
        };
        self.shop.bench.later("Stripe has let go", there).await;
    }

    fn customers(&self) -> usize {
        self.stripe.all().iter().filter(|one| one["object"] == "customer").count()
    }
}

#[tokio::test]
async fn a_card_is_kept_with_consent_only_and_shown_once() {
    let till = Till::open().await;
    till.paid(OrderId::new(), 2599).await;
    let list = || methods(&till.shop.bench, &till.shop.customer);
    assert!(list().await.is_empty());
    assert_eq!((till.stripe.kept(), till.customers()), (0, 0), "nobody is known there either");
    let first = till.save(Pays::Plainly).await;
    let shown = &list().await[0];
    assert_eq!(
        (&shown["way"], &shown["kind"], &shown["brand"], &shown["last_four"], &shown["expires"]),
        (&json!("stripe:main"), &json!("card"), &json!("visa"), &json!("4242"), &json!("2034-08"))
    );
    assert_eq!(shown["expired"], false);
    // The same card again is shown once; Stripe lets go of the older one.
    let again = till.save(Pays::Plainly).await;
    assert_ne!(first, again);
    till.keeps(1).await;
    // What was told once goes on: looking at the payments again keeps nothing anew.
    remove(&till.shop.bench, &till.shop.customer, again).await.ok::<Value>();
    till.keeps(0).await;
    till.shop.bench.advance(400);
    till.quiet().await;
    assert!(list().await.is_empty());
    assert_eq!((till.stripe.kept(), till.customers()), (0, 1));
    // A card that was not taken is not kept.
    let started: Started = till.start_saving(OrderId::new()).await.ok();
    till.pay(&started, Pays::Declined).await;
    assert!(list().await.is_empty());
}

#[tokio::test]
async fn a_kept_card_pays_again_and_its_bank_may_ask_or_say_no() {
    let till = Till::open().await;
    let method = till.save(Pays::AfterChallenge).await;
    let started = till.start_with(method).await;
    let page = async || saved::page(&till.shop.bench, &started).await;
    assert!(page().await.contains("data-saved="));
    till.stripe.pay_with_what_is_kept(&started.provider_payment).await;
    till.come_back(&started).await;
    assert_eq!(till.state(&started).await, "open", "the bank asks");
    till.stripe.answer_challenge(&started.provider_payment, "fail").await;
    till.come_back(&started).await;
    assert_eq!(till.shop.show(&started).await["declined"]["code"], "not_authenticated");
    assert!(!page().await.contains("data-saved="), "a card is typed then");
    let order = OrderId::new();
    let started: Started = till.try_start_with(order, method).await.ok();
    let same: Started = till.try_start_with(order, method).await.ok();
    assert_eq!(started, same);
    till.stripe.pay_with_what_is_kept(&started.provider_payment).await;
    till.stripe.answer_challenge(&started.provider_payment, "complete").await;
    till.come_back(&started).await;
    till.tell(order, orders_api::Move::Packed, 2599).await;
    till.is(&started, "captured").await;
    assert_eq!((till.book(&started).captures, till.book(&started).captured), (1, 2599));
    // Money that the bank does not give; another card does.
    till.stripe.decline_what_is_kept();
    let poor = till.start_with(method).await;
    till.stripe.pay_with_what_is_kept(&poor.provider_payment).await;
    till.come_back(&poor).await;
    assert_eq!(till.shop.show(&poor).await["declined"]["code"], "insufficient_funds");
    till.pay(&poor, Pays::Plainly).await;
    assert_eq!(till.state(&poor).await, "authorised");
    assert_eq!(only(&till.shop.bench, &till.shop.customer).await, method, "nothing new is kept");
    assert_eq!((till.stripe.kept(), till.stripe.asked(Call::Customer)), (1, 1));
}

#[tokio::test]
async fn what_one_customer_keeps_is_nothing_to_another() {
    let till = Till::open().await;
    let method = till.save(Pays::Plainly).await;
    let stranger = testkit::customer();
    assert!(methods(&till.shop.bench, &stranger).await.is_empty());
    remove(&till.shop.bench, &stranger, method).await.refused(404, "not-found");
    let order = OrderId::new();
    let theirs = Start { customer: stranger.customer(), ..till.shop.start_of(order, 2599) };
    let thief = Start { saved_method: Some(method), ..theirs.clone() };
    let problem = till.shop.try_start(&thief).await.refused(422, "saved-method-unusable");
    assert_eq!(problem["field"], "saved_method");
    let started: Started = till.shop.try_start(&theirs).await.ok();
    let path = format!("/v1/payments/payments/{}/way", started.payment);
    let chosen = json!({"way": "stripe:main", "saved_method": method});
    let caller = till.shop.bench.signed("payments", &stranger);
    caller.post(&path, &chosen).await.refused(422, "saved-method-unusable");
    let none = till.try_start_with(OrderId::new(), SavedMethodId::new()).await;
    none.refused(422, "saved-method-unusable");
    let elsewhere = Start {
        with: Some("stripe:other".into()),
        saved_method: Some(method),
        ..till.shop.start_of(OrderId::new(), 2599)
    };
    till.shop.try_start(&elsewhere).await.refused(422, "way-not-offered");
    assert_eq!(only(&till.shop.bench, &till.shop.customer).await, method);
}

#[tokio::test]
async fn another_choice_at_the_same_account_is_another_payment_and_the_same_choice_is_the_same() {
    let till = Till::open().await;
    let method = till.save(Pays::Plainly).await;
    let order = OrderId::new();
    let plain = till.start(order, 2599).await;
    let choose = async |payment: &Started, choice: Value| -> Started {
        let path = format!("/v1/payments/payments/{}/way", payment.payment);
        till.shop.customer().post(&path, choice).await.ok()
    };
    let ways: Value = {
        let path = format!("/v1/payments/payments/{}/ways", plain.payment);
        till.shop.customer().get(&path).await.ok()
    };
    assert_eq!(ways["ways"][0]["saves"], true);
    let same = choose(&plain, json!({"way": "stripe:main"})).await;
    assert_eq!(same, plain);
    let kept = json!({"way": "stripe:main", "saved_method": method});
    let with = choose(&plain, kept.clone()).await;
    assert!(with.payment != plain.payment && with.component.saved);
    assert_eq!(choose(&with, kept).await, with);
    let saving = choose(&with, json!({"way": "stripe:main", "save_method": true})).await;
    assert!(saving.payment != with.payment && saving.component.saves);
    till.pay(&saving, Pays::Plainly).await;
    till.tell(order, orders_api::Move::Packed, 2599).await;
    till.is(&saving, "captured").await;
    till.quiet().await;
    for ended in [&plain, &with] {
        assert_eq!(till.stripe.show(&ended.provider_payment)["status"], "canceled");
    }
}

#[tokio::test]
async fn what_is_removed_is_gone_at_once_and_let_go_of_when_stripe_answers() {
    let till = Till::open().await;
    let (bench, customer) = (&till.shop.bench, &till.shop.customer);
    let method = till.save(Pays::Plainly).await;
    // One is being paid with it, and one is paid.
    let waiting = till.start_with(method).await;
    let order = OrderId::new();
    let paid: Started = till.try_start_with(order, method).await.ok();
    till.stripe.pay_with_what_is_kept(&paid.provider_payment).await;
    till.come_back(&paid).await;
    till.stripe.fault(Call::Detach, Goes::WrongBefore, 2);
    till.stripe.fault(Call::Detach, Goes::WrongAfter, 1);
    remove(bench, customer, method).await.ok::<Value>();
    assert!(methods(bench, customer).await.is_empty());
    remove(bench, customer, method).await.refused(404, "not-found");
    till.try_start_with(OrderId::new(), method).await.refused(422, "saved-method-unusable");
    till.keeps(0).await;
    assert_eq!(till.stripe.asked(Call::Detach), 3, "what was done is not done again");
    till.tell(order, orders_api::Move::Packed, 2599).await;
    till.is(&paid, "captured").await;
    till.stripe.pay_with_what_is_kept(&waiting.provider_payment).await;
    till.come_back(&waiting).await;
    assert_eq!(till.state(&waiting).await, "open", "Stripe takes it no more");
    till.pay(&waiting, Pays::Plainly).await;
    assert_eq!(till.state(&waiting).await, "authorised");
}

#[tokio::test]
async fn a_customer_is_made_once_whatever_is_heard_of_it() {
    let till = Till::open().await;
    till.stripe.fault(Call::Customer, Goes::WrongAfter, 1);
    let order = OrderId::new();
    till.start_saving(order).await.refused(503, "provider-unavailable");
    assert_eq!(till.customers(), 1);
    // Stripe has forgotten the key meanwhile, and is asked before anything is repeated.
    till.shop.bench.advance(25 * 3600);
    till.start_saving(OrderId::new()).await.ok::<Started>();
    till.start_saving(OrderId::new()).await.ok::<Started>();
    assert_eq!(till.customers(), 1);
}

#[tokio::test]
async fn nobody_keeps_more_than_twenty() {
    let till = Till::open().await;
    let apart = "with other as (update payments.saved_method set likeness = id::text
                                where likeness is not null returning 1)
                 select count(*) from other";
    for kept in 1..=20 {
        let started: Started = till.start_saving(OrderId::new()).await.ok();
        till.pay(&started, Pays::Plainly).await;
        assert_eq!(till.shop.count(apart).await, kept, "as if each were another card");
    }
    let problem = till.start_saving(OrderId::new()).await.refused(422, "too-many-saved-methods");
    assert_eq!((&problem["field"], &problem["most"]), (&json!("save_method"), &json!(20)));
    till.paid(OrderId::new(), 2599).await;
    let kept = methods(&till.shop.bench, &till.shop.customer).await;
    let method = kept[0]["method"].as_str().unwrap().parse().unwrap();
    remove(&till.shop.bench, &till.shop.customer, method).await.ok::<Value>();
    till.start_saving(OrderId::new()).await.ok::<Started>();
}

#[tokio::test]
async fn an_erased_persons_cards_are_let_go_of_though_stripe_is_away_for_a_while() {
    let till = Till::open().await;
    till.save(Pays::Plainly).await;
    let person = till.shop.customer.person;
    let path = format!("/internal/payments/people/{person}/data");
    let data: Value = till.shop.bench.house("payments").get(&path).await.ok();
    let kept = &data["saved_methods"][0];
    assert_eq!((&kept["last_four"], &kept["provider"]), (&json!("4242"), &json!("stripe")));
    assert!(kept["consented_at"].is_string() && kept["removed_at"].is_null(), "{kept}");
    assert!(!data.to_string().contains("pm_") && !data.to_string().contains("cus_"), "{data}");
    till.stripe.fault(Call::Detach, Goes::WrongBefore, 8);
    till.shop.bench.tell(&PersonErased { person }).await;
    let marked = "select count(*) from payments.saved_method where removed_at is not null";
    let gone = || async { (till.shop.count(marked).await == 1).then_some(()) };
    till.shop.bench.later("it is to be let go of", gone).await;
    till.keeps(0).await;
    let left = "select (select count(*) from payments.provider_customer)
                     + (select count(*) from payments.saved_method where token is not null)";
    let all = || async { (till.shop.count(left).await == 0).then_some(()) };
    till.shop.bench.later("nothing is left", all).await;
    assert_eq!(till.stripe.asked(Call::Detach), 9, "until it was certain");
}

#[tokio::test]
async fn stripes_own_page_keeps_and_offers_what_is_kept() {
    let till = Till::redirecting().await;
    let method = till.save(Pays::Plainly).await;
    let started = till.start_with(method).await;
    let shown = till.stripe.show(&started.provider_payment);
    assert!(shown["customer"].is_string(), "{shown}");
    till.pay(&started, Pays::Plainly).await;
    assert_eq!(till.state(&started).await, "authorised");
    assert_eq!(till.stripe.kept(), 1, "another card that nobody agreed to keep is not kept");
}
