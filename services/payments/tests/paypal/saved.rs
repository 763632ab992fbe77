use accounts_api::PersonErased;
use kernel::{OrderId, SavedMethodId};
use payments_api::{Start, Started};
use serde_json::{Value, json};
use testkit::{Answer, Call, Goes, Pays, StandIn};

use super::till::Till;
use crate::saved::{self, methods, only, remove};

const CARD: &str = "pays_with = \"card\"\n";

impl Till {
    async fn start_saving(&self, order: OrderId) -> Started {
        let start = Start { save_method: true, ..self.start_of(order, 2599) };
        self.begin(&start).await.ok()
    }

    async fn try_start_with(&self, order: OrderId, method: SavedMethodId) -> Answer {
        let start = Start { saved_method: Some(method), ..self.start_of(order, 2599) };
        self.begin(&start).await
    }

    /// Pays with the wallet, or a card that no bank asks about, and keeps it.
    async fn save(&self, card: bool) -> SavedMethodId {
        let started = self.start_saving(OrderId::new()).await;
        if card {
            self.paypal.pay_by_card(&started.provider_payment, ["N", "", "NO"]);
            self.come_back(&started, &json!({})).await.ok::<Value>();
        } else {
            self.pay(&started, Pays::Plainly).await;
        }
        self.reached(&started, "authorised").await;
        only(&self.bench, &self.customer).await
    }

    async fn keeps(&self, count: usize) {
        let there = || async {
            let kept = self.paypal.kept() == count && self.count(saved::LEFT).await == 0;
            kept.then_some(())
        };
        self.bench.later("PayPal has let go", there).await;
    }
}

#[tokio::test]
async fn a_wallet_is_kept_with_consent_only_and_shown_once() {
    let till = Till::open().await;
    till.paid(OrderId::new()).await;
    assert!(methods(&till.bench, &till.customer).await.is_empty());
    assert_eq!(till.paypal.kept(), 0);
    let first = till.save(false).await;
    let shown = &methods(&till.bench, &till.customer).await[0];
    assert_eq!((&shown["way"], &shown["kind"]), (&json!("paypal:main"), &json!("paypal")));
    assert!(shown["last_four"].is_null() && shown["expires"].is_null(), "{shown}");
    assert!(!shown.to_string().contains("example.com"));
    assert_ne!(till.save(false).await, first);
    till.keeps(1).await;
    let customers = "select count(*) from payments.provider_customer
                     where provider_customer is not null";
    assert_eq!(till.count(customers).await, 1, "the one that PayPal made is used again");
}

#[tokio::test]
async fn a_kept_wallet_pays_without_anybodys_browser() {
    let till = Till::open().await;
    let method = till.save(false).await;
    let order = OrderId::new();
    // The answer is lost twice, and nothing is set aside that is not known here.
    till.paypal.fault(Call::Create, Goes::WrongAfter, 1);
    till.try_start_with(order, method).await.refused(503, "provider-unavailable");
    let started: Started = till.try_start_with(order, method).await.ok();
    assert!(started.component.saved && !started.pay_url.contains("checkoutnow"), "{started:?}");
    let page = saved::page(&till.bench, &started).await;
    assert!(page.contains("data-saved=\"1\" data-url=\"\""), "{page}");
    till.reached(&started, "authorised").await;
    till.pack(order, 2000).await;
    till.reached(&started, "captured").await;
    till.quiet().await;
    let book = till.book(&started);
    assert_eq!((book.authorisations, book.captures, book.captured), (1, 1, 2000));
    assert_eq!(till.paypal.names().len(), 2, "one order for each");
    assert_eq!((till.paypal.kept(), only(&till.bench, &till.customer).await), (1, method));
}

#[tokio::test]
async fn the_bank_of_a_kept_card_may_ask_or_say_no() {
    let till = Till::with(CARD).await;
    let method = till.save(true).await;
    let shown = &methods(&till.bench, &till.customer).await[0];
    assert_eq!(
        (&shown["brand"], &shown["last_four"], &shown["expires"]),
        (&json!("visa"), &json!("0002"), &json!("2034-08"))
    );
    till.paypal.doubt_what_is_kept(false);
    let asked: Started = till.try_start_with(OrderId::new(), method).await.ok();
    assert!(asked.pay_url.contains("checkoutnow"), "{asked:?}");
    assert_eq!(till.show(&asked).await["state"], "open");
    till.pay(&asked, Pays::AfterChallenge).await;
    till.reached(&asked, "authorised").await;
    let failed: Started = till.try_start_with(OrderId::new(), method).await.ok();
    till.pay(&failed, Pays::FailingChallenge).await;
    assert_eq!(till.show(&failed).await["declined"]["code"], "not_authenticated");
    till.paypal.doubt_what_is_kept(true);
    let order = OrderId::new();
    let poor: Started = till.try_start_with(order, method).await.ok();
    let declined = || async { till.show(&poor).await["declined"]["code"].as_str().map(drop) };
    till.bench.later("the bank says no", declined).await;
    assert_eq!(till.book(&poor).authorisations, 0);
    // Another card, then.
    let path = format!("/v1/payments/payments/{}/way", poor.payment);
    let customer = till.bench.signed("payments", &till.customer);
    let other: Started = customer.post(&path, json!({"way": "paypal:main"})).await.ok();
    assert!(other.payment != poor.payment && !other.component.saved);
    till.paypal.pay_by_card(&other.provider_payment, ["N", "", "NO"]);
    till.come_back(&other, &json!({})).await.ok::<Value>();
    till.reached(&other, "authorised").await;
}

#[tokio::test]
async fn what_the_vault_takes_later_is_kept_when_it_is_there() {
    let till = Till::open().await;
    till.paypal.keep_later();
    let order = OrderId::new();
    let started = till.start_saving(order).await;
    till.pay(&started, Pays::Plainly).await;
    till.reached(&started, "authorised").await;
    till.pack(order, 2599).await;
    till.reached(&started, "captured").await;
    till.quiet().await;
    assert!(methods(&till.bench, &till.customer).await.is_empty());
    till.paypal.finish_keeping();
    let there = || async {
        let all = methods(&till.bench, &till.customer).await;
        (all.len() == 1).then_some(())
    };
    till.bench.later("it is kept", there).await;
}

#[tokio::test]
async fn what_is_removed_or_erased_leaves_the_vault_when_paypal_answers() {
    let till = Till::open().await;
    let method = till.save(false).await;
    let stranger = testkit::customer();
    remove(&till.bench, &stranger, method).await.refused(404, "not-found");
    let thief = Start {
        customer: stranger.customer(),
        saved_method: Some(method),
        ..till.start_of(OrderId::new(), 2599)
    };
    till.begin(&thief).await.refused(422, "saved-method-unusable");
    till.paypal.fault(Call::Detach, Goes::WrongBefore, 1);
    till.paypal.fault(Call::Detach, Goes::WrongAfter, 1);
    remove(&till.bench, &till.customer, method).await.ok::<Value>();
    assert!(methods(&till.bench, &till.customer).await.is_empty());
    till.keeps(0).await;
    assert_eq!(till.paypal.asked(Call::Detach), 2, "what was done is not done again");

    till.save(false).await;
    till.paypal.fault(Call::Detach, Goes::WrongBefore, 6);
    till.bench.tell(&PersonErased { person: till.customer.person }).await;
    let removed = "select count(*) from payments.saved_method where removed_at is not null";
    let both = || async { (till.count(removed).await == 2).then_some(()) };
    till.bench.later("it is to leave", both).await;
    till.keeps(0).await;
}

#[tokio::test]
async fn what_its_owner_took_out_at_paypal_is_refused_before_anything_is_paid() {
    let till = Till::open().await;
    let method = till.save(false).await;
    till.paypal.empty_vault();
    let order = OrderId::new();
    till.try_start_with(order, method).await.refused(422, "saved-method-unusable");
    let customer = till.bench.signed("payments", &till.customer);
    let payment =
        till.count("select count(*) from payments.payment where state = 'starting'").await;
    assert_eq!(payment, 1);
    // The same order is paid in another way.
    let mut connection = till.bench.connection().await;
    let id: uuid::Uuid =
        sqlx::query_scalar("select id from payments.payment where state = 'starting'")
            .fetch_one(&mut connection)
            .await
            .unwrap();
    let chosen = json!({"way": "paypal:main"});
    let path = format!("/v1/payments/payments/{id}/way");
    let started: Started = customer.post(&path, chosen).await.ok();
    till.pay(&started, Pays::Plainly).await;
    till.reached(&started, "authorised").await;
}
