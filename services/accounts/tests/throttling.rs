use std::sync::Arc;

use serde_json::{Value, json};
use testkit::{Answer, Bench, Caller};
use tokio::sync::Barrier;

use super::visitor::Visitor;

const PATH: &str = "/v1/accounts/sign-in";

fn from(bench: &Bench, address: &str) -> Caller {
    bench.anyone("accounts").with("x-forwarded-for", address)
}

async fn guess(caller: &Caller, email: &str, password: &str) -> Answer {
    caller.post(PATH, json!({ "email": email, "password": password })).await
}

#[tokio::test]
async fn guesses_grow_slow_alike_for_known_and_unknown_accounts() {
    let bench = super::bench().await;
    super::sign_up(&bench, "ann@example.com").await;
    for email in ["ann@example.com", "nobody@example.com"] {
        let thief = from(&bench, "192.0.2.1");
        for _ in 0..6 {
            guess(&thief, email, "wrong").await.refused(401, "sign-in-refused");
        }
        let slow = guess(&thief, email, super::PASSWORD).await;
        assert_eq!(slow.headers["retry-after"], "1");
        slow.refused(429, "slow-down");
        bench.advance(1);
        guess(&thief, email, "wrong").await.refused(401, "sign-in-refused");
        bench.advance(1);
        guess(&thief, email, "wrong").await.refused(429, "slow-down");
        bench.advance(1);
        guess(&thief, email, "wrong").await.refused(401, "sign-in-refused");
    }
}

#[tokio::test]
async fn guessing_in_parallel_gains_nothing() {
    let bench = super::bench().await;
    super::sign_up(&bench, "ann@example.com").await;
    let start = Arc::new(Barrier::new(20));
    let guesses = (0..20).map(|number| {
        let (thief, start) = (from(&bench, "192.0.2.1"), Arc::clone(&start));
        tokio::spawn(async move {
            start.wait().await;
            guess(&thief, "ann@example.com", &format!("guess {number}")).await.status.as_u16()
        })
    });
    let mut looked_at = 0;
    for answer in guesses.collect::<Vec<_>>() {
        looked_at += usize::from(answer.await.unwrap() == 401);
    }
    assert_eq!(looked_at, 6, "as many as one after the other");
}

#[tokio::test]
async fn strangers_cannot_lock_a_person_out() {
    let bench = super::bench().await;
    let ann = super::signed_up(&bench, "ann@example.com").await;
    let device = ann["device"].as_str().unwrap();
    for network in 0..110 {
        let thief = from(&bench, &format!("198.51.100.{network}"));
        guess(&thief, "ann@example.com", "wrong").await;
    }
    let stranger = from(&bench, "203.0.113.9");
    guess(&stranger, "ann@example.com", super::PASSWORD).await.refused(429, "slow-down");
    // On a device that has been used before, all is as ever.
    let known = stranger.with("x-device", device);
    guess(&known, "ann@example.com", super::PASSWORD).await.ok::<Value>();
    // And a letter opens the door elsewhere.
    let input = json!({ "email": "ann@example.com" });
    let begun: Value = stranger.post("/v1/accounts/password/reset", input).await.ok();
    let new = "a horse of another colour";
    let code = super::code(&bench, &begun["flow"]).await;
    let shown = json!({ "flow": begun["flow"], "code": code, "password": new });
    let confirm = "/v1/accounts/password/reset/confirm";
    assert_eq!(stranger.post(confirm, shown).await.status, 204);
    guess(&stranger, "ann@example.com", new).await.ok::<Value>();
    // Someone else's device is a stranger's here.
    let eve = super::signed_up(&bench, "eve@example.com").await;
    let eve = from(&bench, "192.0.2.7").with("x-device", eve["device"].as_str().unwrap());
    for _ in 0..6 {
        guess(&eve, "ann@example.com", "wrong").await.refused(401, "sign-in-refused");
    }
    guess(&eve, "ann@example.com", "wrong").await.refused(429, "slow-down");
}

#[tokio::test]
async fn nobody_is_flooded_with_letters() {
    let bench = super::bench().await;
    for (networks, most) in [(1, 5), (30, 13)] {
        let mut sent = 0;
        for number in 0..30 {
            let caller = from(&bench, &format!("198.51.100.{}", number % networks));
            let input = json!({ "email": format!("ann{networks}@example.com") });
            let answer = caller.post("/v1/accounts/password/reset", input).await;
            sent += usize::from(answer.status == 202);
        }
        assert_eq!(sent, most, "from {networks}");
    }
}

#[tokio::test]
async fn whoever_has_letters_sent_to_someone_keeps_them_from_nothing() {
    let bench = super::bench().await;
    let operator = Visitor::join(&bench, "oona@example.com").await;
    let mallory = from(&bench, "198.51.100.1");
    let sign_up = json!({
        "email": "ann@example.com", "password": super::PASSWORD, "given_name": "Ann",
        "family_name": "Lee",
    });
    for _ in 0..10 {
        mallory.post("/v1/accounts/sign-up", &sign_up).await;
    }
    mallory.post("/v1/accounts/sign-up", &sign_up).await.refused(429, "slow-down");
    let ann = from(&bench, "192.0.2.1");
    assert_eq!(ann.post("/v1/accounts/sign-up", &sign_up).await.status, 202);
    // Nor whoever is signed in, however many ask.
    for network in 0..20 {
        let stranger = from(&bench, &format!("203.0.113.{network}"));
        stranger.post("/v1/accounts/sign-up", &sign_up).await;
    }
    let change = json!({ "email": "ann@example.com", "password": super::PASSWORD });
    let path = "/v1/accounts/email/change";
    assert_eq!(operator.caller.post(path, &change).await.status, 202);
    // But one person has only so many sent, from wherever.
    let mut sent = 0;
    for number in 0..40 {
        let network = format!("203.0.113.{number}");
        let caller = operator.caller.with("x-forwarded-for", &network);
        let phone = json!({ "phone": format!("+1515243{number:04}") });
        let answer = caller.post("/v1/accounts/phone", phone).await;
        sent += usize::from(answer.status == 202);
    }
    assert_eq!(sent, 30);
}

#[tokio::test]
async fn a_letter_opens_the_door_also_where_others_guess() {
    let bench = super::bench().await;
    super::sign_up(&bench, "ann@example.com").await;
    super::sign_up(&bench, "bob@example.com").await;
    let here = from(&bench, "192.0.2.1");
    for number in 0..61 {
        guess(&here, &format!("nobody{number}@example.com"), "wrong").await;
    }
    guess(&here, "ann@example.com", super::PASSWORD).await.refused(429, "slow-down");
    let input = json!({ "email": "ann@example.com" });
    let begun: Value = here.post("/v1/accounts/password/reset", input).await.ok();
    let new = "a horse of another colour";
    let code = super::code(&bench, &begun["flow"]).await;
    let shown = json!({ "flow": begun["flow"], "code": code, "password": new });
    assert_eq!(here.post("/v1/accounts/password/reset/confirm", shown).await.status, 204);
    guess(&here, "ann@example.com", new).await.ok::<Value>();
    // Nobody else, and what is guessed at her account is counted.
    guess(&here, "bob@example.com", super::PASSWORD).await.refused(429, "slow-down");
    for _ in 0..6 {
        guess(&here, "ann@example.com", "wrong").await.refused(401, "sign-in-refused");
    }
    guess(&here, "ann@example.com", new).await.refused(429, "slow-down");
    bench.advance(15 * 60);
    for number in 0..9 {
        guess(&here, &format!("nobody{number}@example.com"), "wrong").await;
    }
    guess(&here, "ann@example.com", new).await.refused(429, "slow-down");
}
