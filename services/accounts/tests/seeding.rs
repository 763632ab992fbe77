use accounts::{
    Config, NewOperator,
    seed::{DemoHome, NewDemoPerson},
};
use accounts_api::PersonChanged;
use kernel::{Place, Role, StoreId};
use serde_json::{Value, json};

/// As fast as the bench's own.
fn config() -> Config {
    Config { argon2_memory_kib: 8, argon2_rounds: 1, ..Config::default() }
}

fn person(email: &str, roles: Vec<Role>) -> NewDemoPerson {
    let place = Place { lat: 41.5868, lon: -93.6250 };
    NewDemoPerson {
        email: email.into(),
        given_name: "Dee".into(),
        family_name: "Moe".into(),
        date_of_birth: Some(jiff::civil::date(1990, 4, 1)),
        roles,
        home: Some(DemoHome { address: "500 Locust St".into(), place }),
    }
}

#[tokio::test]
async fn a_demo_is_peopled_once() {
    let bench = super::bench().await;
    let db = super::tables(&bench).await;
    let store = StoreId::new();
    let mut people = vec![
        person("Staff@demo.example", vec![Role::Manager { stores: vec![store] }]),
        person("driver@demo.example", vec![Role::Driver]),
    ];
    let seed = |people: Vec<NewDemoPerson>| {
        let (db, clock) = (db.clone(), bench.clock.clone());
        async move {
            let password = "a demo password";
            accounts::seed::people(&db, &clock, &config(), password, &people).await.unwrap()
        }
    };
    let first = seed(people.clone()).await;
    people.insert(0, person("new@demo.example", vec![Role::Customer]));
    let again = seed(people).await;
    assert_eq!(again[1..], first);
    let told = bench.told::<PersonChanged>("accounts").await;
    assert_eq!(told.len(), 3, "each once");
    let anyone = bench.anyone("accounts");
    let input = json!({ "email": "staff@demo.example", "password": "a demo password" });
    let signed: Value = anyone.post("/v1/accounts/sign-in", input).await.ok();
    assert_eq!(signed["roles"], json!([{ "role": "manager", "stores": [store] }]));
    let token = format!("Bearer {}", signed["access_token"].as_str().unwrap());
    let staff = anyone.with("authorization", &token);
    let addresses: Value = staff.get("/v1/accounts/addresses").await.ok();
    assert_eq!(addresses["items"][0]["is_default"], true);
}

#[tokio::test]
async fn a_fresh_install_gets_an_operator() {
    let bench = super::bench().await;
    let db = super::tables(&bench).await;
    let ann = super::sign_up(&bench, "ann@example.com").await;
    let new = |email: &str, password: &str| NewOperator {
        email: email.into(),
        password: password.into(),
        given_name: "Oona".into(),
        family_name: "Ray".into(),
    };
    let clock = &bench.clock;
    let make = async |new| accounts::make_operator(&db, clock, &config(), &new).await;
    let made = make(new("Oona@example.com", "a long password")).await.unwrap();
    assert_eq!(make(new("oona@example.com", "a long password")).await.unwrap(), made);
    assert_eq!(make(new("ann@example.com", "")).await.unwrap(), ann.person);
    assert!(make(new("otto@example.com", "short")).await.is_err());
    let told = bench.told::<PersonChanged>("accounts").await;
    let last = told.last().unwrap();
    assert_eq!((last.person, &last.roles[..]), (ann.person, &[Role::Customer, Role::Operator][..]));
    let input = json!({ "email": "ann@example.com", "password": super::PASSWORD });
    bench.anyone("accounts").post("/v1/accounts/sign-in", input).await.ok::<Value>();
}

#[tokio::test]
async fn an_operator_to_be_keeps_the_stores_given_meanwhile() {
    let bench = super::bench().await;
    let db = super::tables(&bench).await;
    let ann = super::sign_up(&bench, "ann@example.com").await;
    let store = StoreId::new();
    let mut tx = db.begin().await.unwrap();
    sqlx::query("update person set version = version + 1 where id = $1")
        .bind(ann.person.uuid())
        .execute(&mut *tx)
        .await
        .unwrap();
    sqlx::query("insert into store_staff (person_id, store_id, grade) values ($1, $2, 'manager')")
        .bind(ann.person.uuid())
        .bind(store.uuid())
        .execute(&mut *tx)
        .await
        .unwrap();
    let (others, clock) = (db.clone(), bench.clock.clone());
    let making = tokio::spawn(async move {
        let new = NewOperator {
            email: "ann@example.com".into(),
            password: String::new(),
            given_name: String::new(),
            family_name: String::new(),
        };
        accounts::make_operator(&others, &clock, &config(), &new).await
    });
    // Until it waits for the lock, or nearly so.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    tx.commit().await.unwrap();
    making.await.unwrap().unwrap();
    let told = bench.told::<PersonChanged>("accounts").await;
    let roles = &told.last().unwrap().roles;
    assert!(roles.contains(&Role::Manager { stores: vec![store] }), "{roles:?}");
    assert!(roles.contains(&Role::Operator), "{roles:?}");
}
