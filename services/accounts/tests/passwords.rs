use serde_json::{Value, json};

use super::{PASSWORD, code, visitor::Visitor};

#[tokio::test]
async fn an_easy_password_is_refused_wherever_one_is_set() {
    let bench = super::bench().await;
    let anyone = bench.anyone("accounts");
    for weak in ["1234567890", "password12", "Xilvorbanthe", "xilvorbanthe@example.com"] {
        let input = json!({
            "email": "xilvorbanthe@example.com", "password": weak, "given_name": "Ann",
            "family_name": "Xilvorbanthe",
        });
        let problem =
            anyone.post("/v1/accounts/sign-up", input).await.refused(422, "weak-password");
        assert_eq!(problem["field"], "password");
        let says = problem["detail"].as_str().unwrap();
        assert!(says.starts_with("This password is easy to guess. "), "{says}");
    }
    let ann = Visitor::join(&bench, "ann@example.com").await;
    let change = json!({ "password": PASSWORD, "new_password": "qwertyuiop" });
    let problem = ann.caller.post("/v1/accounts/password/change", change).await;
    assert_eq!(problem.refused(422, "weak-password")["field"], "new_password");
    // It costs none of the code's five tries.
    let reset = json!({ "email": "ann@example.com" });
    let begun: Value = anyone.post("/v1/accounts/password/reset", reset).await.ok();
    let letter = code(&bench, &begun["flow"]).await;
    let confirm = "/v1/accounts/password/reset/confirm";
    let input = |password| json!({ "flow": begun["flow"], "code": letter, "password": password });
    for _ in 0..6 {
        anyone.post(confirm, input("aaaaaaaaaaaa")).await.refused(422, "weak-password");
    }
    assert_eq!(anyone.post(confirm, input("four words that stay here")).await.status, 204);
}
