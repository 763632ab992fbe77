//! When a cart is wanted: what may be chosen, and what becomes of a choice.

use cart_api::{Claim, Claimed, ExpectedSlot, Slot};
use catalogue_api::Pause;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::town::{Shopper, Town};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Turns the clock to 12:20 of a Monday in Des Moines.
fn at_twenty_past_noon(town: &Town) {
    town.bench.advance(20 * 60);
    assert_eq!(town.bench.now(), at("2026-06-15T17:20:00Z"));
}

async fn slots(shopper: &Shopper, cart: &str) -> Value {
    shopper.caller.get(&format!("{cart}/slots")).await.ok()
}

/// When those begin that are available.
fn free(slots: &Value) -> Vec<&str> {
    let all = slots["slots"].as_array().unwrap().iter();
    all.filter(|slot| slot["available"] == true)
        .map(|slot| slot["from"].as_str().unwrap())
        .collect()
}

async fn choose(shopper: &Shopper, cart: &str, from: &str) -> testkit::Answer {
    shopper.put(cart, "/slot", json!({ "from": from })).await
}

#[tokio::test]
async fn slots_are_listed_with_what_stands_against_them() {
    let town = Town::new().await;
    at_twenty_past_noon(&town);
    let shopper = town.shopper();
    let open = json!({ "store": town.store });
    let cart: Value = shopper.caller.post("/v1/cart/carts", open).await.ok();
    let empty = format!("/v1/cart/carts/{}", cart["cart"].as_str().unwrap());
    assert_eq!(slots(&shopper, &empty).await["missing"]["code"], "cart-empty");

    let cart = town.filled(&shopper).await;
    // From 20:10 on Monday nobody may be on the way any more.
    town.played().dry_from = Some(at("2026-06-16T01:10:00Z"));
    let listed = slots(&shopper, &cart).await;
    assert_eq!(listed["time_zone"], "America/Chicago");
    assert_eq!(listed["as_soon_as_possible"], json!({ "available": true, "reasons": [] }));
    // 12 to 22 today, 10 to 22 tomorrow.
    assert_eq!(listed["slots"].as_array().unwrap().len(), 10 + 12);
    let soon = &listed["slots"][0];
    assert_eq!(soon["reasons"], json!([]), "12:38 and a quarter of an hour are before one");
    // The slot from 18 to 19: back at 19:23. From 19 to 20: back at 20:23.
    let last = free(&listed).pop().unwrap().to_owned();
    assert_eq!(last, "2026-06-15T23:00:00Z");
    let refused = &listed["slots"][7];
    assert_eq!(refused["reasons"][0]["code"], "unlawful");
    assert_eq!(refused["reasons"][0]["rule"], "not-delivered-back-in-time");
    assert!(refused["reasons"][0]["advice"].as_str().unwrap().starts_with("Choose another time"));
    let asked = town.played().asked.clone().unwrap();
    assert_eq!(asked.moment, compliance_api::Moment::Placement, "as strictly as it will be sold");

    town.played().reaches = false;
    let listed = slots(&shopper, &cart).await;
    assert_eq!((&listed["missing"]["code"], &listed["slots"]), (&json!("out-of-zone"), &json!([])));
    town.shopper().caller.get(&format!("{cart}/slots")).await.refused(404, "not-found");
}

#[tokio::test]
async fn a_slot_is_chosen_and_ordered() {
    let town = Town::new().await;
    at_twenty_past_noon(&town);
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    let from = "2026-06-15T23:00:00Z";
    let page: Value = choose(&shopper, &cart, from).await.ok();
    let until = "2026-06-16T00:00:00Z";
    assert_eq!(page["slot"], json!({ "from": from, "until": until }));
    // The store may be closed now: it is open then.
    town.played().open = false;
    let page = shopper.page(&cart).await;
    assert_eq!((&page["problems"], &page["can"][2]), (&json!([]), &json!("check_out")));
    let asked = town.played().asked.clone().unwrap();
    assert_eq!(asked.at, at(from), "the law of when its driver leaves");
    let back = at(until) + SignedDuration::from_secs(-600 + 2 * 900 + 180);
    assert_eq!(asked.back_by, Some(back));

    let claimed: Claimed = town.claimed(&shopper, &cart).await;
    let agreed = claimed.slot.unwrap();
    assert_eq!(agreed.slot, Slot { from: at(from), until: at(until) });
    assert_eq!(agreed.packed_by, at(from));
    assert_eq!(agreed.accept_by, at("2026-06-15T22:52:00Z"), "eight minutes to pack it");
    assert_eq!(agreed.begin_by, at("2026-06-15T23:37:00Z"));
    assert_eq!(agreed.pay_by, at("2026-06-15T23:32:00Z"), "the store has the other five minutes");
    choose(&shopper, &cart, from).await.refused(409, "cart-taken");
}

#[tokio::test]
async fn the_page_looks_at_every_instant_where_the_rules_change() {
    let town = Town::new().await;
    at_twenty_past_noon(&town);
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    choose(&shopper, &cart, "2026-06-15T23:00:00Z").await.ok::<Value>();
    // Back at 19:23, and then from 19:10 on nobody may be on the way.
    town.played().dry_from = Some(at("2026-06-16T00:10:00Z"));
    let page = shopper.page(&cart).await;
    assert_eq!(page["problems"][0]["code"], "unlawful");
    assert_eq!(page["problems"][0]["rule"], "not-delivered-back-in-time");
    assert_eq!(page["can"], json!(["change", "proceed"]));
    let soon: Value = shopper.put(&cart, "/slot", json!({})).await.ok();
    assert_eq!(soon["slot"], Value::Null);
    assert_eq!(shopper.page(&cart).await["problems"], json!([]));
}

#[tokio::test]
async fn what_is_ordered_is_wanted_when_it_was_shown() {
    let town = Town::new().await;
    at_twenty_past_noon(&town);
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    let soon = town.agreed(&shopper, &cart).await;
    let from = "2026-06-15T23:00:00Z";
    choose(&shopper, &cart, from).await.ok::<Value>();
    let refused = town.claim(&cart, &soon).await.refused(409, "slot-changed");
    assert_eq!((&refused["field"], &refused["actual"]), (&json!("expected_slot"), &json!(from)));
    let earlier = Some(ExpectedSlot { from: Some(at("2026-06-15T22:00:00Z")) });
    let earlier = Claim { expected_slot: earlier, ..soon.clone() };
    town.claim(&cart, &earlier).await.refused(409, "slot-changed");
    // Who was not shown a time does not say one.
    town.claim(&cart, &Claim { expected_slot: None, ..soon }).await.ok::<Claimed>();
}

#[tokio::test]
async fn a_slot_goes_and_the_cart_stays() {
    let town = Town::new().await;
    at_twenty_past_noon(&town);
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    let refused = choose(&shopper, &cart, "2026-06-15T23:30:00Z").await;
    assert_eq!(refused.refused(422, "no-such-slot")["field"], "from");
    choose(&shopper, &cart, "2026-06-20T17:00:00Z").await.refused(422, "no-such-slot");
    town.played().dry_from = Some(at("2026-06-16T01:10:00Z"));
    let refused = choose(&shopper, &cart, "2026-06-16T01:00:00Z").await;
    assert_eq!(refused.refused(409, "slot-gone")["field"], "from");

    choose(&shopper, &cart, "2026-06-15T17:00:00Z").await.ok::<Value>();
    let claim = town.agreed(&shopper, &cart).await;
    // At 12:45 it would not be packed and there before one.
    town.bench.advance(25 * 60);
    let page = shopper.page(&cart).await;
    assert_eq!(page["problems"][0]["code"], "slot-gone");
    assert_eq!(page["can"], json!(["change", "proceed"]));
    let refused = town.claim(&cart, &claim).await;
    assert_eq!(refused.refused(409, "slot-gone")["field"], "slot");
    let page = shopper.page(&cart).await;
    assert_eq!(
        (&page["state"], page["slot"]["from"].as_str()),
        (&json!("open"), Some("2026-06-15T17:00:00Z"))
    );

    let soon: Value = shopper.put(&cart, "/slot", json!({})).await.ok();
    assert_eq!(soon["slot"], Value::Null);
    assert_eq!(town.claimed(&shopper, &cart).await.slot, None);
}

/// While a store takes no orders, none is made for as soon as possible or for a slot that it would
/// have to begin with; those after the pause stay, and so do all once it is over.
#[tokio::test]
async fn a_store_that_pauses_is_ordered_from_for_later() {
    let town = Town::new().await;
    at_twenty_past_noon(&town);
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    let soon = town.agreed(&shopper, &cart).await;
    let until = at("2026-06-15T18:30:00Z");
    let reason = "Too much to do right now".to_owned();
    town.played().paused = Some(Pause { until, reason });

    let page = shopper.page(&cart).await;
    assert_eq!(page["problems"][0]["code"], "store-paused");
    assert_eq!(page["problems"][0]["until"], json!(until));
    let detail = page["problems"][0]["detail"].as_str().unwrap();
    assert_eq!(detail, "The store takes no orders for a while: Too much to do right now.");
    assert_eq!(page["can"], json!(["change", "proceed"]));
    let listed = slots(&shopper, &cart).await;
    assert_eq!(listed["as_soon_as_possible"]["reasons"][0]["code"], "store-paused");
    // From 12 and from 13: it would be packed at 13:48. From 14 on it is in time.
    for slot in &listed["slots"].as_array().unwrap()[..2] {
        assert_eq!(slot["reasons"][0]["code"], "store-paused");
    }
    assert_eq!(free(&listed)[0], "2026-06-15T19:00:00Z");
    let refused = town.claim(&cart, &soon).await.refused(409, "store-paused");
    assert_eq!(refused["until"], json!(until));
    assert!(refused["detail"].as_str().unwrap().starts_with("The store takes no orders"));
    let within = choose(&shopper, &cart, "2026-06-15T18:00:00Z").await;
    within.refused(409, "slot-gone");

    choose(&shopper, &cart, "2026-06-15T19:00:00Z").await.ok::<Value>();
    let page = shopper.page(&cart).await;
    assert_eq!((&page["problems"], &page["can"][2]), (&json!([]), &json!("check_out")));
    let slot = ExpectedSlot { from: Some(at("2026-06-15T19:00:00Z")) };
    let later = Claim { expected_slot: Some(slot), ..town.agreed(&shopper, &cart).await };
    town.claim(&cart, &later).await.ok::<Claimed>();
}

#[tokio::test]
async fn a_pause_that_is_taken_back_stands_in_no_ones_way() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    let reason = "Too much to do right now".to_owned();
    let until = at("2026-06-15T17:30:00Z");
    town.played().paused = Some(Pause { until, reason });
    choose(&shopper, &cart, "2026-06-15T17:00:00Z").await.refused(409, "slot-gone");
    at_twenty_past_noon(&town);
    town.played().paused = None;
    choose(&shopper, &cart, "2026-06-15T17:00:00Z").await.ok::<Value>();
    let claim = town.agreed(&shopper, &cart).await;
    town.claim(&cart, &claim).await.ok::<Claimed>();
}
