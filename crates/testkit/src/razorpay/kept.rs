//! Customers, and the cards that they keep.

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State as Shared},
    http::HeaderMap,
    response::Response,
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Razorpay,
    api::{Said, answer, read},
    failure::Failure,
    objects::collection,
    state::{self, State},
};
use crate::provider::Call;

pub struct Customer {
    id: String,
    name: String,
    email: Option<String>,
    contact: Option<String>,
    notes: Map<String, Value>,
    created_at: i64,
}

pub struct Token {
    pub id: String,
    pub customer: String,
    card: String,
    created_at: i64,
}

pub fn routes() -> Router<Razorpay> {
    Router::new()
        .route("/v1/customers", post(create))
        .route("/v1/customers/{id}/tokens", get(tokens))
        .route("/v1/customers/{id}/tokens/{token}", get(show).delete(delete))
}

#[derive(Deserialize)]
struct NewCustomer {
    name: String,
    email: Option<String>,
    contact: Option<String>,
    fail_existing: Option<String>,
    #[serde(default)]
    notes: Map<String, Value>,
}

async fn create(Shared(at): Shared<Razorpay>, headers: HeaderMap, body: Bytes) -> Response {
    answer(at, &headers, Some(Call::Customer), |state, now| state.make(read(&body)?, now)).await
}

async fn tokens(
    Shared(at): Shared<Razorpay>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    answer(at, &headers, None, |state, _| {
        let of = state.tokens.iter().filter(|token| token.customer == id);
        Ok(collection(of.map(Token::json).collect()))
    })
    .await
}

async fn show(
    Shared(at): Shared<Razorpay>,
    headers: HeaderMap,
    Path((customer, token)): Path<(String, String)>,
) -> Response {
    answer(at, &headers, None, |state, _| state.kept(&customer, &token).map(Token::json)).await
}

async fn delete(
    Shared(at): Shared<Razorpay>,
    headers: HeaderMap,
    Path((customer, token)): Path<(String, String)>,
) -> Response {
    answer(at, &headers, Some(Call::Detach), |state, _| {
        state.kept(&customer, &token)?;
        state.tokens.retain(|kept| kept.id != token);
        Ok(json!({"deleted": true}))
    })
    .await
}

impl State {
    /// Those with the same address or number are the same customer.
    fn make(&mut self, new: NewCustomer, now: i64) -> Said {
        let allowed = |c: char| c.is_ascii_alphanumeric() || " .'/@()".contains(c);
        if !(3..=50).contains(&new.name.len()) || !new.name.chars().all(allowed) {
            return Err(Failure::field("name", "The name must be between 3 and 50 characters"));
        }
        if new.email.as_ref().is_some_and(|email| email.len() > 64) {
            return Err(Failure::field("email", "The email may not be longer than 64"));
        }
        let same = |known: &&Customer| known.email == new.email && known.contact == new.contact;
        if let Some(known) = self.customers.iter().find(same) {
            if new.fail_existing.as_deref() == Some("0") {
                return Ok(known.json());
            }
            return Err(Failure::bad("Customer already exists for the merchant"));
        }
        let NewCustomer { name, email, contact, notes, .. } = new;
        let made = Customer { id: state::id("cust"), name, email, contact, notes, created_at: now };
        let json = made.json();
        self.customers.push(made);
        Ok(json)
    }

    fn kept(&self, customer: &str, token: &str) -> Result<&Token, Failure> {
        let found = self.tokens.iter().find(|kept| kept.id == token && kept.customer == customer);
        found.ok_or_else(Failure::no_such_id)
    }

    /// The card that is paid with: a new one, or one that this customer keeps.
    pub fn presented(
        &self,
        (customer, token): (Option<&str>, Option<&str>),
        card: Option<String>,
    ) -> Result<String, Failure> {
        let known = |id: &str| self.customers.iter().any(|known| known.id == id);
        if customer.is_some_and(|customer| !known(customer)) {
            return Err(Failure::no_such_id());
        }
        match token {
            Some(token) => Ok(self.kept(customer.unwrap_or_default(), token)?.card.clone()),
            None => card.ok_or_else(|| Failure::field("card", "The card is required")),
        }
    }

    /// The bank has agreed: what is to be kept is.
    pub fn keep(&mut self, payment: &str, now: i64) {
        let Ok(payment) = self.payment(payment) else { return };
        let Some(customer) = payment.customer.clone().filter(|_| payment.keeps) else { return };
        let (id, card) = (payment.id.clone(), payment.card.clone());
        let again = self.knows_cards_again;
        let known = |token: &&Token| again && token.customer == customer && token.card == card;
        let known = self.tokens.iter().find(known).map(|token| token.id.clone());
        let token = known.clone().unwrap_or_else(|| state::id("token"));
        if let Ok(payment) = self.payment(&id) {
            payment.token = Some(token.clone());
        }
        if known.is_some() {
            return;
        }
        let id = token;
        self.tokens.push(Token { id, customer, card, created_at: now });
    }
}

impl Customer {
    fn json(&self) -> Value {
        json!({
            "id": self.id, "entity": "customer", "name": self.name, "email": self.email,
            "contact": self.contact, "gstin": null, "notes": self.notes,
            "created_at": self.created_at,
        })
    }
}

impl Token {
    fn json(&self) -> Value {
        let last4 = &self.card[self.card.len().saturating_sub(4)..];
        json!({
            "id": self.id, "entity": "token", "token": &self.id[6..], "bank": null,
            "wallet": null, "method": "card",
            "card": {
                "entity": "card", "name": "Ann Lee", "last4": last4, "network": "Visa",
                "type": "credit", "issuer": "UTIB", "international": false, "emi": false,
                "sub_type": "consumer", "expiry_month": 12, "expiry_year": 2034,
                "flows": {"recurring": false, "otp": true},
            },
            "recurring": false, "auth_type": null, "mrn": null, "used_at": self.created_at,
            "created_at": self.created_at, "expired_at": 2_051_222_399, "dcc_enabled": false,
        })
    }
}
