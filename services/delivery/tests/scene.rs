//! A town with one store, drivers, and orders that other services tell of.

use std::sync::{Arc, Mutex};

use accounts_api::PersonChanged;
use axum::{
    Json, Router,
    extract::State as Shared,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use compliance_api::{Facts, Moment, Reason, Verdict};
use delivery_api::{JobMove, JobMoved};
use host::Part;
use kernel::{
    Actor, AlcoholClass, Currency, CustomerId, Drink, JobId, LineId, Money, OrderId, Place,
    ProductId, Role, StoreId, VerdictId,
};
use orders_api::{Move, OrderFacts, OrderLine, OrderMoved, State};
use serde_json::{Value, json};
use testkit::{Answer, Bench, BenchBuilder, Caller};

pub const PARTS: &[Part] = &[delivery::PART];
pub const STORE: Place = Place { lat: 41.5868, lon: -93.6250 };
pub const DOOR: Place = Place { lat: 41.6005, lon: -93.6805 };
pub const OF_AGE: &str = "1990-04-01";
pub const UNDER_AGE: &str = "2010-04-01";

/// What the stand-in for compliance says, and what it was asked.
#[derive(Default)]
pub struct Law {
    pub asked: Vec<Facts>,
    /// Everything is forbidden for this reason.
    pub forbids: Option<&'static str>,
    /// Forbidden where the hours must hold until later than this.
    pub ends_at: Option<jiff::Timestamp>,
    pub down: bool,
}

type SharedLaw = Arc<Mutex<Law>>;

async fn judge(Shared(law): Shared<SharedLaw>, Json(facts): Json<Facts>) -> Response {
    let mut law = law.lock().unwrap();
    if law.down {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let mut rules = Vec::new();
    rules.extend(law.forbids);
    let young = facts.shown_date_of_birth.is_none_or(|born| born.year() > 2005);
    if facts.moment == Moment::Door && young {
        rules.push("under-age");
    }
    let today = jiff::civil::date(2026, 6, 15);
    if facts.shown_valid_until.is_some_and(|last| last < today) {
        rules.push("document-expired");
    }
    if law.ends_at.is_some_and(|end| facts.back_by.is_none_or(|back| back >= end)) {
        rules.push("outside-sale-hours");
    }
    law.asked.push(facts);
    let reason = |rule: &&str| Reason {
        rule: (*rule).to_owned(),
        detail: format!("It is {rule}."),
        item: None,
        facts: serde_json::Map::default(),
    };
    Json(Verdict {
        verdict: VerdictId::new(),
        allowed: rules.is_empty(),
        reasons: rules.iter().map(reason).collect(),
        minimum_age: Some(21),
        rules: vec!["US-IA@1".into()],
    })
    .into_response()
}

pub struct Scene {
    pub bench: Bench,
    pub law: SharedLaw,
    pub store: StoreId,
    pub customer: Actor,
}

pub async fn scene() -> Scene {
    scene_with("").await
}

pub async fn scene_with(settings: &str) -> Scene {
    scene_by(settings, |bench| bench).await
}

pub async fn scene_by(settings: &str, more: impl FnOnce(BenchBuilder) -> BenchBuilder) -> Scene {
    let law = SharedLaw::default();
    let compliance =
        Router::new().route("/internal/compliance/judge", post(judge)).with_state(Arc::clone(&law));
    let settings = format!("[delivery]\n{settings}");
    let bench = Bench::of(PARTS).settings(&settings).stand_in("compliance", compliance);
    let bench = more(bench).start().await;
    Scene { bench, law, store: StoreId::new(), customer: testkit::customer() }
}

/// A place so many degrees north of the store.
pub fn north(degrees: f64) -> Place {
    Place { lat: STORE.lat + degrees, ..STORE }
}

fn line(name: &str, class: AlcoholClass, quantity: u32) -> OrderLine {
    let abv_bp = if class == AlcoholClass::None { 0 } else { 4000 };
    let free = Money::zero(Currency::USD);
    OrderLine {
        line: LineId::new(),
        product: ProductId::new(),
        name: name.into(),
        category: "spirits".into(),
        drink: Drink { class, abv_bp, volume_ml: 750, pack: 1 },
        quantity,
        delivered: 0,
        net_unit_price: free,
        total: free,
        if_missing: Default::default(),
    }
}

impl Scene {
    /// Two bottles of whiskey, then three of tonic water.
    pub fn order(&self) -> OrderFacts {
        let free = Money::zero(Currency::USD);
        OrderFacts {
            order: OrderId::new(),
            cart: None,
            number: "K7Q2-9F".into(),
            customer: CustomerId::from_uuid(self.customer.person.uuid()),
            store: self.store,
            store_name: "Cork & Barley".into(),
            store_address: "1 Grand Ave".into(),
            store_place: STORE,
            time_zone: "America/Chicago".into(),
            preparation_minutes: 10,
            destination: cart_api::Destination {
                recipient: "Ann Lee".into(),
                address: "4100 Ingersoll Ave".into(),
                place: DOOR,
                kind: Some(compliance_api::AddressKind::Home),
                instructions: "Ring twice".into(),
            },
            lines: vec![
                line("Templeton Rye", AlcoholClass::Spirits, 2),
                line("Tonic water", AlcoholClass::None, 3),
            ],
            charges: free,
            tip: Some(Money::new(500, Currency::USD)),
            total: free,
            placed_at: self.bench.now(),
            picked: None,
            slot: None,
        }
    }

    pub async fn tell(&self, order: &OrderFacts, moved: Move, state: State, version: i64) {
        let order = order.clone();
        self.bench.tell(&OrderMoved { order, state, moved, version }).await;
    }

    pub async fn accepted(&self, order: &OrderFacts) -> JobId {
        self.tell(order, Move::Accepted, State::Accepted, 3).await;
        let operator = self.bench.signed("delivery", &testkit::operator());
        let path = format!("/v1/delivery/orders/{}", order.order);
        let look = || async {
            let answer = operator.get(&path).await;
            answer.status.is_success().then(|| answer.ok::<Value>()["job"].clone())
        };
        let job = self.bench.eventually("a job", look).await;
        job.as_str().unwrap().parse().unwrap()
    }

    /// Packed and paid for.
    pub async fn ready(&self, order: &OrderFacts) {
        self.tell(order, Move::Packed, State::Packed, 4).await;
        self.tell(order, Move::Captured, State::Packed, 5).await;
        self.until_job(order, "ready", &json!(true)).await;
    }

    pub async fn cancelled(&self, order: &OrderFacts, version: i64) {
        let reason = "changed their mind".into();
        self.tell(order, Move::Cancelled { reason }, State::Cancelled, version).await;
    }

    /// Waits until the operator's list shows the job like this.
    pub async fn until_job(&self, order: &OrderFacts, field: &str, value: &Value) {
        let look = || async { (self.job(order).await[field] == *value).then_some(()) };
        self.bench.eventually(&format!("{field} = {value}"), look).await;
    }

    /// The job as the operator's list shows it.
    pub async fn job(&self, order: &OrderFacts) -> Value {
        let operator = self.bench.signed("delivery", &testkit::operator());
        let list: Value = operator.get("/v1/delivery/jobs?limit=100").await.ok();
        let jobs = list["items"].as_array().unwrap();
        let id = json!(order.order);
        jobs.iter().find(|job| job["order"] == id).cloned().unwrap_or_default()
    }

    /// Someone accounts has told of, on shift at this place.
    pub async fn driver(&self, name: &str, place: Place) -> Driver {
        let actor = testkit::driver();
        let driver = self.off_shift(&actor);
        self.bench.tell(&person(&actor, name, 1)).await;
        let began = driver.caller.post("/v1/delivery/shift", json!({ "place": place })).await;
        began.ok::<Value>();
        let known = || async { (driver.me().await["given_name"] == name).then_some(()) };
        self.bench.eventually("accounts has told", known).await;
        driver
    }

    pub fn off_shift(&self, actor: &Actor) -> Driver {
        Driver { caller: self.bench.signed("delivery", actor), actor: actor.clone() }
    }

    /// Waits until this driver is asked, and gives the offer's id.
    pub async fn offered(&self, driver: &Driver) -> String {
        let look = || async { driver.me().await["offer"]["offer"].as_str().map(str::to_owned) };
        self.bench.eventually("an offer", look).await
    }

    /// A ready order in the bag of this driver, at the door.
    pub async fn at_door(&self, driver: &Driver) -> (OrderFacts, JobId) {
        let order = self.order();
        let job = self.accepted(&order).await;
        self.ready(&order).await;
        let offer = self.offered(driver).await;
        driver.accept(&offer).await.ok::<Value>();
        driver.act(job, "pick-up").await.ok::<Value>();
        driver.act(job, "arrive").await.ok::<Value>();
        (order, job)
    }

    /// What was told of one order, in order.
    pub async fn told(&self, order: &OrderFacts) -> Vec<JobMove> {
        let told = self.bench.told::<JobMoved>("delivery").await;
        let mine = told.into_iter().filter(|event| event.order == order.order);
        mine.map(|event| event.moved).collect()
    }
}

pub fn person(actor: &Actor, name: &str, version: i64) -> PersonChanged {
    PersonChanged {
        person: actor.person,
        given_name: name.into(),
        date_of_birth: None,
        roles: vec![Role::Driver],
        age_proof: None,
        version,
    }
}

pub struct Driver {
    pub caller: Caller,
    pub actor: Actor,
}

impl Driver {
    pub async fn me(&self) -> Value {
        self.caller.get("/v1/delivery/me").await.ok()
    }

    pub async fn accept(&self, offer: &str) -> Answer {
        self.caller.post(&format!("/v1/delivery/offers/{offer}/accept"), ()).await
    }

    pub async fn decline(&self, offer: &str) -> Answer {
        self.caller.post(&format!("/v1/delivery/offers/{offer}/decline"), ()).await
    }

    pub async fn act(&self, job: JobId, deed: &str) -> Answer {
        self.act_with(job, deed, json!(null)).await
    }

    pub async fn act_with(&self, job: JobId, deed: &str, input: Value) -> Answer {
        self.caller.post(&format!("/v1/delivery/jobs/{job}/{deed}"), input).await
    }

    pub async fn check(&self, job: JobId, born: &str) -> Value {
        self.act_with(job, "check", document(born)).await.ok()
    }

    pub async fn hand_over(&self, job: JobId) -> Answer {
        self.act_with(job, "hand-over", json!({ "recipient_name": "Ann Lee" })).await
    }
}

pub fn document(born: &str) -> Value {
    json!({
        "document": {
            "kind": "driving_licence",
            "date_of_birth": born,
            "expires_on": "2030-12-31",
            "number": "qxz-jkw7",
        },
        "name_matches": true,
        "sober": true,
    })
}
