//! The customer's browser: Stripe's fields in our page, or Stripe's own page.

use serde_json::{Map, Value, json};

use super::Stripe;
use crate::Pays;

const BACK: &str = "https://shop.example/back";

pub async fn pay(stripe: &Stripe, name: &str, how: Pays) -> Value {
    let method = match how {
        Pays::Plainly => "pm_card_visa",
        Pays::AfterChallenge | Pays::FailingChallenge | Pays::AbandoningChallenge => {
            "pm_card_threeDSecure2Required"
        }
        Pays::Declined | Pays::Denied => "pm_card_chargeDeclinedInsufficientFunds",
        Pays::Late => "pm_slow",
    };
    stripe.pay_with(name, method).await;
    let answer = match how {
        Pays::AfterChallenge => "complete",
        Pays::FailingChallenge => "fail",
        _ => return json!({}),
    };
    stripe.answer_challenge(name, answer).await
}

impl Stripe {
    /// The customer tries one of Stripe's test methods (`pm_card_visa` and the like).
    pub async fn pay_with(&self, name: &str, method: &str) {
        let base = &self.0.base_url;
        let secret = self.state().intents.get(name).map(|intent| intent.secret.clone());
        let request = if let Some(secret) = secret {
            let url = format!("{base}/v1/payment_intents/{name}/confirm");
            let form =
                [("client_secret", &*secret), ("payment_method", method), ("return_url", BACK)];
            self.0.http.post(url).bearer_auth(&self.0.publishable_key).form(&form)
        } else {
            let url = format!("{base}/c/pay/{name}");
            self.0.http.post(url).form(&[("payment_method", method)])
        };
        request.send().await.unwrap();
    }

    /// The customer pays with what the intent says, as a page does that has no fields.
    pub async fn pay_with_what_is_kept(&self, name: &str) {
        let secret = self.state().intents[name].secret.clone();
        let url = format!("{}/v1/payment_intents/{name}/confirm", self.0.base_url);
        let form = [("client_secret", &*secret), ("return_url", BACK)];
        let request = self.0.http.post(url).bearer_auth(&self.0.publishable_key).form(&form);
        request.send().await.unwrap();
    }

    /// The customer answers the bank: `complete` or `fail`. What the browser brings back.
    pub async fn answer_challenge(&self, name: &str, answer: &str) -> Value {
        let url = {
            let state = self.state();
            let Some(intent) = state.intent_of(name) else { return json!({}) };
            let secret = &state.intents[&intent].secret;
            format!("{}/3ds/{intent}?client_secret={secret}", self.0.base_url)
        };
        let answered = self.0.http.post(url).form(&[("answer", answer)]).send().await.unwrap();
        let back = answered.headers().get("location").and_then(|value| value.to_str().ok());
        let query = back.and_then(|url| url.split_once('?')).map_or("", |(_, query)| query);
        let brought = url::form_urlencoded::parse(query.as_bytes());
        let brought: Map<String, Value> =
            brought.map(|(name, value)| (name.into_owned(), json!(value))).collect();
        Value::Object(brought)
    }
}
