use http::header::SET_COOKIE;
use serde_json::{Value, json};
use testkit::{Answer, Bench, Caller};

use super::{PASSWORD, visitor::Visitor};

const REFRESH: &str = "/v1/accounts/sessions/refresh";

/// A browser's page: it asks for cookies, and brings those that it has.
fn page(bench: &Bench, cookies: &str) -> Caller {
    let page = bench.anyone("accounts").with("x-session", "cookie");
    if cookies.is_empty() { page } else { page.with("cookie", cookies) }
}

/// `name=value` of each cookie that an answer sets, and all that it says of them.
fn set(answer: &Answer) -> Vec<(String, String)> {
    let all = answer.headers.get_all(SET_COOKIE).into_iter().map(|one| one.to_str().unwrap());
    all.map(|one| {
        let (pair, rest) = one.split_once("; ").unwrap();
        (pair.to_owned(), rest.to_owned())
    })
    .collect()
}

fn brought(answer: &Answer) -> String {
    set(answer).into_iter().map(|(pair, _)| pair).collect::<Vec<_>>().join("; ")
}

async fn signed_in(bench: &Bench, email: &str, cookies: &str) -> Answer {
    let input = json!({ "email": email, "password": PASSWORD });
    page(bench, cookies).post("/v1/accounts/sign-in", input).await
}

#[tokio::test]
async fn a_page_that_asks_for_it_never_sees_what_keeps_it_signed_in() {
    let bench = super::bench().await;
    let ann = Visitor::join(&bench, "ann@example.com").await;
    let answer = signed_in(&bench, &ann.email, "").await;
    let cookies = set(&answer);
    assert_eq!(cookies.len(), 2, "{cookies:?}");
    for (pair, rest) in &cookies {
        assert!(rest.contains("HttpOnly") && rest.contains("SameSite=Strict"), "{pair}; {rest}");
        assert!(rest.contains("Path=/v1/accounts"), "{rest}");
    }
    let first = brought(&answer);
    let tokens: Value = answer.ok();
    assert!(tokens["access_token"].is_string());
    assert_eq!((tokens.get("refresh_token"), tokens.get("device")), (None, None));

    let answer = page(&bench, &first).post(REFRESH, json!({})).await;
    let second = brought(&answer);
    let next: Value = answer.ok();
    assert_eq!(next["session"], tokens["session"]);
    assert_ne!(first, second);

    let out = super::bearer(&bench, &next).with("x-session", "cookie").with("cookie", &second);
    let answer = out.post("/v1/accounts/sign-out", json!({})).await;
    let cookies = set(&answer);
    assert_eq!(answer.status, 204);
    assert!(cookies[0].0 == "tipple_refresh=" && cookies[0].1.contains("Max-Age=0"), "{cookies:?}");
    let answer = page(&bench, &second).post(REFRESH, json!({})).await;
    assert!(set(&answer)[0].1.contains("Max-Age=0"), "what does not hold is thrown away");
    answer.refused(401, "session-ended");
}

#[tokio::test]
async fn a_form_of_another_site_can_do_nothing_with_the_cookies() {
    let bench = super::bench().await;
    let ann = Visitor::join(&bench, "ann@example.com").await;
    let cookies = brought(&signed_in(&bench, &ann.email, "").await);
    let form = bench.anyone("accounts").with("cookie", &cookies);
    let answer = form.post(REFRESH, json!({})).await;
    assert!(set(&answer).is_empty());
    answer.refused(401, "session-ended");
    // Still good where it belongs.
    page(&bench, &cookies).post(REFRESH, json!({})).await.ok::<Value>();
}

#[tokio::test]
async fn the_device_stays_known_over_sign_ins() {
    let bench = super::bench().await;
    let ann = Visitor::join(&bench, "ann@example.com").await;
    let device = |answer: &Answer| {
        let found = set(answer).into_iter().find(|(pair, _)| pair.starts_with("tipple_device="));
        found.unwrap().0
    };
    let first = device(&signed_in(&bench, &ann.email, "").await);
    let second = device(&signed_in(&bench, &ann.email, &format!("other=1; {first}")).await);
    assert_eq!(first, second);
}
