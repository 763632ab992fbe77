use std::sync::Arc;

use accounts_api::PersonChanged;
use jiff::civil::date;
use serde_json::{Value, json};
use testkit::{Bench, Caller};
use tokio::sync::Barrier;

use super::{bearer, visitor::Visitor};

const PROOFS: &str = "/v1/accounts/me/age-proofs";
const REVIEWS: &str = "/v1/accounts/age-reviews";

/// Ann Lee's licence, of which these elements say something else.
fn licence(turned: &[(&str, &str)]) -> Value {
    let elements = [
        ("DAQ", "T64235789"),
        ("DCS", "LEE"),
        ("DDE", "N"),
        ("DAC", "ANN"),
        ("DAD", "MARIE"),
        ("DBD", "06062024"),
        ("DBB", "04011990"),
        ("DBA", "04012032"),
        ("DAG", "2300 WEST BROAD STREET"),
        ("DCG", "USA"),
    ];
    let lines: Vec<String> = elements
        .iter()
        .map(|(name, value)| {
            let other = turned.iter().find(|(turned, _)| turned == name);
            format!("{name}{}", other.map_or(*value, |(_, value)| value))
        })
        .collect();
    let lines = lines.join("\n");
    json!({ "barcode": format!("@\n\u{1e}\rANSI 636000100001DL00310200DL{lines}\r") })
}

#[tokio::test]
async fn a_licence_proves_an_age_and_nothing_of_it_is_kept() {
    let bench = super::bench().await;
    let ann = Visitor::join(&bench, "ann@example.com").await;
    assert_eq!(ann.caller.get(PROOFS).await.ok::<Value>(), json!({}));
    let proof: Value = ann.caller.post(PROOFS, licence(&[])).await.ok();
    let known = json!({ "over": 21, "method": "aamva", "made_at": bench.now(),
                        "until": "2028-06-15" });
    assert_eq!(proof, known);
    assert_eq!(ann.caller.get(PROOFS).await.ok::<Value>()["proof"], known);
    let me: Value = ann.caller.get("/v1/accounts/me").await.ok();
    assert_eq!(me["date_of_birth"], "1990-04-01", "it was not stated yet");
    let told: Vec<PersonChanged> = bench.told("accounts").await;
    let last = told.last().unwrap();
    assert_eq!(last.date_of_birth, Some(date(1990, 4, 1)));
    let proven = last.age_proof.unwrap();
    assert_eq!((proven.over, proven.until), (21, date(2028, 6, 15)));
    let kept = super::everything(&bench).await;
    assert!(kept.contains("ann@example.com"), "it looks where things are kept");
    for canary in ["T64235789", "MARIE", "WEST BROAD", "636000", "ANSI ", "2032-04-01"] {
        assert!(!kept.contains(canary), "{canary}");
    }
    let data = format!("/internal/accounts/people/{}/data", ann.person);
    let data: Value = bench.house("accounts").get(&data).await.ok();
    assert_eq!((&data["age_proof"]["over"], data["age_proof"].get("made_by")), (&json!(21), None));
    // The same document again, once it is shown to a clock that went on.
    bench.advance(3_600);
    let mut ann = ann;
    ann.refresh(&bench).await;
    let again: Value = ann.caller.post(PROOFS, licence(&[])).await.ok();
    assert_eq!(again["made_at"], json!(bench.now()));
}

#[tokio::test]
async fn a_document_that_does_not_fit_proves_nothing() {
    let bench = super::bench().await;
    let ann = Visitor::join(&bench, "ann@example.com").await;
    let stated = json!({ "date_of_birth": "1990-04-01" });
    ann.caller.with("if-match", "\"v1\"").patch("/v1/accounts/me", stated).await.ok::<Value>();
    for (name, value, code) in [
        ("DBA", "06142026", "document-expired"),
        ("DBB", "04021990", "other-date-of-birth"),
        ("DBB", "02291990", "document-unreadable"),
        ("DBD", "06182026", "document-unreadable"),
        ("DBD", "03311990", "document-unreadable"),
        ("DCS", "MILLER", "other-name"),
        ("DAC", "BOB", "other-name"),
        ("DAQ", "", "document-unreadable"),
    ] {
        // It is slow to whoever guesses.
        bench.advance(1_000);
        let (ann, document) = (fresh(&bench, &ann).await, licence(&[(name, value)]));
        if (name, value) == ("DAC", "BOB") {
            // Her middle name is not hers alone.
            let document = licence(&[("DAC", "BOB"), ("DAD", "JAMES")]);
            ann.post(PROOFS, document).await.refused(422, code);
            continue;
        }
        ann.post(PROOFS, document).await.refused(422, code);
    }
    bench.advance(1_000);
    let ann = fresh(&bench, &ann).await;
    ann.post(PROOFS, json!({ "barcode": "hello" })).await.refused(422, "document-unreadable");
    for bad in [json!(""), json!("x".repeat(4_001)), json!(7)] {
        let problem = ann.post(PROOFS, json!({ "barcode": bad })).await;
        assert_eq!(problem.refused(422, "invalid-input")["field"], "barcode");
    }
    let claimed = json!({ "barcode": "x", "over": 21 });
    let problem = ann.post(PROOFS, claimed).await.refused(422, "invalid-input");
    assert_eq!(problem["field"], "over");
    assert_eq!(ann.get(PROOFS).await.ok::<Value>(), json!({}));
}

/// Signed in anew, for the clock has gone on.
async fn fresh(bench: &Bench, ann: &Visitor) -> Caller {
    bearer(bench, &ann.password(bench).await)
}

#[tokio::test]
async fn what_is_proven_grows_with_its_person() {
    let bench = super::bench().await;
    let ann = Visitor::join(&bench, "ann@example.com").await;
    let bob = Visitor::join_as(&bench, "bob@example.com", ("Bob", "Lee")).await;
    // Twenty-one tomorrow.
    let young = licence(&[("DBB", "06162005")]);
    let proof: Value = ann.caller.post(PROOFS, &young).await.ok();
    assert_eq!(proof["over"], 20);
    bench.advance(24 * 3_600);
    let ann = fresh(&bench, &ann).await;
    let proof: Value = ann.post(PROOFS, &young).await.ok();
    assert_eq!(proof["over"], 21);
    let child = licence(&[("DBB", "06172010"), ("DAC", "BOB"), ("DAQ", "T7")]);
    fresh(&bench, &bob).await.post(PROOFS, child).await.refused(422, "too-young");
}

#[tokio::test]
async fn a_document_is_one_accounts_however_many_try() {
    let bench = super::bench().await;
    let mut racers = Vec::new();
    let barrier = Arc::new(Barrier::new(4));
    for email in ["a@example.com", "b@example.com", "c@example.com", "d@example.com"] {
        let (ann, barrier) = (Visitor::join(&bench, email).await, barrier.clone());
        // However it is printed, it is the same document.
        let number = if email < "c" { "T64235789" } else { "t-6423 5789" };
        racers.push(tokio::spawn(async move {
            barrier.wait().await;
            let answer = ann.caller.post(PROOFS, licence(&[("DAQ", number)])).await;
            (answer.status.as_u16(), answer.body["code"].clone())
        }));
    }
    let mut answers = Vec::new();
    for racer in racers {
        answers.push(racer.await.unwrap());
    }
    answers.sort_by_key(|(status, _)| *status);
    let statuses: Vec<u16> = answers.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [200, 409, 409, 409]);
    assert_eq!(answers[1].1, "document-taken");
}

async fn desk(bench: &Bench, role: &str) -> Visitor {
    let mut visitor = Visitor::join(bench, &format!("{role}@example.com")).await;
    visitor.make(bench, role).await;
    visitor.add_app(bench).await;
    visitor.refresh(bench).await;
    visitor
}

#[tokio::test]
async fn someone_looks_where_no_program_can() {
    let bench = super::bench().await;
    let ann = Visitor::join(&bench, "ann@example.com").await;
    let slip = json!({ "date_of_birth": "1990-04-10" });
    ann.caller.with("if-match", "\"v1\"").patch("/v1/accounts/me", slip).await.ok::<Value>();
    let support = desk(&bench, "support").await;
    let ask = "/v1/accounts/me/age-reviews";
    let note = json!({ "note": "I have a passport, see you at the desk" });
    let review: Value = ann.caller.post(ask, &note).await.ok();
    ann.caller.post(ask, &note).await.refused(409, "review-open");
    let waiting: Value = support.caller.get(REVIEWS).await.ok();
    assert_eq!(waiting["items"][0]["person"], json!(ann.person));
    assert_eq!(waiting["items"][0]["note"], note["note"]);
    let path = format!("{REVIEWS}/{}/decision", review["id"].as_str().unwrap());
    let seen = json!({
        "document": { "date_of_birth": "1990-04-01", "expires_on": "2027-01-01" },
        "reason": "passport seen",
    });
    ann.caller.post(&path, &seen).await.refused(403, "forbidden");
    let mut unborn = seen.clone();
    unborn["document"]["date_of_birth"] = json!("2999-01-01");
    let problem = support.caller.post(&path, unborn).await.refused(422, "invalid-input");
    assert_eq!(problem["field"], "document.date_of_birth");
    let mut old = seen.clone();
    old["document"]["expires_on"] = json!("2026-06-14");
    support.caller.post(&path, old).await.refused(422, "document-expired");
    let decided: Value = support.caller.post(&path, &seen).await.ok();
    assert_eq!(decided["decided_by"], json!(support.person));
    support.caller.post(&path, &seen).await.refused(409, "already-decided");
    let state: Value = ann.caller.get(PROOFS).await.ok();
    let proof = json!({ "over": 21, "method": "manual", "made_at": bench.now(),
                        "until": "2027-01-01" });
    assert_eq!(state["proof"], proof);
    assert_eq!(state["review"]["reason"], "passport seen");
    assert_eq!(state["review"].get("decided_by"), None);
    let told: Vec<PersonChanged> = bench.told("accounts").await;
    assert_eq!(told.last().unwrap().age_proof.unwrap().until, date(2027, 1, 1));
    assert_eq!(told.last().unwrap().date_of_birth, Some(date(1990, 4, 1)), "a slip is set right");
    assert_eq!(support.caller.get(REVIEWS).await.ok::<Value>()["items"], json!([]));
    let done: Value = support.caller.get(&format!("{REVIEWS}?decided=true")).await.ok();
    assert_eq!(done["items"][0]["accepted"], true);
}

#[tokio::test]
async fn nobody_decides_on_their_own_and_not_everyone_on_others() {
    let bench = super::bench().await;
    let ann = Visitor::join(&bench, "ann@example.com").await;
    let support = desk(&bench, "support").await;
    let auditor = desk(&bench, "auditor").await;
    let operator = desk(&bench, "operator").await;
    let ask = "/v1/accounts/me/age-reviews";
    let note = json!({ "note": "Look, please" });
    let refuse = json!({ "reason": "nothing was shown" });
    let own: Value = support.caller.post(ask, &note).await.ok();
    let path = |review: &Value| format!("{REVIEWS}/{}/decision", review["id"].as_str().unwrap());
    support.caller.post(&path(&own), &refuse).await.refused(409, "own-review");
    auditor.caller.post(&path(&own), &refuse).await.refused(403, "forbidden");
    assert_eq!(auditor.caller.get(REVIEWS).await.ok::<Value>()["items"][0]["id"], own["id"]);
    ann.caller.get(REVIEWS).await.refused(403, "forbidden");
    let nothing = format!("{REVIEWS}/{}/decision", kernel::PersonId::new());
    operator.caller.post(&nothing, &refuse).await.refused(404, "not-found");
    let decided: Value = operator.caller.post(&path(&own), &refuse).await.ok();
    assert_eq!(decided["accepted"], false);
    assert_eq!(support.caller.get(PROOFS).await.ok::<Value>().get("proof"), None);
    // Three times in thirty days.
    for _ in 0..3 {
        let review: Value = ann.caller.post(ask, &note).await.ok();
        operator.caller.post(&path(&review), &refuse).await.ok::<Value>();
    }
    ann.caller.post(ask, &note).await.refused(409, "too-many-reviews");
    for bad in [json!(""), json!("a\u{0}b"), json!("x".repeat(1_001))] {
        let problem = ann.caller.post(ask, json!({ "note": bad })).await;
        assert_eq!(problem.refused(422, "invalid-input")["field"], "note");
    }
}

#[tokio::test]
async fn a_proof_is_of_whoever_has_the_name_in_it() {
    let bench = super::bench().await;
    let ann = Visitor::join(&bench, "ann@example.com").await;
    ann.caller.post(PROOFS, licence(&[])).await.ok::<Value>();
    let change = async |change: Value| {
        let me: Value = ann.caller.get("/v1/accounts/me").await.ok();
        let read = format!("\"v{}\"", me["version"]);
        let caller = ann.caller.with("if-match", &read);
        caller.patch("/v1/accounts/me", change).await.ok::<Value>();
    };
    change(json!({ "language": "de", "given_name": "Ann" })).await;
    assert!(ann.caller.get(PROOFS).await.ok::<Value>()["proof"].is_object());
    change(json!({ "given_name": "Zoe" })).await;
    assert_eq!(ann.caller.get(PROOFS).await.ok::<Value>(), json!({}));
    let told: Vec<PersonChanged> = bench.told("accounts").await;
    assert_eq!(told.last().unwrap().age_proof, None);
    ann.caller.post(PROOFS, licence(&[])).await.refused(422, "other-name");
}
