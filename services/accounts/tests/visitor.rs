//! Someone who comes in by the front door, with tokens that accounts gave.

use kernel::PersonId;
use serde_json::{Value, json};
use testkit::{Bench, Caller};
use totp_rs::{Builder, Secret};

use super::{PASSWORD, bearer, code};

/// A person who has signed up, in the session that began then.
pub struct Visitor {
    pub person: PersonId,
    pub email: String,
    pub caller: Caller,
    /// What signing in gave.
    pub tokens: Value,
}

impl Visitor {
    /// Signs up and confirms it.
    pub async fn join(bench: &Bench, email: &str) -> Self {
        Self::join_as(bench, email, ("Ann", "Lee")).await
    }

    pub async fn join_as(bench: &Bench, email: &str, (given, family): (&str, &str)) -> Self {
        let anyone = bench.anyone("accounts");
        let input = json!({
            "email": email, "password": PASSWORD, "given_name": given, "family_name": family,
        });
        let begun: Value = anyone.post("/v1/accounts/sign-up", input).await.ok();
        let input = json!({ "flow": begun["flow"], "code": code(bench, &begun["flow"]).await, "password": PASSWORD });
        let tokens: Value = anyone.post("/v1/accounts/sign-up/confirm", input).await.ok();
        let person = serde_json::from_value(tokens["person"].clone()).unwrap();
        Self { person, email: email.into(), caller: bearer(bench, &tokens), tokens }
    }

    /// What the password opens: tokens, or the question for a second factor.
    pub async fn password(&self, bench: &Bench) -> Value {
        let input = json!({ "email": self.email, "password": PASSWORD });
        bench.anyone("accounts").post("/v1/accounts/sign-in", input).await.ok()
    }

    /// The challenge that the password opens.
    pub async fn challenge(&self, bench: &Bench) -> String {
        let asked = self.password(bench).await;
        assert_eq!(asked.get("access_token"), None, "there is no session yet");
        asked["second_factor"]["challenge"].as_str().unwrap().to_owned()
    }

    /// Goes on with the newest tokens of the session.
    pub async fn refresh(&mut self, bench: &Bench) {
        let input = json!({ "refresh_token": self.tokens["refresh_token"] });
        let path = "/v1/accounts/sessions/refresh";
        self.tokens = bench.anyone("accounts").post(path, input).await.ok();
        self.caller = bearer(bench, &self.tokens);
    }

    /// Puts an authenticator app in force; gives it, and the recovery codes.
    pub async fn add_app(&self, bench: &Bench) -> (App, Vec<String>) {
        let path = "/v1/accounts/me/authenticator";
        let offered: Value =
            self.caller.post(&format!("{path}/begin"), json!({ "password": PASSWORD })).await.ok();
        let app = App(offered["secret"].as_str().unwrap().to_owned());
        let code = json!({ "code": app.code(bench) });
        let answer: Value = self.caller.post(&format!("{path}/confirm"), code).await.ok();
        (app, serde_json::from_value(answer["recovery_codes"].clone()).unwrap_or_default())
    }

    /// Gives them a role behind the scenes.
    pub async fn make(&self, bench: &Bench, role: &str) {
        let update = format!("update accounts.person set is_{role} = true where id = $1");
        sqlx::query(sqlx::AssertSqlSafe(update))
            .bind(self.person.uuid())
            .execute(&mut bench.connection().await)
            .await
            .unwrap();
    }
}

/// A person's authenticator app: knows the secret as it was typed into it.
pub struct App(pub String);

impl App {
    /// The code of now, by the bench's clock.
    pub fn code(&self, bench: &Bench) -> String {
        self.code_in(bench, 0)
    }

    /// The code that the app shows so many seconds from now.
    pub fn code_in(&self, bench: &Bench, seconds: i64) -> String {
        let totp = Builder::new().with_secret(Secret::try_from_base32(&self.0).unwrap());
        let at = u64::try_from(bench.now().as_second() + seconds).unwrap();
        totp.build_noncompliant().generate(at).to_string()
    }
}
