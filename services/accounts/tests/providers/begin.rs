//! The way there and back: whose flow it is, how long it lasts, where it leads.

use kernel::Id;
use serde_json::{Value, json};

use super::{Begun, begin, come_back, redeem, sent_on, sign_in, stand_in::StandIn, ticket};

#[tokio::test]
async fn a_provider_that_is_set_is_offered() {
    let idp = StandIn::start().await;
    let bench = idp.bench().await;
    let anyone = bench.anyone("accounts");
    let offered: Value = anyone.get("/v1/accounts/providers").await.ok();
    assert_eq!(offered, json!({ "items": [{ "provider": "idp", "display_name": "Idp" }] }));
    let begun = begin(&anyone, "idp").await;
    assert_eq!(begun.says("scope"), "openid email profile");
    let back = "http://127.0.0.1:8080/v1/accounts/providers/idp/callback";
    assert_eq!(begun.says("redirect_uri"), back);
    let secrets = [begun.says("state"), begun.says("nonce"), begun.says("code_challenge")];
    assert!(secrets.iter().all(|secret| secret.len() >= 43));
    let again = begin(&anyone, "idp").await;
    for (name, secret) in ["state", "nonce", "code_challenge"].into_iter().zip(secrets) {
        assert_ne!(again.says(name), secret);
    }
    for path in ["nobody/begin", "IDP/begin"] {
        let path = format!("/v1/accounts/providers/{path}");
        anyone.post(&path, json!({})).await.refused(404, "not-found");
    }
    let nobody = "/v1/accounts/providers/nobody/callback?state=s&code=c";
    anyone.get(nobody).await.refused(404, "not-found");
}

#[tokio::test]
async fn a_flow_is_redeemed_once_by_who_began_it_and_came_back() {
    let idp = StandIn::start().await;
    let bench = idp.bench().await;
    let anyone = bench.anyone("accounts");
    let (begun, other) = (begin(&anyone, "idp").await, begin(&anyone, "idp").await);
    redeem(&anyone, &begun, "").await.refused(422, "invalid-input");
    redeem(&anyone, &begun, "too early").await.refused(409, "sign-in-ended");
    let (mine, theirs) = (ticket(&anyone, &idp, &begun).await, ticket(&anyone, &idp, &other).await);
    // A ticket opens its own flow, with that flow's secret: an address alone is worth nothing, nor
    // is one that someone puts under another browser.
    let crossed = Begun {
        secret: other.secret.clone(),
        flow: begun.flow.clone(),
        ..begin(&anyone, "idp").await
    };
    for (begun, ticket) in [(&begun, &theirs), (&crossed, &mine), (&crossed, &theirs)] {
        redeem(&anyone, begun, ticket).await.refused(409, "sign-in-ended");
    }
    let unknown = Begun { flow: Id::<()>::new().to_string(), ..crossed };
    redeem(&anyone, &unknown, &mine).await.refused(409, "sign-in-ended");
    let signed: Value = redeem(&anyone, &begun, &mine).await.ok();
    redeem(&anyone, &begun, &mine).await.refused(409, "sign-in-ended");
    let me: Value = crate::bearer(&bench, &signed).get("/v1/accounts/me").await.ok();
    assert_eq!((&me["email"], &me["given_name"]), (&json!("ann@example.com"), &json!("Ann")));
    assert_eq!(me["roles"], json!([{ "role": "customer" }]));
}

#[tokio::test]
async fn a_flow_that_is_redeemed_several_times_at_once_gives_one_session() {
    let idp = StandIn::start().await;
    let bench = idp.bench().await;
    let anyone = bench.anyone("accounts");
    let begun = begin(&anyone, "idp").await;
    let ticket = ticket(&anyone, &idp, &begun).await;
    let redeem = || redeem(&anyone, &begun, &ticket);
    let (a, b, c, d) = tokio::join!(redeem(), redeem(), redeem(), redeem());
    let mut codes = [a, b, c, d].map(|answer| answer.status.as_u16());
    codes.sort_unstable();
    assert_eq!(codes, [200, 409, 409, 409]);
    assert_eq!(super::count(&bench, "session").await, 1);
}

#[tokio::test]
async fn a_flow_lasts_ten_minutes() {
    let idp = StandIn::start().await;
    let bench = idp.bench().await;
    let anyone = bench.anyone("accounts");
    let begun = begin(&anyone, "idp").await;
    bench.advance(599);
    let late = ticket(&anyone, &idp, &begun).await;
    bench.advance(1);
    redeem(&anyone, &begun, &late).await.refused(409, "sign-in-ended");
    let begun = begin(&anyone, "idp").await;
    bench.advance(600);
    let (state, code) = (begun.says("state"), idp.approve(&begun.url));
    let came = come_back(&anyone, "idp", &[("state", &state), ("code", &code)]).await;
    assert_eq!(came["error"], "sign-in-ended");
    bench
        .eventually("what is over is deleted", || async {
            (super::count(&bench, "provider_flow").await == 0).then_some(())
        })
        .await;
}

#[tokio::test]
async fn the_browser_ends_on_a_page_of_ours() {
    let idp = StandIn::start().await;
    let bench = idp.bench().await;
    let anyone = bench.anyone("accounts");
    let path = "/v1/accounts/providers/idp/begin";
    for bad in
        ["//other.example", "https://other.example", "/\\other.example", "cart", "/a\u{0}b", "/a#b"]
    {
        let problem =
            anyone.post(path, json!({ "return_path": bad })).await.refused(422, "invalid-input");
        assert_eq!(problem["field"], "return_path", "{bad}");
    }
    anyone.post(path, json!({ "person": "me" })).await.refused(422, "invalid-input");
    let begun: Value = anyone.post(path, json!({ "return_path": "/cart?step=2" })).await.ok();
    let url: url::Url = begun["url"].as_str().unwrap().parse().unwrap();
    let state = url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let code = idp.approve(&url);
    let path = format!("/v1/accounts/providers/idp/callback?state={state}&code={code}");
    let came = sent_on(&anyone.get(&path).await, "/cart");
    assert_eq!((came["step"].as_str(), &json!(came["flow"])), ("2", &begun["flow"]));
    assert!(came.contains_key("ticket"));
}

/// Secrets that come back are kept as hashes, and what the provider gave us is sealed.
#[tokio::test]
async fn the_tables_hold_no_secret() {
    let idp = StandIn::start().await;
    let bench = idp.bench().await;
    let anyone = bench.anyone("accounts");
    let begun = begin(&anyone, "idp").await;
    let ticket = ticket(&anyone, &idp, &begun).await;
    let query = "select provider_flow::text from accounts.provider_flow";
    let row: String =
        sqlx::query_scalar(query).fetch_one(&mut bench.connection().await).await.unwrap();
    let refresh = hex::encode("a refresh token that nobody else sees");
    for secret in [&begun.secret, &begun.says("state"), &ticket, &hex::encode(&ticket), &refresh] {
        assert!(!row.contains(secret.as_str()), "{row}");
    }
    redeem(&anyone, &begun, &ticket).await.ok::<Value>();
    let query = "select provider_flow::text from accounts.provider_flow";
    let row: String =
        sqlx::query_scalar(query).fetch_one(&mut bench.connection().await).await.unwrap();
    assert!(!row.contains("ann@example.com"), "what is redeemed is not kept: {row}");
    sign_in(&anyone, &idp).await.ok::<Value>();
    let query = "select identity::text from accounts.identity";
    let row: String =
        sqlx::query_scalar(query).fetch_one(&mut bench.connection().await).await.unwrap();
    assert!(!row.contains(&refresh) && row.contains("ann@example.com"), "{row}");
}
