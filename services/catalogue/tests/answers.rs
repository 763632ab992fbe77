//! What is kept of answers, and what never is.

use std::collections::{BTreeMap, BTreeSet};

use catalogue_api::{Held, Offers, OffersWanted};
use http::HeaderMap;
use kernel::ProductId;
use serde_json::{Value, json};
use testkit::{Bench, Caller, OwnRedis, shared_redis};

use crate::shop::Shop;

/// Longer than a test lasts.
const FRESH: u32 = 60_000;

async fn kept() -> Shop {
    Shop::open_with(|bench| bench.cached(FRESH, FRESH)).await
}

/// Every way in which anybody reads a price.
fn pages(shop: &Shop, product: ProductId) -> [String; 3] {
    [
        format!("/v1/catalogue/products/{product}"),
        format!("/v1/catalogue/products?store={}", shop.store),
        shop.path("/listings"),
    ]
}

/// The price on such a page.
async fn price(caller: &Caller, page: &str) -> i64 {
    let page: Value = caller.get(page).await.ok();
    let of = |value: &Value| value["amount"].as_i64();
    let offer = of(&page["offers"]["items"][0]["price"]);
    let (card, listing) = (&page["items"][0]["from_price"], &page["items"][0]["price"]);
    offer.or(of(card)).or(of(listing)).expect("a price")
}

/// The headers of an answer, each with its words in order, but for its own name, its length, which is
/// known anyway, and what only scripts of other pages are told.
fn said(headers: &HeaderMap) -> BTreeMap<String, BTreeSet<String>> {
    let mut said = BTreeMap::<_, BTreeSet<_>>::new();
    let passed_over = ["x-request-id", "content-length", "access-control-expose-headers"];
    let headers = headers.iter().filter(|(name, _)| !passed_over.contains(&name.as_str()));
    for (name, value) in headers {
        let words = value.to_str().unwrap().split(',').map(|word| word.trim().to_owned());
        said.entry(name.to_string()).or_default().extend(words);
    }
    said
}

/// As nobody should: past the service.
async fn slip_in(shop: &Shop, price: i64) {
    sqlx::query("update catalogue.listing set price_minor = $1")
        .bind(price)
        .execute(&mut shop.bench.connection().await)
        .await
        .unwrap();
}

/// As its people do: with the version that they saw.
async fn put(shop: &Shop, product: ProductId, price_minor: i64, active: bool) {
    let seen: Value = shop.as_staff().get(&shop.path("/listings?inactive=true")).await.ok();
    let version = &seen["items"][0]["listing_version"];
    let input = json!({ "price_minor": price_minor, "tax_class": "spirits", "active": active });
    let path = shop.path(&format!("/listings/{product}"));
    let staff = shop.as_staff().with("if-match", &format!("\"v{version}\""));
    staff.put(&path, input).await.ok::<Value>();
}

#[tokio::test]
async fn what_anybody_is_shown_is_kept_until_somebody_changes_something() {
    let shop = kept().await;
    let bottle = shop.bottle("Noah's Mill", 3).await;
    let whole = shop.anyone().get(&pages(&shop, bottle)[0]).await;
    for page in pages(&shop, bottle) {
        assert_eq!(price(&shop.anyone(), &page).await, 2999);
    }
    slip_in(&shop, 1).await;
    for page in pages(&shop, bottle) {
        assert_eq!(price(&shop.anyone(), &page).await, 2999, "{page} is kept");
    }
    let again = shop.anyone().get(&pages(&shop, bottle)[0]).await;
    assert_eq!((&again.body, &again.headers["etag"]), (&whole.body, &whole.headers["etag"]));
    assert_eq!(again.headers["content-type"], whole.headers["content-type"]);
    put(&shop, bottle, 3499, true).await;
    for page in pages(&shop, bottle) {
        assert_eq!(price(&shop.anyone(), &page).await, 3499, "{page} is new");
    }
}

#[tokio::test]
async fn what_an_order_gives_back_is_shown_at_once() {
    let refund = json!({ "amount": 0, "currency": "USD" });
    for leaves in [false, true] {
        let shop = kept().await;
        let bottle = shop.bottle("Rebel Yell", 3).await;
        let order = shop.held(bottle, 3).await;
        let mut moved = json!({ "move": "cancelled", "reason": "customer", "refund": refund });
        if leaves {
            shop.allocate(order).await.ok::<Held>();
            let out = json!({ "move": "out_for_delivery" });
            shop.order_moved(order, out, (bottle, 3, 0)).await;
            shop.comes_to(bottle, [0, 0, 0, 0]).await;
            moved = json!({ "move": "closed", "refund": refund });
        }
        let page = format!("/v1/catalogue/products?store={}&in_stock=true", shop.store);
        let shown = || async {
            let shown: Value = shop.anyone().get(&page).await.ok();
            shown["items"].as_array().expect("products").len()
        };
        assert_eq!(shown().await, 0);
        shop.order_moved(order, moved, (bottle, 3, 0)).await;
        let again = || async { (shown().await == 1).then_some(()) };
        shop.bench.eventually("it is shown again", again).await;
    }
}

#[tokio::test]
async fn what_is_kept_comes_through_the_gateway_as_it_is() {
    let shop = kept().await;
    let bottle = shop.bottle("Johnny Drum", 3).await;
    let (inside, outside) = (shop.anyone(), shop.bench.anyone("gateway"));
    for page in pages(&shop, bottle) {
        let first = inside.get(&page).await;
        let kept = outside.get(&page).await;
        assert_eq!((kept.status, &kept.body), (first.status, &first.body), "{page}");
        // Whoever comes from another page's script goes the whole way.
        let whole = outside.with("origin", "https://elsewhere.example").get(&page).await;
        assert_eq!((kept.status, &kept.body), (whole.status, &whole.body), "{page}");
        assert_eq!(said(&kept.headers), said(&whole.headers), "{page}");
    }
    slip_in(&shop, 1).await;
    for page in pages(&shop, bottle) {
        assert_eq!(price(&outside, &page).await, 2999, "{page} is kept");
    }
    put(&shop, bottle, 3499, true).await;
    for page in pages(&shop, bottle) {
        assert_eq!(price(&outside, &page).await, 3499, "{page} is new");
    }
}

#[tokio::test]
async fn what_is_no_longer_fresh_is_given_and_looked_up_anew_though_there_is_no_room() {
    let full = "[gateway]\nmost_at_once = 0";
    let shop = Shop::open_with(|bench| bench.cached(300, FRESH).settings(full)).await;
    let bottle = shop.bottle("Old Bardstown", 3).await;
    let (page, outside) = (shop.path("/listings"), shop.bench.anyone("gateway"));
    outside.get(&page).await.refused(503, "overloaded");
    assert_eq!(price(&shop.anyone(), &page).await, 2999);
    slip_in(&shop, 1).await;
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    assert_eq!(price(&outside, &page).await, 2999, "{bottle} as it was");
    let anew = || async { (price(&outside, &page).await == 1).then_some(()) };
    shop.bench.eventually("it is looked up anew", anew).await;
}

#[tokio::test]
async fn what_a_sale_rests_upon_is_never_kept() {
    let shop = kept().await;
    let bottle = shop.bottle("Rowan's Creek", 3).await;
    let wanted = OffersWanted { store: shop.store, products: vec![bottle], door: None };
    let price = async || {
        let offers: Offers = shop.house().post("/internal/catalogue/offers", &wanted).await.ok();
        offers.offers[0].price.amount
    };
    assert_eq!(price().await, 2999);
    slip_in(&shop, 1).await;
    assert_eq!(price().await, 1);
    shop.held(bottle, 3).await;
    let offers: Offers = shop.house().post("/internal/catalogue/offers", &wanted).await.ok();
    assert!(offers.offers.first().is_none_or(|offer| offer.free == 0), "{offers:?}");
}

#[tokio::test]
async fn whoever_may_see_more_is_given_nothing_that_was_kept_for_others() {
    let shop = kept().await;
    let bottle = shop.bottle("Old Bardstown", 3).await;
    let [product, _, listings] = pages(&shop, bottle);
    let (anyone, inside) = (shop.anyone(), shop.as_staff());
    assert_eq!(price(&anyone, &listings).await, 2999);
    slip_in(&shop, 1).await;
    assert_eq!(price(&inside, &listings).await, 1);
    assert_eq!(price(&shop.as_operator(), &product).await, 1);
    // Nor is what they see kept for others.
    let hidden = format!("{listings}?inactive=true");
    put(&shop, bottle, 2999, false).await;
    let seen: Value = inside.get(&hidden).await.ok();
    assert_eq!(seen["items"].as_array().unwrap().len(), 1);
    let seen: Value = anyone.get(&hidden).await.ok();
    assert_eq!(seen["items"], json!([]));
}

#[tokio::test]
async fn what_was_missing_is_there_once_it_is_made() {
    let shop = kept().await;
    let page = "/v1/catalogue/products?q=Kentucky%20Vintage";
    let none: Value = shop.anyone().get(page).await.ok();
    assert_eq!(none["items"], json!([]));
    let bottle = shop.bottle("Kentucky Vintage", 1).await;
    let found: Value = shop.anyone().get(page).await.ok();
    assert_eq!(found["items"][0]["product"], bottle.to_string());
    let nothing = format!("/v1/catalogue/products/{}", ProductId::new());
    for _ in 0..2 {
        shop.anyone().get(&nothing).await.refused(404, "not-found");
    }
}

/// Another process of the house; what it would ask others for it does not need here.
async fn another(shop: &Shop) -> Bench {
    let nowhere = |toml| {
        format!(
            "{toml}\n[upstreams]\ncompliance = \"http://127.0.0.1:1\"\ndelivery = \"http://127.0.0.1:1\"\n"
        )
    };
    shop.bench.another(nowhere).await
}

#[tokio::test]
async fn processes_share_what_is_kept_and_learn_of_changes() {
    let Some(url) = shared_redis() else { return };
    let shop = Shop::open_with(|bench| bench.cached(FRESH, FRESH).redis(&url)).await;
    let bottle = shop.bottle("Johnny Drum", 3).await;
    let other = another(&shop).await;
    let elsewhere = other.anyone("catalogue");
    for page in pages(&shop, bottle) {
        assert_eq!(price(&shop.anyone(), &page).await, 2999);
    }
    slip_in(&shop, 1).await;
    for page in pages(&shop, bottle) {
        assert_eq!(price(&elsewhere, &page).await, 2999, "{page} is shared");
    }
    put(&shop, bottle, 3499, true).await;
    for page in pages(&shop, bottle) {
        let look = || async { (price(&elsewhere, &page).await == 3499).then_some(()) };
        shop.bench.eventually("the other process knows", look).await;
    }
}

#[tokio::test]
async fn without_its_redis_it_is_slower_and_right() {
    let Some(mut own) = OwnRedis::start().await else { return };
    let shop = Shop::open_with(|bench| bench.cached(FRESH, FRESH).redis(&own.url())).await;
    let bottle = shop.bottle("Pure Kentucky", 3).await;
    let mut asked = 3000;
    for round in 0..4 {
        match round {
            1 => own.flush().await,
            2 => own.kill(),
            3 => own.restart().await,
            _ => {}
        }
        for _ in 0..5 {
            asked += 1;
            put(&shop, bottle, asked, true).await;
            for page in pages(&shop, bottle) {
                assert_eq!(price(&shop.anyone(), &page).await, asked, "round {round}");
            }
        }
    }
}

/// What anybody is told of a bottle's stock on its page and in the store's list, where both say the same.
async fn word(caller: &Caller, shop: &Shop, bottle: ProductId) -> Option<String> {
    let [product, _, listings] = pages(shop, bottle);
    let (product, listings): (Value, Value) =
        (caller.get(&product).await.ok(), caller.get(&listings).await.ok());
    let (one, other) = (&product["offers"]["items"][0]["stock"], &listings["items"][0]["stock"]);
    (one == other).then(|| one.as_str().expect("a word").to_owned())
}

async fn says(caller: &Caller, shop: &Shop, bottle: ProductId, what: &str) {
    let look =
        || async { (word(caller, shop, bottle).await.as_deref() == Some(what)).then_some(()) };
    shop.bench.eventually(what, look).await;
}

#[tokio::test]
async fn what_an_order_takes_shows_when_it_changes_the_word_that_is_shown() {
    let shop = kept().await;
    let bottle = shop.bottle("Elijah Craig", 8).await;
    let anyone = shop.anyone();
    says(&anyone, &shop, bottle, "in_stock").await;
    let order = shop.held(bottle, 3).await;
    says(&anyone, &shop, bottle, "low").await;
    // So does what comes back.
    shop.release(order).await;
    says(&anyone, &shop, bottle, "in_stock").await;
    shop.held(bottle, 8).await;
    says(&anyone, &shop, bottle, "out").await;
}

#[tokio::test]
async fn an_order_that_changes_no_word_leaves_what_is_kept() {
    let shop = kept().await;
    let bottle = shop.bottle("Blanton's", 90).await;
    let pages = pages(&shop, bottle);
    for page in &pages {
        assert_eq!(price(&shop.anyone(), page).await, 2999);
    }
    slip_in(&shop, 1).await;
    let order = shop.held(bottle, 3).await;
    shop.allocate(order).await.ok::<Value>();
    // Longer than what is forgotten soon is put off.
    tokio::time::sleep(std::time::Duration::from_millis(800)).await;
    for page in &pages {
        assert_eq!(price(&shop.anyone(), page).await, 2999, "{page} is kept");
    }
}

#[tokio::test]
async fn what_orders_take_at_one_process_shows_at_the_others() {
    let Some(mut own) = OwnRedis::start().await else { return };
    let shop = Shop::open_with(|bench| bench.cached(FRESH, FRESH).redis(&own.url())).await;
    let bottle = shop.bottle("Weller", 40).await;
    let other = another(&shop).await;
    let elsewhere = other.anyone("catalogue");
    says(&elsewhere, &shop, bottle, "in_stock").await;
    shop.held(bottle, 36).await;
    says(&elsewhere, &shop, bottle, "low").await;
    own.flush().await;
    shop.held(bottle, 4).await;
    says(&elsewhere, &shop, bottle, "out").await;
    own.kill();
    own.restart().await;
    shop.receive(bottle, 80).await;
    says(&elsewhere, &shop, bottle, "in_stock").await;
}

#[tokio::test]
async fn what_is_imported_beside_them_shows_once_the_import_has_said_so() {
    let Some(url) = shared_redis() else { return };
    let shop = Shop::open_with(|bench| bench.cached(FRESH, FRESH).redis(&url)).await;
    let bottle = shop.bottle("Four Roses", 3).await;
    let pages = pages(&shop, bottle);
    for page in &pages {
        assert_eq!(price(&shop.anyone(), page).await, 2999);
    }
    slip_in(&shop, 1).await;
    let redis = shop.bench.settings.connect_redis().await.unwrap().unwrap();
    catalogue::forget_answers(&redis).await;
    for page in &pages {
        let look = || async { (price(&shop.anyone(), page).await == 1).then_some(()) };
        shop.bench.eventually("it is new", look).await;
    }
}
