//! The services that orders calls, played: they keep what they are told, and can be made to
//! refuse, to fail, or to fall silent.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use cart_api::{
    AgreedSlot, Charge, ChargeKind, Claim, ClaimRefusal, Claimed, ClaimedLine, Destination,
    IfMissing, Packed, Packing, PackingRefusal, Quote, QuotedLine,
};
use catalogue_api::{
    Held, Hold, HoldRefusal, Offer, Offers, OffersWanted, Pick, Search, StoreFacts,
};
use compliance_api::{Facts, Leaving, Outlook, Reason, Verdict};
use delivery_api::{Estimate, RecallRefusal};
use jiff::Timestamp;
use kernel::{
    AlcoholClass, CartId, Currency, CustomerId, Drink, Hours, Money, OrderId, PaymentId, Place,
    ProductId, StoreId, VendorId, VerdictId,
};
use payments_api::{Start, StartRefusal, Started};
use serde_json::{Value, json};
use tokio::sync::Notify;
use wire::{Problem, Refusal};

/// How a service behaves at its next call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Refuse,
    /// The payment provider behind it is away.
    Away,
    /// 500, having done nothing.
    Fail,
    /// 500, having done it.
    FailAfter,
    /// No answer until the test lets it go, having done nothing.
    Hang,
    /// No answer until the test lets it go, having done it.
    HangAfter,
}

/// The stock of one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stock {
    Held(Timestamp),
    Allocated,
    Released,
}

#[derive(Default)]
pub struct Inner {
    /// When what is in the carts is wanted.
    pub slot: Option<AgreedSlot>,
    /// Whether the law's rulebook ends before drivers are back.
    pub rules_change: bool,
    /// What the law was asked of times.
    pub times: Vec<Leaving>,
    /// What the next calls of an operation meet, first first.
    pub moods: HashMap<&'static str, Vec<Mood>>,
    /// What all calls of an operation meet when nothing else is said.
    pub always: HashMap<&'static str, Mood>,
    pub claims: HashMap<CartId, OrderId>,
    /// Whose the carts are: those of whoever claimed them first.
    pub owners: HashMap<CartId, CustomerId>,
    pub stock: HashMap<OrderId, Stock>,
    pub payments: HashMap<OrderId, Started>,
    pub asked: Vec<Facts>,
    pub starts: Vec<Start>,
    /// How often something came to be: claims, holds, payments.
    pub effects: HashMap<&'static str, u32>,
    /// Whether discounts leave nothing to pay.
    pub free: bool,
    /// The last pick of each order.
    pub picks: HashMap<OrderId, Pick>,
}

pub struct World {
    pub inner: Mutex<Inner>,
    pub store: StoreId,
    products: [ProductId; 2],
    /// Gin and tonic, which nobody ordered.
    pub others: [ProductId; 2],
    hung: Notify,
}

type Played = State<Arc<World>>;

impl World {
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            inner: Mutex::default(),
            store: StoreId::new(),
            products: [ProductId::new(), ProductId::new()],
            others: [ProductId::new(), ProductId::new()],
            hung: Notify::new(),
        })
    }

    pub fn next(&self, operation: &'static str, mood: Mood) {
        self.inner.lock().unwrap().moods.entry(operation).or_default().push(mood);
    }

    pub fn always(&self, operation: &'static str, mood: Option<Mood>) {
        let mut inner = self.inner.lock().unwrap();
        match mood {
            Some(mood) => inner.always.insert(operation, mood),
            None => inner.always.remove(operation),
        };
    }

    /// What is in the carts is wanted then.
    pub fn wanted(&self, slot: Option<AgreedSlot>) {
        self.inner.lock().unwrap().slot = slot;
    }

    /// Lets everyone who hangs go on.
    pub fn let_go(&self) {
        self.hung.notify_waiters();
    }

    /// Lets the one go on who has hung longest.
    pub fn let_one_go(&self) {
        self.hung.notify_one();
    }

    pub fn look<T>(&self, look: impl FnOnce(&Inner) -> T) -> T {
        look(&self.inner.lock().unwrap())
    }

    pub fn effects(&self, what: &str) -> u32 {
        self.look(|inner| inner.effects.get(what).copied().unwrap_or(0))
    }

    /// The orders whose stock is out of reach of others.
    pub fn promised(&self) -> Vec<OrderId> {
        self.look(|inner| {
            let stock = inner.stock.iter().filter(|(_, stock)| **stock != Stock::Released);
            stock.map(|(order, _)| *order).collect()
        })
    }

    pub fn routers(self: &Arc<Self>) -> [(&'static str, Router); 5] {
        let cart = Router::new()
            .route("/internal/cart/carts/{cart}/claim", post(claim))
            .route("/internal/cart/carts/{cart}/unclaim", post(unclaim))
            .route("/internal/cart/carts/{cart}/packed", post(packed));
        let catalogue = Router::new()
            .route("/internal/catalogue/offers", post(offers))
            .route("/internal/catalogue/offers/search", post(search))
            .route("/internal/catalogue/holds", post(hold))
            .route("/internal/catalogue/holds/{order}/pick", post(pick))
            .route("/internal/catalogue/holds/{order}/allocate", post(allocate))
            .route("/internal/catalogue/holds/{order}/release", post(release));
        let compliance = Router::new()
            .route("/internal/compliance/judge", post(judge))
            .route("/internal/compliance/outlook", post(outlook));
        let payments = Router::new().route("/internal/payments/payments", post(start));
        let delivery =
            Router::new().route("/internal/delivery/orders/{order}/recall", post(recall));
        let of = |router: Router<Arc<World>>| router.with_state(Arc::clone(self));
        [
            ("cart", of(cart)),
            ("catalogue", of(catalogue)),
            ("compliance", of(compliance)),
            ("payments", of(payments)),
            ("delivery", of(delivery)),
        ]
    }

    async fn played(
        &self,
        operation: &'static str,
        refusal: impl FnOnce() -> Response,
        effect: impl FnOnce(&mut Inner) -> Response,
    ) -> Response {
        let mood = {
            let mut inner = self.inner.lock().unwrap();
            let next = inner.moods.get_mut(operation).filter(|moods| !moods.is_empty());
            let next = next.map(|moods| moods.remove(0));
            next.or_else(|| inner.always.get(operation).copied())
        };
        let broken = || StatusCode::INTERNAL_SERVER_ERROR.into_response();
        match mood {
            Some(Mood::Refuse) => return refusal(),
            Some(Mood::Away) => return refused(StartRefusal::ProviderUnavailable),
            Some(Mood::Fail) => return broken(),
            Some(Mood::Hang) => {
                self.hung.notified().await;
                return broken();
            }
            _ => {}
        }
        let answer = effect(&mut self.inner.lock().unwrap());
        match mood {
            Some(Mood::FailAfter) => broken(),
            Some(Mood::HangAfter) => {
                self.hung.notified().await;
                answer
            }
            _ => answer,
        }
    }

    pub fn claimed(&self, cart: CartId) -> Claimed {
        let line = |product, name: &str, quantity, price, total, tax| QuotedLine {
            product,
            name: name.into(),
            drink: Drink { class: AlcoholClass::Spirits, abv_bp: 4500, volume_ml: 750, pack: 1 },
            quantity,
            unit_price: usd(price),
            charges: vec![charge(ChargeKind::SalesTax, tax)],
            total: usd(total),
            net_unit_price: usd(price),
        };
        let [rye, beer] = self.products;
        let quote = Quote {
            lines: vec![
                line(rye, "Rye", 2, 2500, 5350, 350),
                line(beer, "Beer", 3, 300, 1000, 100),
            ],
            charges: vec![charge(ChargeKind::DeliveryFee, 499), charge(ChargeKind::Tip, 200)],
            subtotal: usd(5900),
            discount: usd(0),
            tax: usd(450),
            tax_included: usd(0),
            deposit: usd(0),
            fees: usd(499),
            tip: usd(200),
            total: usd(TOTAL),
        };
        let claimed = |product, quantity, if_missing| {
            let category = "spirits/whiskey/rye".into();
            ClaimedLine { product, quantity, category, if_missing, offer: None }
        };
        Claimed {
            cart,
            store: self.store,
            destination: Destination {
                recipient: "Ann Lee".into(),
                address: "1 Walnut Street".into(),
                place: Place { lat: 41.59, lon: -93.62 },
                kind: Some(compliance_api::AddressKind::Home),
                instructions: String::new(),
            },
            lines: vec![claimed(rye, 2, IfMissing::BestMatch), claimed(beer, 3, IfMissing::None)],
            quote,
            quoted_at: None,
            coupons: Vec::new(),
            store_facts: StoreFacts {
                store: self.store,
                vendor: VendorId::new(),
                name: "Corner Spirits".into(),
                address: "2 Grand Avenue".into(),
                place: Place { lat: 41.58, lon: -93.63 },
                time_zone: "America/Chicago".into(),
                currency: Currency::USD,
                preparation_minutes: 10,
            },
            trip: TRIP,
            slot: self.look(|inner| inner.slot),
        }
    }
}

const TRIP: Estimate = Estimate {
    metres: 3_000,
    seconds: 600,
    worst_seconds: 900,
    door_seconds: 180,
    wait_seconds: 600,
    rough: true,
};

/// What the cart of these tests costs.
pub const TOTAL: i64 = 5350 + 1000 + 499 + 200;

pub fn usd(amount: i64) -> Money {
    Money::new(amount, Currency::USD)
}

fn charge(kind: ChargeKind, amount: i64) -> Charge {
    Charge { kind, label: format!("{kind:?}"), amount: usd(amount), included: usd(0), tax: None }
}

fn refused(refusal: impl Refusal) -> Response {
    Problem::from(refusal).into_response()
}

async fn claim(
    State(world): Played,
    Path(cart): Path<CartId>,
    Json(claim): Json<Claim>,
) -> Response {
    let no = || refused(ClaimRefusal::OutOfZone);
    let mut answer = world.claimed(cart);
    if world.look(|inner| inner.free) {
        answer.quote.lines.iter_mut().for_each(|line| line.total = usd(0));
        answer.quote.charges.clear();
        answer.quote.total = usd(0);
    }
    let effect = |inner: &mut Inner| {
        if *inner.owners.entry(cart).or_insert(claim.customer) != claim.customer {
            return refused(ClaimRefusal::NoSuchCart);
        }
        let order = inner.claims.get(&cart).copied();
        if let Some(order) = order.filter(|order| *order != claim.order) {
            return refused(ClaimRefusal::CartTaken { order });
        }
        if claim.expected_total != answer.quote.total {
            let (expected, actual) = (claim.expected_total, answer.quote.total);
            return refused(ClaimRefusal::TotalChanged { expected, actual });
        }
        let actual = answer.slot.map(|agreed| agreed.slot.from);
        if let Some(expected) = claim.expected_slot.filter(|expected| expected.from != actual) {
            return refused(ClaimRefusal::SlotChanged { expected: expected.from, actual });
        }
        if inner.claims.insert(cart, claim.order).is_none() {
            *inner.effects.entry("claim").or_default() += 1;
        }
        axum::Json(answer).into_response()
    };
    world.played("claim", no, effect).await
}

async fn unclaim(
    State(world): Played,
    Path(cart): Path<CartId>,
    Json(body): Json<Value>,
) -> Response {
    let order: OrderId = serde_json::from_value(body["order"].clone()).unwrap();
    let effect = |inner: &mut Inner| {
        if inner.claims.get(&cart) == Some(&order) {
            inner.claims.remove(&cart);
        }
        axum::Json(()).into_response()
    };
    world.played("unclaim", || refused(ClaimRefusal::NoSuchCart), effect).await
}

/// What is there costs its share of what was agreed to; what is put in costs its price.
async fn packed(
    State(world): Played,
    Path(cart): Path<CartId>,
    Json(packing): Json<Packing>,
) -> Response {
    let mut quote = world.claimed(cart).quote;
    let agreed = std::mem::take(&mut quote.lines);
    for line in agreed {
        let Some(part) = packing.lines.iter().find(|part| part.product == line.product) else {
            quote.lines.push(line);
            continue;
        };
        if part.quantity > 0 {
            let share = |money: Money| {
                usd(money.amount * i64::from(part.quantity) / i64::from(line.quantity))
            };
            let (tax, total) = (share(line.charges[0].amount), share(line.total));
            let charges = vec![charge(ChargeKind::SalesTax, tax.amount)];
            quote.lines.push(QuotedLine { quantity: part.quantity, charges, total, ..line });
        }
        if let Some(instead) = &part.instead {
            let (offer, quantity) = (&instead.offer, instead.quantity);
            quote.lines.push(QuotedLine {
                product: offer.product,
                name: offer.name.clone(),
                drink: offer.drink,
                quantity,
                unit_price: offer.price,
                charges: Vec::new(),
                total: offer.price.times(quantity).unwrap(),
                net_unit_price: offer.price,
            });
        }
    }
    let lines: i64 = quote.lines.iter().map(|line| line.total.amount).sum();
    quote.total = usd(lines + 499 + 200);
    let no = || refused(PackingRefusal::NoSuchCart);
    world.played("packed", no, |_| axum::Json(Packed { quote, trip: TRIP }).into_response()).await
}

fn other_offers(world: &World) -> Vec<Offer> {
    let offer = |product, name: &str, class, abv_bp| Offer {
        product,
        name: name.into(),
        category: "spirits/gin".into(),
        drink: Drink { class, abv_bp, volume_ml: 700, pack: 1 },
        price: usd(2000),
        tax_class: "standard".into(),
        deposit: None,
        free: 9,
    };
    let [gin, tonic] = world.others;
    vec![
        offer(tonic, "Tonic", AlcoholClass::None, 0),
        offer(gin, "Gin", AlcoholClass::Spirits, 4000),
    ]
}

async fn offers(State(world): Played, Json(wanted): Json<OffersWanted>) -> Response {
    let mut offers = other_offers(&world);
    offers.retain(|offer| wanted.products.contains(&offer.product));
    let store = world.claimed(CartId::new()).store_facts;
    let (missing, open_now) = (Vec::new(), true);
    let hours = Hours::default();
    axum::Json(Offers {
        store,
        offers,
        missing,
        open_now,
        hours,
        paused: None,
        least_order: None,
        reaches_door: None,
    })
    .into_response()
}

async fn search(State(world): Played, Json(search): Json<Search>) -> Response {
    assert_eq!((search.words.is_none(), search.store), (search.category.is_some(), world.store));
    axum::Json(other_offers(&world)).into_response()
}

async fn pick(
    State(world): Played,
    Path(order): Path<OrderId>,
    Json(pick): Json<Pick>,
) -> Response {
    let no = || refused(HoldRefusal::OutOfStock { short: Vec::new() });
    let effect = |inner: &mut Inner| {
        if inner.stock.get(&order) != Some(&Stock::Allocated) {
            return refused(HoldRefusal::HoldReleased);
        }
        if inner.picks.get(&order).is_some_and(|made| made.number > pick.number) {
            return refused(HoldRefusal::PickedAnew);
        }
        inner.picks.insert(order, pick);
        axum::Json(Held { order, until: None }).into_response()
    };
    world.played("pick", no, effect).await
}

async fn hold(State(world): Played, Json(hold): Json<Hold>) -> Response {
    let no = || refused(HoldRefusal::OutOfStock { short: Vec::new() });
    let effect = |inner: &mut Inner| {
        match inner.stock.get(&hold.order) {
            Some(Stock::Released) => return refused(HoldRefusal::HoldReleased),
            Some(_) => {}
            None => {
                inner.stock.insert(hold.order, Stock::Held(hold.until));
                *inner.effects.entry("hold").or_default() += 1;
            }
        }
        axum::Json(Held { order: hold.order, until: Some(hold.until) }).into_response()
    };
    world.played("hold", no, effect).await
}

async fn allocate(State(world): Played, Path(order): Path<OrderId>) -> Response {
    let no = || refused(HoldRefusal::OutOfStock { short: Vec::new() });
    let effect = |inner: &mut Inner| {
        match inner.stock.get(&order) {
            Some(Stock::Released) => return refused(HoldRefusal::HoldReleased),
            None => return refused(HoldRefusal::NoSuchHold),
            Some(Stock::Held(_)) => *inner.effects.entry("allocate").or_default() += 1,
            Some(Stock::Allocated) => {}
        }
        inner.stock.insert(order, Stock::Allocated);
        axum::Json(Held { order, until: None }).into_response()
    };
    world.played("allocate", no, effect).await
}

async fn release(State(world): Played, Path(order): Path<OrderId>) -> Response {
    let effect = |inner: &mut Inner| {
        inner.stock.insert(order, Stock::Released);
        axum::Json(()).into_response()
    };
    world.played("release", || refused(HoldRefusal::NoSuchHold), effect).await
}

async fn recall(State(world): Played) -> Response {
    let effect = |inner: &mut Inner| {
        *inner.effects.entry("recall").or_default() += 1;
        axum::Json(()).into_response()
    };
    world.played("recall", || refused(RecallRefusal::HasLeft), effect).await
}

async fn judge(State(world): Played, Json(facts): Json<Facts>) -> Response {
    let rules = ["us-ia@1".into(), "us-ia@2".into()];
    let rules = rules[..=usize::from(world.look(|inner| inner.rules_change))].to_vec();
    let verdict = |allowed| Verdict {
        verdict: VerdictId::new(),
        allowed,
        reasons: if allowed { Vec::new() } else { vec![dry_day()] },
        minimum_age: Some(21),
        rules: rules.clone(),
    };
    let effect = |inner: &mut Inner| {
        inner.asked.push(facts);
        axum::Json(verdict(true)).into_response()
    };
    world.played("judge", || axum::Json(verdict(false)).into_response(), effect).await
}

fn dry_day() -> Reason {
    Reason {
        rule: "dry-day".into(),
        detail: "It is a dry day.".into(),
        item: None,
        facts: serde_json::Map::default(),
    }
}

async fn outlook(State(world): Played, Json(outlook): Json<Outlook>) -> Response {
    let said = |reasons| axum::Json(vec![reasons; outlook.times.len()]).into_response();
    let effect = |inner: &mut Inner| {
        inner.times.extend(&outlook.times);
        said(Vec::new())
    };
    world.played("outlook", || said(vec![dry_day()]), effect).await
}

async fn start(State(world): Played, Json(start): Json<Start>) -> Response {
    let no = || refused(StartRefusal::ProviderRefused { why: "no".into() });
    let effect = |inner: &mut Inner| {
        if !inner.payments.contains_key(&start.order) {
            *inner.effects.entry("start").or_default() += 1;
        }
        let started = inner.payments.entry(start.order).or_insert_with(|| Started {
            payment: PaymentId::new(),
            provider: "sandbox".into(),
            account: "sandbox".into(),
            component: Default::default(),
            provider_payment: "pi_1".into(),
            client_secret: "pi_1_secret".into(),
            pay_url: "https://pay.example/pi_1".into(),
        });
        let answer = json!(started);
        inner.starts.push(start);
        ([(header::CONTENT_TYPE, "application/json")], answer.to_string()).into_response()
    };
    world.played("start", no, effect).await
}
