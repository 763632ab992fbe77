//! Fills a town through the API, as an operator would: one store that is always open, under a law
//! that always allows it, and people whose age is known.

use jiff::civil::date;
use kernel::{PersonId, Place, ProductId, Role, StoreId};
use reqwest::Method;
use serde_json::{Value, json};
use tipple::demo::visitor::Visitor;

use super::{PASSWORD, Town};

/// Where the store is, and the door.
pub const STORE: Place = Place { lat: 41.5903, lon: -93.6122 };
pub const DOOR: Place = Place { lat: 41.5873, lon: -93.6240 };

/// What was settled.
pub struct Settled {
    pub store: StoreId,
    pub product: ProductId,
    pub operator: Visitor,
    pub clerk: Visitor,
}

impl Town {
    /// A jurisdiction, a licensed store, and one product of which it has `bottles`.
    pub async fn settle(&self, bottles: u32) -> Settled {
        let house = self.house();
        let cart = house.database("cart").await.expect("the cart's database");
        cart::seed(&cart, house.clock.now()).await.expect("taxes and fees");
        let operator = self.visitor(0, PersonId::new(), vec![Role::Operator]);
        let clerk =
            |store| self.visitor(0, PersonId::new(), vec![Role::Manager { stores: vec![store] }]);
        Settled::by(operator, clerk, bottles).await
    }

    /// People whose date of birth the law knows.
    pub async fn people(&self, count: usize, role: &Role) -> Vec<PersonId> {
        let emails = (0..count).map(|number| format!("{}-{number}@example.com", PersonId::new()));
        self.people_at(emails.collect(), role).await
    }

    /// Someone who can sign in with this e-mail address and the tests' password.
    pub async fn person_with_password(&self, email: &str, role: &Role) -> PersonId {
        self.people_at(vec![email.to_owned()], role).await[0]
    }

    async fn people_at(&self, emails: Vec<String>, role: &Role) -> Vec<PersonId> {
        let new: Vec<accounts::seed::NewDemoPerson> = emails
            .into_iter()
            .enumerate()
            .map(|(number, email)| accounts::seed::NewDemoPerson {
                email,
                given_name: format!("Person {number}"),
                family_name: "Test".into(),
                date_of_birth: Some(date(1980, 1, 1)),
                roles: vec![role.clone()],
                home: None,
            })
            .collect();
        let house = self.house();
        let db = house.database("accounts").await.expect("accounts' database");
        let config = accounts::Config::default();
        let people = accounts::seed::people(&db, &house.clock, &config, PASSWORD, &new);
        people.await.expect("people")
    }

    /// Waits until the law knows that many birthdays.
    pub async fn await_birthdays(&self, count: i64) {
        let mut connection = self.connection().await;
        for _ in 0..600 {
            let known: i64 = sqlx::query_scalar("select count(*) from compliance.person")
                .fetch_one(&mut connection)
                .await
                .expect("compliance's people");
            if known >= count {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("the birthdays never arrived");
    }
}

impl Settled {
    /// The same by these people; there are taxes already.
    pub async fn by(
        operator: Visitor,
        clerk: impl FnOnce(StoreId) -> Visitor,
        bottles: u32,
    ) -> Self {
        make_law(&operator).await;
        Self::another(operator, clerk, bottles).await
    }

    /// Another store where there is a law already.
    pub async fn another(
        operator: Visitor,
        clerk: impl FnOnce(StoreId) -> Visitor,
        bottles: u32,
    ) -> Self {
        let store = made(&operator, "/v1/catalogue/vendors", json!({"name": "Test vendor"})).await;
        let store: StoreId = id(
            &made(&operator, "/v1/catalogue/stores", store_input(&store["vendor"])).await,
            "store",
        );
        let licence = json!({
            "number": "TEST-1", "classes": ["beer", "wine", "spirits"],
            "valid_from": "2020-01-01", "valid_until": "2090-12-31", "suspended": false,
        });
        operator.put(&format!("/v1/compliance/licences/{store}"), &licence).await.expect("licence");
        let product: ProductId =
            id(&made(&operator, "/v1/catalogue/products", product_input()).await, "product");
        let clerk = clerk(store);
        let listing = json!({"price_minor": 1999, "tax_class": "standard", "active": true});
        let path = format!("/v1/catalogue/stores/{store}/listings/{product}");
        clerk.put(&path, &listing).await.expect("a listing");
        let receipt = json!({"kind": "receipt", "quantity": bottles});
        let path = format!("/v1/catalogue/stores/{store}/stock/{product}/movements");
        clerk.post(&path, &receipt).await.expect("a receipt");
        Self { store, product, operator, clerk }
    }

    /// A cart of this buyer with one bottle: its path, and what to order of it. Where it may not be
    /// ordered there is no total.
    pub async fn fill(&self, buyer: &Visitor) -> anyhow::Result<(String, Value)> {
        let opened = buyer.post("/v1/cart/carts", &json!({"store": self.store})).await?;
        let path = format!("/v1/cart/carts/{}", opened["cart"].as_str().unwrap_or_default());
        let line = format!("{path}/lines/{}", self.product);
        buyer.put(&line, &json!({"quantity": 1})).await?;
        let door = json!({"recipient": "A buyer", "address": "1 Door St", "place": DOOR});
        buyer.put(&format!("{path}/destination"), &door).await?;
        let seen = buyer.get(&path).await?;
        Ok((path, json!({"cart": opened["cart"], "expected_total": seen["quote"]["total"]})))
    }
}

async fn make_law(operator: &Visitor) {
    let area = json!({"shape": "radius", "centre": STORE, "metres": 500_000});
    let town = json!({"name": "Test", "time_zone": "America/Chicago", "area": area,
                      "parent": null});
    operator.put("/v1/compliance/jurisdictions/US-IA", &town).await.expect("a jurisdiction");
    let always = json!({"week": vec![vec![json!({"from": "00:00", "until": "00:00"})]; 7]});
    let class = json!({"minimum_age": 21, "sale_hours": always});
    let rules = json!({
        "version": 1,
        "rules": {"beer": class, "wine": class, "spirits": class},
    });
    let path = "/v1/compliance/jurisdictions/US-IA/rulebooks";
    operator.post(path, &rules).await.expect("a rulebook");
}

async fn made(operator: &Visitor, path: &str, body: Value) -> Value {
    let request = operator.request(Method::POST, path).json(&body);
    operator.send(request).await.unwrap_or_else(|error| panic!("{path}: {error:#}"))
}

fn id<T: std::str::FromStr>(answer: &Value, name: &str) -> T {
    let text = answer[name].as_str().unwrap_or_else(|| panic!("no {name} in {answer}"));
    text.parse().unwrap_or_else(|_| panic!("{text} is no id"))
}

fn store_input(vendor: &Value) -> Value {
    json!({
        "vendor": vendor, "name": "Always Open", "address": "1 Test St", "place": STORE,
        "time_zone": "America/Chicago", "currency": "USD",
        "hours": {"week": vec![vec![json!({"from": "00:00", "until": "00:00"})]; 7]},
        "zone": {"shape": "radius", "centre": STORE, "metres": 20_000},
        "preparation_minutes": 5, "licence_number": "TEST-1", "active": true,
    })
}

fn product_input() -> Value {
    json!({
        "name": "Test Rye", "producer": "Test", "category": "spirits/whiskey/rye",
        "class": "spirits", "abv_bp": 4000, "volume_ml": 750, "pack": 1, "container": "bottle",
        "country": "US", "description": "", "active": true,
    })
}
