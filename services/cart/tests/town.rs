//! A store to buy from and people to do it: what every test begins with.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::{Router, extract::State, routing::post};
use cart_api::{Claim, Claimed, ExpectedSlot};
use catalogue_api::{
    Deposit, Offer, OfferMissing, Offers, OffersRefusal, OffersWanted, Pause, StoreFacts,
};
use compliance_api::{Facts, Outlook, Reason, Verdict};
use delivery_api::{Estimate, Trip};
use host::Part;
use jiff::{Timestamp, civil::time};
use kernel::{
    Actor, AlcoholClass, Currency, Drink, Hours, Money, OrderId, Place, ProductId, StoreId,
    VendorId, VerdictId,
};
use serde_json::{Value, json};
use testkit::{Answer, Bench, Caller};
use wire::{Fault, Json};

const PARTS: &[Part] = &[cart::PART];
pub const STORE_PLACE: Place = Place { lat: 41.5903, lon: -93.6122 };

/// What the played services answer.
pub struct Played {
    pub offers: Vec<Offer>,
    pub missing: Vec<OfferMissing>,
    pub currency: Currency,
    pub open: bool,
    pub paused: Option<Pause>,
    pub least_order: Option<Money>,
    pub hours: Hours,
    pub reaches: bool,
    pub trip: Option<Estimate>,
    /// Why the law says no, if it does.
    pub reasons: Vec<Reason>,
    /// From when on the law says no, by a version of its rules that holds from then on.
    pub dry_from: Option<Timestamp>,
    /// What the law was asked last.
    pub asked: Option<Facts>,
}

type Shared = Arc<Mutex<Played>>;

/// A bench with cart on it, a tariff of 7 % and fees of 3.99, and one store.
pub struct Town {
    pub bench: Bench,
    pub store: StoreId,
    played: Shared,
}

/// A customer with a token.
pub struct Shopper {
    pub actor: Actor,
    pub caller: Caller,
}

pub fn offer(number: u128, price: i64) -> Offer {
    Offer {
        product: ProductId::from_uuid(uuid::Uuid::from_u128(number)),
        name: format!("Bottle {number}"),
        category: "wine/red".into(),
        drink: Drink { class: AlcoholClass::Wine, abv_bp: 1_350, volume_ml: 750, pack: 1 },
        price: Money::new(price, Currency::USD),
        tax_class: "standard".into(),
        deposit: None,
        free: 50,
    }
}

pub fn tariff() -> Value {
    json!({
        "currency": "USD",
        "prices_include_tax": false,
        "tax_classes": [{ "name": "standard", "rates": [{ "label": "Sales tax", "ppm": 70_000 }] }],
        "delivery": { "base": 399, "per_km": 0, "free_metres": 0 },
        "service": { "ppm": 0, "least": 0, "most": 0 },
        "most_tip": 5_000,
    })
}

pub fn home() -> Value {
    json!({
        "recipient": "Ann Lee",
        "address": "1315 Locust St, Des Moines",
        "place": { "lat": 41.586_600_000_000_01, "lon": -93.634_500_000_000_03 },
    })
}

impl Town {
    /// Bottle 1 is at 10.00 with a deposit of 0.05, bottle 2 at 20.00 and bottle 3 at 33.33.
    pub async fn new() -> Self {
        let mut first = offer(1, 1_000);
        first.deposit = Some(Deposit { per_unit: Money::new(5, Currency::USD) });
        let played = Arc::new(Mutex::new(Played {
            offers: vec![first, offer(2, 2_000), offer(3, 3_333)],
            missing: vec![],
            currency: Currency::USD,
            open: true,
            paused: None,
            least_order: None,
            hours: Hours::daily(time(10, 0, 0, 0), time(22, 0, 0, 0)),
            reaches: true,
            trip: Some(Estimate {
                metres: 2_500,
                seconds: 600,
                worst_seconds: 900,
                door_seconds: 180,
                wait_seconds: 600,
                rough: true,
            }),
            reasons: vec![],
            dry_from: None,
            asked: None,
        }));
        let bench = Bench::of(PARTS)
            .stand_in("catalogue", catalogue(&played))
            .stand_in("compliance", compliance(&played))
            .stand_in("delivery", delivery(&played))
            .start()
            .await;
        let town = Self { bench, store: StoreId::new(), played };
        town.operator().put("/v1/cart/tariffs/default", tariff()).await.ok::<Value>();
        town
    }

    pub fn played(&self) -> MutexGuard<'_, Played> {
        self.played.lock().unwrap()
    }

    pub fn operator(&self) -> Caller {
        self.bench.signed("cart", &testkit::operator())
    }

    pub fn shopper(&self) -> Shopper {
        let actor = testkit::customer();
        Shopper { caller: self.bench.signed("cart", &actor), actor }
    }

    /// A cart with bottle 1 in it that is to be brought home: the cart's path.
    pub async fn filled(&self, shopper: &Shopper) -> String {
        self.filled_at(shopper, self.store).await
    }

    pub async fn filled_at(&self, shopper: &Shopper, store: StoreId) -> String {
        let cart: Value =
            shopper.caller.post("/v1/cart/carts", json!({ "store": store })).await.ok();
        let path = format!("/v1/cart/carts/{}", cart["cart"].as_str().unwrap());
        shopper.put(&path, &line(1), json!({ "quantity": 1 })).await.ok::<Value>();
        shopper.put(&path, "/destination", home()).await.ok::<Value>();
        path
    }

    /// A coupon as an operator makes it, with more or other fields.
    pub async fn coupon(&self, code: &str, more: Value) {
        let mut coupon = json!({
            "code": code,
            "terms": { "benefit": { "kind": "percent", "ppm": 100_000 } },
        });
        for (field, value) in more.as_object().unwrap() {
            coupon[field] = value.clone();
        }
        self.operator().post("/v1/cart/coupons", coupon).await.ok::<Value>();
    }

    /// How often the coupon has been used, by its own count and by its redemptions.
    pub async fn uses(&self, code: &str) -> (i64, i64) {
        sqlx::query_as(
            "select used::bigint, (select count(*) from cart.redemption r where r.code = c.code)
             from cart.coupon c where code = $1",
        )
        .bind(code)
        .fetch_one(&mut self.bench.connection().await)
        .await
        .unwrap()
    }

    pub async fn claim(&self, path: &str, claim: &Claim) -> Answer {
        let cart = path.rsplit('/').next().unwrap();
        self.bench.house("cart").post(&format!("/internal/cart/carts/{cart}/claim"), claim).await
    }

    /// Claims what the customer sees now.
    pub async fn claimed(&self, shopper: &Shopper, path: &str) -> Claimed {
        let claim = self.agreed(shopper, path).await;
        self.claim(path, &claim).await.ok()
    }

    /// A new order's claim of what the customer sees now.
    pub async fn agreed(&self, shopper: &Shopper, path: &str) -> Claim {
        let page: Value = shopper.caller.get(path).await.ok();
        let expected_total = serde_json::from_value(page["quote"]["total"].clone()).unwrap();
        let customer = shopper.actor.customer();
        let from = page["slot"]["from"].as_str().map(|from| from.parse().unwrap());
        let expected_slot = Some(ExpectedSlot { from });
        Claim { order: OrderId::new(), customer, expected_total, expected_slot }
    }

    pub async fn unclaim(&self, shopper: &Shopper, path: &str, order: OrderId) -> Answer {
        let cart = path.rsplit('/').next().unwrap();
        let path = format!("/internal/cart/carts/{cart}/unclaim");
        self.bench
            .house("cart")
            .post(&path, json!({ "order": order, "customer": shopper.actor.customer() }))
            .await
    }
}

impl Shopper {
    pub async fn put(&self, cart: &str, rest: &str, body: Value) -> Answer {
        self.caller.put(&format!("{cart}{rest}"), body).await
    }

    pub async fn use_coupon(&self, cart: &str, code: &str) -> Answer {
        self.put(cart, &format!("/coupons/{code}"), Value::Null).await
    }

    pub async fn page(&self, cart: &str) -> Value {
        self.caller.get(cart).await.ok()
    }
}

/// The rest of the path of a numbered bottle's line.
pub fn line(number: u128) -> String {
    format!("/lines/{}", uuid::Uuid::from_u128(number))
}

fn closing(when: &str) -> Reason {
    let detail = format!("The hours of sale of wine in Iowa end {when}.");
    Reason {
        rule: "not-delivered-back-in-time".into(),
        detail,
        item: None,
        facts: serde_json::Map::default(),
    }
}

fn catalogue(played: &Shared) -> Router {
    async fn offers(
        State(played): State<Shared>,
        Json(wanted): Json<OffersWanted>,
    ) -> Result<Json<Offers>, Fault<OffersRefusal>> {
        if wanted.store.uuid().is_nil() {
            return Err(OffersRefusal::NoSuchStore.into());
        }
        let played = played.lock().unwrap();
        let here = |offer: &&Offer| wanted.products.contains(&offer.product);
        Ok(Json(Offers {
            store: StoreFacts {
                store: wanted.store,
                vendor: VendorId::new(),
                name: "Copper Finch".into(),
                address: "418 E Locust St".into(),
                place: STORE_PLACE,
                time_zone: "America/Chicago".into(),
                currency: played.currency,
                preparation_minutes: 8,
            },
            offers: played.offers.iter().filter(here).cloned().collect(),
            missing: played.missing.clone(),
            open_now: played.open && played.paused.is_none(),
            paused: played.paused.clone(),
            least_order: played.least_order,
            hours: played.hours.clone(),
            reaches_door: wanted.door.map(|_| played.reaches),
        }))
    }
    Router::new().route("/internal/catalogue/offers", post(offers)).with_state(Arc::clone(played))
}

fn compliance(played: &Shared) -> Router {
    async fn judge(State(played): State<Shared>, Json(facts): Json<Facts>) -> Json<Verdict> {
        let mut played = played.lock().unwrap();
        played.asked = Some(facts);
        let rules = ["us-ia@1".into(), "us-ia@2".into()];
        Json(Verdict {
            verdict: VerdictId::new(),
            allowed: played.reasons.is_empty(),
            reasons: played.reasons.clone(),
            minimum_age: Some(21),
            rules: rules[..=usize::from(played.dry_from.is_some())].to_vec(),
        })
    }
    /// Of times at which it is not lawful it says why, of others what stands against all.
    async fn outlook(
        State(played): State<Shared>,
        Json(outlook): Json<Outlook>,
    ) -> Json<Vec<Vec<Reason>>> {
        let mut played = played.lock().unwrap();
        let reasons = |time: &compliance_api::Leaving| {
            let dry = played.dry_from.is_some_and(|dry| time.back_by > dry);
            played.reasons.iter().cloned().chain(dry.then(|| closing("before the driver is back")))
        };
        let said = outlook.times.iter().map(|time| reasons(time).collect()).collect();
        played.asked = Some(outlook.facts);
        Json(said)
    }
    Router::new()
        .route("/internal/compliance/judge", post(judge))
        .route("/internal/compliance/outlook", post(outlook))
        .with_state(Arc::clone(played))
}

fn delivery(played: &Shared) -> Router {
    async fn estimate(
        State(played): State<Shared>,
        Json(_): Json<Trip>,
    ) -> Result<Json<Estimate>, wire::Problem> {
        let trip = played.lock().unwrap().trip;
        trip.map(Json).ok_or_else(|| wire::Problem::unavailable("delivery"))
    }
    Router::new()
        .route("/internal/delivery/estimate", post(estimate))
        .with_state(Arc::clone(played))
}
