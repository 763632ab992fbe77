//! Payment Intents: what each state allows.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::{
    api::Asker,
    charges,
    failure::Failure,
    form::{Metadata, Params},
    kept, refunds, sessions, shape,
    state::{State, unit},
};
use crate::GoesBack;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    RequiresPaymentMethod,
    RequiresAction,
    Processing,
    RequiresCapture,
    Succeeded,
    Canceled,
}

impl Status {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RequiresPaymentMethod => "requires_payment_method",
            Self::RequiresAction => "requires_action",
            Self::Processing => "processing",
            Self::RequiresCapture => "requires_capture",
            Self::Succeeded => "succeeded",
            Self::Canceled => "canceled",
        }
    }
}

#[derive(Clone)]
pub struct Intent {
    pub id: String,
    pub secret: String,
    pub amount: i64,
    pub received: i64,
    pub currency: String,
    pub manual: bool,
    pub status: Status,
    pub metadata: Metadata,
    pub description: Option<String>,
    /// Whose it is, and whether their method is kept.
    pub customer: Option<String>,
    pub keeps: bool,
    /// The method of the last attempt, or that was named beforehand.
    pub method: Option<String>,
    /// The last attempt that came as far as the bank.
    pub charge: Option<String>,
    pub last_error: Option<Value>,
    pub return_url: Option<String>,
    pub cancelled: Option<(&'static str, i64)>,
    pub created: i64,
    pub authorised_at: Option<i64>,
    /// The visit to the hosted page that it is of.
    pub session: Option<String>,
    /// What comes of its next refunds.
    pub goes_back: VecDeque<GoesBack>,
}

/// An authorisation that nobody captures is free again after so many seconds.
const LAPSES_AFTER: i64 = 7 * 86_400;

pub struct New {
    pub amount: i64,
    pub currency: String,
    pub manual: bool,
    pub metadata: Metadata,
    pub description: Option<String>,
    pub session: Option<String>,
    pub customer: Option<String>,
    pub keeps: bool,
}

pub fn insert(state: &mut State, new: New) -> String {
    let id = state.id("pi");
    let intent = Intent {
        secret: format!("{id}_secret_{}", &kernel::random_token()[..24]),
        id: id.clone(),
        amount: new.amount,
        received: 0,
        currency: new.currency,
        manual: new.manual,
        status: Status::RequiresPaymentMethod,
        metadata: new.metadata,
        description: new.description,
        customer: new.customer,
        keeps: new.keeps,
        method: None,
        charge: None,
        last_error: None,
        return_url: None,
        cancelled: None,
        created: state.now(),
        authorised_at: None,
        session: new.session,
        goes_back: VecDeque::new(),
    };
    state.intents.insert(id.clone(), intent);
    tell(state, "created", &id);
    id
}

pub fn create(state: &mut State, params: &Params) -> Result<Value, Failure> {
    params.only(&[
        "amount",
        "currency",
        "capture_method",
        "description",
        "metadata",
        "automatic_payment_methods",
        "payment_method_types",
        "customer",
        "payment_method",
        "setup_future_usage",
    ])?;
    let currency = params.required("currency")?.to_owned();
    params.required("amount")?;
    let amount = amount(params, "amount", &currency)?.unwrap_or_default();
    let manual = match params.text("capture_method") {
        Some("manual") => true,
        None | Some("automatic" | "automatic_async") => false,
        Some(_) => {
            return Err(Failure::invalid("parameter_invalid", "capture_method", "Invalid method"));
        }
    };
    let metadata = params.metadata("metadata")?;
    let description = params.text("description").map(str::to_owned);
    let customer = kept::customer_of(state, params.text("customer"))?;
    let keeps = kept::usage(params, "setup_future_usage")?;
    let method = params.text("payment_method").map(str::to_owned);
    if let Some(method) = &method {
        kept::usable(state, method, customer.as_deref())?;
    }
    let new =
        New { amount, currency, manual, metadata, description, session: None, customer, keeps };
    let id = insert(state, new);
    state.intent_mut(&id).method = method;
    Ok(shape::intent(state, &id, &params.expand()))
}

/// An amount that the currency allows.
pub fn amount(params: &Params, name: &str, currency: &str) -> Result<Option<i64>, Failure> {
    let Some(amount) = params.integer(name)? else { return Ok(None) };
    let bad = |code: &str, message: &str| Err(Failure::invalid(code, name, message));
    if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Err(Failure::invalid("parameter_invalid", "currency", "Invalid currency"));
    }
    if amount <= 0 {
        return bad("parameter_invalid_integer", "This value must be greater than or equal to 1.");
    }
    if amount > 99_999_999 {
        return bad("amount_too_large", "Amount must be no more than 999,999.99");
    }
    let three = matches!(currency, "bhd" | "jod" | "kwd" | "omr" | "tnd");
    if three && amount % 10 != 0 || amount % unit(currency) != 0 {
        return bad("invalid_amount", "The last digits of this currency must be zero.");
    }
    Ok(Some(amount))
}

pub fn shown_to_browser(state: &State, id: &str, params: &Params) -> Result<Value, Failure> {
    let intent = state.intent(id)?;
    if params.text("client_secret") != Some(&intent.secret) {
        return Err(Failure::missing("payment_intent", id, "intent"));
    }
    Ok(shape::intent(state, id, &params.expand()))
}

pub fn confirm_call(
    state: &mut State,
    asker: Asker,
    id: &str,
    params: &Params,
) -> Result<Value, Failure> {
    params.only(&["client_secret", "payment_method", "return_url"])?;
    let intent = state.intent(id)?;
    if asker == Asker::Browser && params.text("client_secret") != Some(&intent.secret) {
        return Err(Failure::missing("payment_intent", id, "intent"));
    }
    let named = params.text("payment_method").or(intent.method.as_deref()).map(str::to_owned);
    let Some(method) = named else { return Err(params.required("payment_method").unwrap_err()) };
    confirm(state, id, &method, params.text("return_url"))?;
    Ok(shape::intent(state, id, &params.expand()))
}

/// The customer wants to pay with this method.
pub fn confirm(
    state: &mut State,
    id: &str,
    method: &str,
    return_url: Option<&str>,
) -> Result<(), Failure> {
    let status = state.intent(id)?.status;
    if !matches!(status, Status::RequiresPaymentMethod | Status::RequiresAction) {
        return Err(unexpected(state, id, "confirmed"));
    }
    let (named, method) = kept::presented(state, id, method)?;
    let intent = state.intent_mut(id);
    intent.method = Some(named);
    intent.last_error = None;
    intent.return_url = return_url.map(str::to_owned);
    match method.as_str() {
        "pm_card_visa" => charges::agreed(state, id),
        "pm_card_threeDSecure2Required" => {
            state.intent_mut(id).status = Status::RequiresAction;
            tell(state, "requires_action", id);
        }
        // No card does this; debits and transfers do.
        "pm_slow" => {
            state.intent_mut(id).status = Status::Processing;
            tell(state, "processing", id);
            sessions::complete(state, id);
        }
        other => {
            let Some((code, decline)) = charges::decline_of(other) else {
                return Err(Failure::missing("PaymentMethod", other, "payment_method"));
            };
            let error = charges::declined(state, id, code, decline);
            return Err(Failure::card(error, shape::intent(state, id, &Default::default())));
        }
    }
    Ok(())
}

/// The challenge has ended.
pub fn challenged(state: &mut State, id: &str, passed: bool) {
    if state.intents[id].status != Status::RequiresAction {
        return;
    }
    if passed {
        return charges::agreed(state, id);
    }
    let error = json!({
        "type": "invalid_request_error", "code": "payment_intent_authentication_failure",
        "message": "The provided PaymentMethod has failed authentication.",
        "payment_method": kept::of_intent(state, id),
    });
    charges::failed(state, id, error);
}

pub fn agree_late(state: &mut State, id: &str) {
    if state.intents[id].status == Status::Processing {
        charges::agreed(state, id);
    }
}

pub fn capture_call(state: &mut State, id: &str, params: &Params) -> Result<Value, Failure> {
    params.only(&["amount_to_capture", "metadata"])?;
    let intent = state.intent(id)?;
    let (whole, currency) = (intent.amount, intent.currency.clone());
    let amount = amount(params, "amount_to_capture", &currency)?.unwrap_or(whole);
    if intent.status != Status::RequiresCapture {
        return Err(unexpected(state, id, "captured"));
    }
    if amount > whole {
        let message = "The amount to capture is greater than what can be captured.";
        return Err(Failure::state("amount_too_large", message, Value::Null));
    }
    charges::capture(state, id, amount);
    Ok(shape::intent(state, id, &params.expand()))
}

pub fn cancel_call(state: &mut State, id: &str, params: &Params) -> Result<Value, Failure> {
    params.only(&["cancellation_reason"])?;
    let intent = state.intent(id)?;
    let open = intent.session.as_ref().and_then(|session| state.sessions.get(session));
    if open.is_some_and(|session| session.status == "open") {
        let message = "Expire the Checkout Session of this PaymentIntent instead.";
        return Err(Failure::state("payment_intent_unexpected_state", message, Value::Null));
    }
    if matches!(intent.status, Status::Processing | Status::Succeeded | Status::Canceled) {
        return Err(unexpected(state, id, "canceled"));
    }
    let reason = match params.text("cancellation_reason") {
        Some("abandoned") => "abandoned",
        Some("duplicate") => "duplicate",
        Some("fraudulent") => "fraudulent",
        _ => "requested_by_customer",
    };
    end(state, id, reason);
    Ok(shape::intent(state, id, &params.expand()))
}

/// It ends without money; what was set aside is released, which Stripe shows as a refund.
pub fn end(state: &mut State, id: &str, reason: &'static str) {
    let held = state.intents[id].status == Status::RequiresCapture;
    let now = state.now();
    let intent = state.intent_mut(id);
    let amount = intent.amount;
    intent.status = Status::Canceled;
    intent.cancelled = Some((reason, now));
    let charge = intent.charge.clone().filter(|_| held);
    if let Some(charge) = charge {
        let lapsed = (reason == "automatic").then_some("expired_uncaptured_charge");
        refunds::release(state, &charge, amount, lapsed);
    }
    tell(state, "canceled", id);
}

pub fn lapse(state: &mut State) {
    let before = state.now() - LAPSES_AFTER;
    let old = state.intents.values().filter(|intent| {
        intent.status == Status::RequiresCapture
            && intent.authorised_at.is_some_and(|at| at <= before)
    });
    let old: Vec<String> = old.map(|intent| intent.id.clone()).collect();
    for id in old {
        end(state, &id, "automatic");
    }
}

pub fn tell(state: &mut State, what: &str, id: &str) {
    let object = shape::intent(state, id, &Default::default());
    state.tell(&format!("payment_intent.{what}"), object);
}

fn unexpected(state: &State, id: &str, what: &str) -> Failure {
    let status = state.intents[id].status.as_str();
    let message =
        format!("This PaymentIntent could not be {what} because it has a status of {status}.");
    let intent = shape::intent(state, id, &Default::default());
    Failure::state("payment_intent_unexpected_state", message, intent)
}
