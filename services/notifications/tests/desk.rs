//! Accounts' desk where letters with codes are made, as far as notifications sees it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use accounts_api::{CodeRefusal, FlowId, Letter, LetterChannel, Says};
use axum::{
    Json, Router,
    extract::Path,
    response::{IntoResponse, Response},
    routing,
};
use jiff::{SignedDuration, Timestamp};
use testkit::NOON;
use wire::Problem;

/// Whoever is written to in these tests.
pub const ANN: &str = "ann.canary@example.com";

#[derive(Clone, Default)]
pub struct Desk {
    says: Arc<Mutex<BTreeMap<FlowId, Says>>>,
    asked: Arc<Mutex<Vec<FlowId>>>,
}

impl Desk {
    /// From now on there is something to send of this flow.
    pub fn expect(&self, flow: FlowId, says: Says) {
        self.says.lock().unwrap().insert(flow, says);
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    /// Accounts with this desk.
    pub fn router(&self) -> Router {
        let desk = self.clone();
        let code = move |Path(flow): Path<FlowId>| async move { desk.code(flow) };
        super::accounts().route("/internal/accounts/flows/{flow}/code", routing::post(code))
    }

    /// Every code is another one: `C0DE-0001`, `C0DE-0002`.
    fn code(&self, flow: FlowId) -> Response {
        let count = {
            let mut asked = self.asked.lock().unwrap();
            asked.push(flow);
            asked.len()
        };
        let says = self.says.lock().unwrap().get(&flow).cloned();
        let Some(says) = says else {
            return Problem::from(CodeRefusal::NothingToSend).into_response();
        };
        let sms = says == Says::ConfirmPhone;
        let noon: Timestamp = NOON.parse().unwrap();
        Json(Letter {
            to: if sms { "+15155550142".into() } else { ANN.into() },
            channel: if sms { LetterChannel::Sms } else { LetterChannel::Email },
            language: "en-US".into(),
            given_name: "Ann".into(),
            says,
            code: Some(format!("C0DE-{count:04}")),
            link: Some(format!("https://shop.example/go?secret={count}")),
            expires_at: noon + SignedDuration::from_hours(24),
        })
        .into_response()
    }
}
