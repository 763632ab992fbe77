//! Signing in at providers: a real one, a bad one of ours, and stand-ins for Apple and Facebook.

mod apple;
mod bad;
mod begin;
mod facebook;
mod linking;
mod real;
mod stand_in;

use std::collections::BTreeMap;

use kernel::Actor;
use serde_json::{Value, json};
use testkit::{Answer, Bench, Caller};
use url::Url;

use self::stand_in::StandIn;

/// Where the benches' pages are.
const SITE: &str = "http://127.0.0.1:8080";

/// A sign-in that has begun.
struct Begun {
    url: Url,
    flow: String,
    secret: String,
}

impl Begun {
    /// What the address of the provider says.
    fn says(&self, name: &str) -> String {
        let mut pairs = self.url.query_pairs();
        let found = pairs.find(|(key, _)| key == name);
        found.unwrap_or_else(|| panic!("{} without {name}", self.url)).1.into_owned()
    }
}

async fn begin(caller: &Caller, provider: &str) -> Begun {
    let path = format!("/v1/accounts/providers/{provider}/begin");
    begun(&caller.post(&path, json!({})).await.ok())
}

/// The same for someone who is signed in, and links.
async fn begin_link(caller: &Caller, provider: &str) -> Begun {
    let path = format!("/v1/accounts/providers/{provider}/begin");
    begun(&caller.post(&path, json!({ "password": super::PASSWORD })).await.ok())
}

fn begun(begun: &Value) -> Begun {
    let text = |name: &str| begun[name].as_str().expect("text").to_owned();
    Begun { url: text("url").parse().unwrap(), flow: text("flow"), secret: text("flow_secret") }
}

/// Where the browser is sent on to, and with what, after it came back with this.
async fn come_back(
    caller: &Caller,
    provider: &str,
    values: &[(&str, &str)],
) -> BTreeMap<String, String> {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(values).finish();
    let path = format!("/v1/accounts/providers/{provider}/callback?{query}");
    sent_on(&caller.get(&path).await, "/signed-in")
}

/// What is in the address that an answer sends the browser to.
#[track_caller]
fn sent_on(answer: &Answer, path: &str) -> BTreeMap<String, String> {
    assert_eq!(answer.status, 303, "{:#}", answer.body);
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.headers["referrer-policy"], "no-referrer");
    let to: Url = answer.headers["location"].to_str().unwrap().parse().unwrap();
    assert!(to.as_str().starts_with(&format!("{SITE}{path}?")), "{to}");
    to.query_pairs().into_owned().collect()
}

async fn redeem(caller: &Caller, begun: &Begun, ticket: &str) -> Answer {
    let input = json!({ "flow": begun.flow, "flow_secret": begun.secret, "ticket": ticket });
    caller.post("/v1/accounts/providers/redeem", input).await
}

/// Someone signs in at the stand-in and comes back with a ticket.
async fn ticket(caller: &Caller, idp: &StandIn, begun: &Begun) -> String {
    let code = idp.approve(&begun.url);
    let mut came =
        come_back(caller, "idp", &[("state", &begun.says("state")), ("code", &code)]).await;
    came.remove("ticket").unwrap_or_else(|| panic!("{came:?}"))
}

/// Someone signs in at the stand-in, from the beginning to the end.
async fn sign_in(caller: &Caller, idp: &StandIn) -> Answer {
    let begun = begin(caller, "idp").await;
    let ticket = ticket(caller, idp, &begun).await;
    redeem(caller, &begun, &ticket).await
}

/// Someone who is signed in links who they are at the stand-in.
async fn link(caller: &Caller, idp: &StandIn) -> Answer {
    let begun = begin_link(caller, "idp").await;
    let ticket = ticket(caller, idp, &begun).await;
    redeem(caller, &begun, &ticket).await
}

/// Someone who has an account with a password and has proved that the address is theirs.
async fn verified(bench: &Bench, email: &str) -> Actor {
    let actor = super::sign_up(bench, email).await;
    sqlx::query("update accounts.person set email_verified_at = created_at where id = $1")
        .bind(actor.person.uuid())
        .execute(&mut bench.connection().await)
        .await
        .unwrap();
    actor
}

/// How many rows a table has.
async fn count(bench: &Bench, table: &str) -> i64 {
    let query = format!("select count(*) from accounts.{table}");
    sqlx::query_scalar(sqlx::AssertSqlSafe(query))
        .fetch_one(&mut bench.connection().await)
        .await
        .unwrap()
}

/// Why the latest flow signed nobody in, as it is kept for us.
async fn failure(bench: &Bench) -> String {
    let query = "select failure from accounts.provider_flow order by made_at desc, id desc limit 1";
    let failure: Option<String> =
        sqlx::query_scalar(query).fetch_one(&mut bench.connection().await).await.unwrap();
    failure.unwrap_or_default()
}
