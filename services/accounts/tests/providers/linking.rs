//! Whose account an identity opens.

use std::sync::Arc;

use serde_json::{Value, json};
use testkit::Bench;
use tokio::sync::Barrier;

use super::{
    begin, begin_link, come_back, count, link, redeem, sign_in, stand_in::StandIn, ticket, verified,
};

const IDENTITIES: &str = "/v1/accounts/me/identities";

/// A bench that knows the stand-in by two names.
async fn two(idp: &StandIn) -> Bench {
    let vouches = "vouches_for_email = true\n";
    let settings = [idp.settings("idp"), vouches.into(), idp.settings("other"), vouches.into()];
    crate::bench_with(&settings.concat()).await
}

/// Redeems flows of these providers, all at once: whose account each opened.
async fn at_once(bench: &Bench, idp: &StandIn, providers: &[&str]) -> Vec<Value> {
    let anyone = bench.anyone("accounts");
    let barrier = Arc::new(Barrier::new(providers.len()));
    let mut racers = Vec::new();
    for provider in providers {
        let begun = begin(&anyone, provider).await;
        let (state, code) = (begun.says("state"), idp.approve(&begun.url));
        let came = come_back(&anyone, provider, &[("state", &state), ("code", &code)]).await;
        let (anyone, barrier) = (anyone.clone(), barrier.clone());
        racers.push(tokio::spawn(async move {
            barrier.wait().await;
            redeem(&anyone, &begun, &came["ticket"]).await.ok::<Value>()
        }));
    }
    let mut people = Vec::new();
    for racer in racers {
        people.push(racer.await.unwrap()["person"].clone());
    }
    people
}

#[tokio::test]
async fn first_sign_ins_at_once_make_one_account() {
    let idp = StandIn::start().await;
    for providers in [["idp"; 8], ["idp", "other", "idp", "other", "idp", "other", "idp", "other"]]
    {
        let bench = two(&idp).await;
        let people = at_once(&bench, &idp, &providers).await;
        assert!(people.iter().all(|person| *person == people[0]), "{people:?}");
        assert_eq!(count(&bench, "person").await, 1);
        let different = providers.iter().collect::<std::collections::BTreeSet<_>>().len();
        assert_eq!(count(&bench, "identity").await, different as i64);
        assert_eq!(bench.told::<accounts_api::PersonChanged>("accounts").await.len(), 1);
    }
}

#[tokio::test]
async fn who_comes_for_the_first_time_is_written_to_in_the_language_that_they_read() {
    let idp = StandIn::start().await;
    let bench = idp.bench().await;
    let anyone = bench.anyone("accounts");
    // The second time it is theirs to change.
    for read in ["he-IL", "de-DE"] {
        let begun = begin(&anyone, "idp").await;
        let ticket = ticket(&anyone, &idp, &begun).await;
        let input = json!({
            "flow": begun.flow, "flow_secret": begun.secret, "ticket": ticket, "language": read,
        });
        anyone.post("/v1/accounts/providers/redeem", input).await.ok::<Value>();
        let language: String = sqlx::query_scalar("select language from accounts.person")
            .fetch_one(&mut bench.connection().await)
            .await
            .unwrap();
        assert_eq!(language, "he-IL");
    }
}

#[tokio::test]
async fn an_address_that_both_sides_have_proved_links() {
    let idp = StandIn::start().await;
    let bench = idp.bench().await;
    let ann = verified(&bench, "ann@example.com").await;
    idp.claim("email", json!("ANN@Example.com"));
    let signed: Value = sign_in(&bench.anyone("accounts"), &idp).await.ok();
    assert_eq!(signed["person"], ann.person.to_string());
    let told: Vec<Value> =
        sqlx::query_scalar("select data from accounts.flow where purpose = 'notice'")
            .fetch_all(&mut bench.connection().await)
            .await
            .unwrap();
    assert_eq!(told.len(), 1, "its person learns of it, once");
    assert_eq!(told[0]["about"], "new_factor");
    // From now on by the identity, whatever address it has.
    idp.claim("email", json!("new@example.com"));
    let signed: Value = sign_in(&bench.anyone("accounts"), &idp).await.ok();
    assert_eq!(signed["person"], ann.person.to_string());
    let caller = crate::bearer(&bench, &signed);
    let me: Value = caller.get("/v1/accounts/me").await.ok();
    assert_eq!(me["email"], "ann@example.com");
    let listed: Value = caller.get(IDENTITIES).await.ok();
    assert_eq!(listed["items"][0]["email"], "new@example.com");
    assert_eq!(count(&bench, "person").await, 1);
}

#[tokio::test]
async fn an_address_that_one_side_has_not_proved_does_not_link() {
    let idp = StandIn::start().await;
    let bench = idp.bench().await;
    let anyone = bench.anyone("accounts");
    // Whoever signed up with it may not be its owner.
    crate::sign_up(&bench, "ann@example.com").await;
    sqlx::query("update accounts.person set email_verified_at = null")
        .execute(&mut bench.connection().await)
        .await
        .unwrap();
    sign_in(&anyone, &idp).await.refused(409, "sign-in-first-to-link");
    verified(&bench, "bob@example.com").await;
    idp.claim("email", json!("bob@example.com"));
    for unproved in [json!(false), json!("false"), json!(null), json!(1), json!("yes")] {
        idp.claim("email_verified", unproved);
        sign_in(&anyone, &idp).await.refused(409, "sign-in-first-to-link");
    }
    assert_eq!((count(&bench, "person").await, count(&bench, "identity").await), (2, 0));
    // One that nobody has yet is not taken by saying so either.
    idp.claim("email", json!("carl@example.com"));
    let signed: Value = sign_in(&anyone, &idp).await.ok();
    let me: Value = crate::bearer(&bench, &signed).get("/v1/accounts/me").await.ok();
    assert_eq!(me["email"], json!(null));
    verified(&bench, "carl@example.com").await;
}

#[tokio::test]
async fn a_provider_that_is_not_believed_does_not_link() {
    let idp = StandIn::start().await;
    let bench = crate::bench_with(&idp.settings("idp")).await;
    verified(&bench, "ann@example.com").await;
    let answer = sign_in(&bench.anyone("accounts"), &idp).await;
    answer.refused(409, "sign-in-first-to-link");
    assert_eq!(count(&bench, "identity").await, 0);
}

/// An address may be given to someone else at the provider.
#[tokio::test]
async fn an_address_with_another_owner_at_the_provider_does_not_link() {
    let idp = StandIn::start().await;
    let bench = idp.bench().await;
    sign_in(&bench.anyone("accounts"), &idp).await.ok::<Value>();
    idp.claim("sub", json!("the-next-ann"));
    let answer = sign_in(&bench.anyone("accounts"), &idp).await;
    answer.refused(409, "sign-in-first-to-link");
}

#[tokio::test]
async fn whoever_is_signed_in_links_for_themselves() {
    let idp = StandIn::start().await;
    let bench = idp.bench().await;
    let anyone = bench.anyone("accounts");
    let bob = crate::sign_up(&bench, "bob@example.com").await;
    let eve = crate::sign_up(&bench, "eve@example.com").await;
    let (bob_calls, eve_calls) = (bench.signed("accounts", &bob), bench.signed("accounts", &eve));
    idp.claim("email_verified", json!(false));
    let path = "/v1/accounts/providers/idp/begin";
    for proof in [json!({}), json!({ "password": "not bob's password" })] {
        bob_calls.post(path, proof).await.refused(403, "wrong-password");
    }
    let begun = begin_link(&bob_calls, "idp").await;
    let mine = ticket(&anyone, &idp, &begun).await;
    for other in [&anyone, &eve_calls] {
        redeem(other, &begun, &mine).await.refused(409, "sign-in-ended");
    }
    let signed: Value = redeem(&bob_calls, &begun, &mine).await.ok();
    assert_eq!(signed["person"], bob.person.to_string());
    let signed: Value = sign_in(&anyone, &idp).await.ok();
    assert_eq!(signed["person"], bob.person.to_string());
    // Again is as good as once; someone else's is refused, and so is a second one.
    assert_eq!(link(&bob_calls, &idp).await.ok::<Value>()["person"], signed["person"]);
    link(&eve_calls, &idp).await.refused(409, "identity-of-another");
    idp.claim("sub", json!("bob-2"));
    link(&bob_calls, &idp).await.refused(409, "another-identity-linked");
    assert_eq!(count(&bench, "identity").await, 1);
    let listed: Value = bob_calls.get(IDENTITIES).await.ok();
    assert_eq!(listed["items"][0]["provider"], "idp");
    assert_eq!(eve_calls.get(IDENTITIES).await.ok::<Value>(), json!({ "items": [] }));
}

#[tokio::test]
async fn a_provider_is_one_factor_where_two_are_wanted() {
    let idp = StandIn::start().await;
    let bench = idp.bench().await;
    let ann = crate::visitor::Visitor::join(&bench, "ann@example.com").await;
    let (app, _) = ann.add_app(&bench).await;
    let asked: Value = sign_in(&bench.anyone("accounts"), &idp).await.ok();
    assert_eq!(asked.get("access_token"), None);
    let challenge = &asked["second_factor"]["challenge"];
    bench.advance(30);
    let shown = json!({ "challenge": challenge, "code": app.code(&bench) });
    let path = "/v1/accounts/sign-in/second-factor";
    let signed: Value = bench.anyone("accounts").post(path, shown).await.ok();
    assert_eq!(signed["person"], ann.person.to_string());
}

#[tokio::test]
async fn whoever_is_blocked_is_not_let_in() {
    let idp = StandIn::start().await;
    let bench = idp.bench().await;
    let anyone = bench.anyone("accounts");
    sign_in(&anyone, &idp).await.ok::<Value>();
    sqlx::query("update accounts.person set blocked_at = created_at, blocked_why = 'fraud'")
        .execute(&mut bench.connection().await)
        .await
        .unwrap();
    sign_in(&anyone, &idp).await.refused(403, "blocked");
    assert_eq!(count(&bench, "session").await, 1);
}

/// What a person has of their data, and what thieves would have of it.
#[tokio::test]
async fn identities_are_given_out_without_their_secrets() {
    let idp = StandIn::start().await;
    let bench = idp.bench().await;
    let signed: Value = sign_in(&bench.anyone("accounts"), &idp).await.ok();
    let path = format!("/internal/accounts/people/{}/data", signed["person"].as_str().unwrap());
    let data: Value = bench.house("accounts").get(&path).await.ok();
    let identity = &data["identities"][0];
    assert_eq!((&identity["provider"], &identity["subject"]), (&json!("idp"), &json!("ann")));
    assert_eq!(identity.get("refresh_token"), None);
}

#[tokio::test]
async fn the_last_way_in_stays() {
    let idp = StandIn::start().await;
    let bench = two(&idp).await;
    let anyone = bench.anyone("accounts");
    let signed: Value = sign_in(&anyone, &idp).await.ok();
    let ann = crate::bearer(&bench, &signed);
    let (first, second) = (format!("{IDENTITIES}/idp"), format!("{IDENTITIES}/other"));
    ann.delete(&first).await.refused(409, "last-way-in");
    ann.delete(&second).await.refused(404, "not-found");
    at_once(&bench, &idp, &["other"]).await;
    // Both at once: one of them stays.
    let barrier = Arc::new(Barrier::new(2));
    let racers = [first.clone(), second].map(|path| {
        let (ann, barrier) = (ann.clone(), barrier.clone());
        tokio::spawn(async move {
            barrier.wait().await;
            ann.delete(&path).await.status.as_u16()
        })
    });
    let mut codes = Vec::new();
    for racer in racers {
        codes.push(racer.await.unwrap());
    }
    codes.sort_unstable();
    assert_eq!(codes, [204, 409]);
    assert_eq!(count(&bench, "identity").await, 1);
    // With a password it may go, and the access that we had is given back.
    let bob = crate::sign_up(&bench, "bob@example.com").await;
    let bob = bench.signed("accounts", &bob);
    idp.claim("sub", json!("bob"));
    link(&bob, &idp).await.ok::<Value>();
    assert_eq!(bob.delete(&first).await.status, 204);
    bob.delete(&first).await.refused(404, "not-found");
    bench
        .eventually("access is given back", || async {
            let asked = idp.asked("/revoke");
            (asked.len() == 2 && count(&bench, "provider_revocation").await == 0).then_some(())
        })
        .await;
    assert!(idp.asked("/revoke")[0].contains("a+refresh+token+that+nobody+else+sees"));
}
