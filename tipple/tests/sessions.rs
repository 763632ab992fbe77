//! Sessions over several processes on one database: what ends in one has ended in all.

mod support;

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use kernel::{PersonId, Role};
use reqwest::StatusCode;
use serde_json::{Value, json};
use support::Town;
use tipple::demo::visitor::Visitor;
use tokio::sync::Barrier;

const PROCESSES: usize = 3;
const TABS: usize = 20;
const EMAIL: &str = "ann@example.com";

struct House {
    town: Town,
    http: reqwest::Client,
    _running: Vec<support::Running>,
}

impl House {
    async fn start() -> Self {
        let town = Town::new(PROCESSES).await;
        town.house().migrate(|_| ()).await.expect("the tables");
        let mut running = Vec::new();
        for process in 0..PROCESSES {
            running.push(town.start(process).await);
        }
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        Self { town, http, _running: running }
    }

    async fn post(&self, process: usize, path: &str, body: Value) -> (StatusCode, Value) {
        let url = format!("{}{path}", self.town.base(process));
        let answer = self.http.post(url).json(&body).send().await.expect("an answer");
        (answer.status(), answer.json().await.unwrap_or_default())
    }

    async fn refresh(&self, process: usize, token: &Value) -> (StatusCode, Value) {
        let body = json!({ "refresh_token": token });
        self.post(process, "/v1/accounts/sessions/refresh", body).await
    }

    /// How long it takes until no process takes this access token any more.
    async fn refused_everywhere(&self, signed_in: &Value) -> Duration {
        let began = Instant::now();
        let token = signed_in["access_token"].as_str().expect("a token");
        for process in 0..PROCESSES {
            // Not accounts' own: each service checks for itself.
            let url = format!("{}/v1/notifications/messages", self.town.base(process));
            loop {
                let answer = self.http.get(&url).bearer_auth(token).send().await;
                if answer.expect("an answer").status() == StatusCode::UNAUTHORIZED {
                    break;
                }
                assert!(began.elapsed() < Duration::from_secs(20), "it still holds");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        began.elapsed()
    }

    async fn sign_in(&self, process: usize) -> Value {
        let body = json!({ "email": EMAIL, "password": support::PASSWORD });
        let (status, signed_in) = self.post(process, "/v1/accounts/sign-in", body).await;
        assert_eq!(status, StatusCode::OK, "{signed_in}");
        signed_in
    }
}

/// Refreshes with one token from as many tabs at once, over all processes.
async fn all_at_once(house: &Arc<House>, token: &Value) -> Vec<(StatusCode, Value)> {
    let start = Arc::new(Barrier::new(TABS));
    let tabs = (0..TABS).map(|tab| {
        let (house, start, token) = (Arc::clone(house), Arc::clone(&start), token.clone());
        tokio::spawn(async move {
            start.wait().await;
            house.refresh(tab % PROCESSES, &token).await
        })
    });
    let mut answers = Vec::new();
    for tab in tabs.collect::<Vec<_>>() {
        answers.push(tab.await.expect("an answer"));
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_ends_in_one_process_has_ended_in_all() {
    let house = Arc::new(House::start().await);
    let person = house.town.person_with_password(EMAIL, &Role::Driver).await;
    let first = house.sign_in(0).await;
    let answers = all_at_once(&house, &first["refresh_token"]).await;
    let next: BTreeSet<String> = answers
        .iter()
        .map(|(status, body)| {
            assert_eq!(*status, StatusCode::OK, "{body}");
            body["refresh_token"].as_str().expect("a token").to_owned()
        })
        .collect();
    assert_eq!(next.len(), 1, "one family");
    let next = json!(next.first());

    // Beyond the moment in which tabs meet, the spent token is a thief's.
    tokio::time::sleep(Duration::from_secs(6)).await;
    let (status, newest) = house.refresh(1, &next).await;
    assert_eq!(status, StatusCode::OK);
    let (status, _) = house.refresh(2, &first["refresh_token"]).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let took = house.refused_everywhere(&newest).await;
    println!("a session whose token was used twice ended everywhere after {took:?}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    let (status, _) = house.refresh(0, &newest["refresh_token"]).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);

    a_role_and_a_block(&house, person).await;
}

async fn a_role_and_a_block(house: &House, person: PersonId) {
    let operator: Visitor = house.town.visitor(1, PersonId::new(), vec![Role::Operator]);
    let signed_in = house.sign_in(0).await;
    let roles = json!({ "roles": [{ "role": "customer" }] });
    operator.put(&format!("/v1/accounts/people/{person}/roles"), &roles).await.expect("roles");
    let took = house.refused_everywhere(&signed_in).await;
    assert!(took < Duration::from_secs(5), "{took:?}");
    let (status, next) = house.refresh(2, &signed_in["refresh_token"]).await;
    assert_eq!((status, &next["roles"]), (StatusCode::OK, &roles["roles"]));

    let why = json!({ "reason": "fraud" });
    operator.post(&format!("/v1/accounts/people/{person}/block"), &why).await.expect("a block");
    let took = house.refused_everywhere(&next).await;
    assert!(took < Duration::from_secs(5), "{took:?}");
    let (status, _) = house.refresh(0, &next["refresh_token"]).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}
