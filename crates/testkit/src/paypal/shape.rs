//! Objects as the published specification has them.

use jiff::Timestamp;
use kernel::Money;
use serde_json::{Value, json};

use super::{
    kept, money,
    state::{Authorization, Capture, Dispute, Order, Refund, Source, State},
};

pub fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

pub fn link(href: String, rel: &str, method: &str) -> Value {
    json!({"href": href, "rel": rel, "method": method})
}

pub fn order(state: &State, order: &Order) -> Value {
    let base = &state.base_url;
    let mut unit = json!({
        "reference_id": order.reference.as_deref().unwrap_or("default"),
        "amount": money::show(order.amount),
        "payee": {"email_address": "seller@example.com", "merchant_id": order.merchant},
    });
    let texts = [("custom_id", &order.custom), ("invoice_id", &order.invoice)];
    for (name, text) in texts.into_iter().chain([("description", &order.description)]) {
        if let Some(text) = text {
            unit[name] = json!(text);
        }
    }
    let payments = payments(state, order);
    if payments != json!({}) {
        unit["payments"] = payments;
    }
    let own = format!("{base}/v2/checkout/orders/{}", order.id);
    let mut links = vec![link(own.clone(), "self", "GET")];
    match order.status {
        "CREATED" => links.push(link(page(state, order), "approve", "GET")),
        "PAYER_ACTION_REQUIRED" => links.push(link(page(state, order), "payer-action", "GET")),
        "APPROVED" => links.push(link(format!("{own}/authorize"), "authorize", "POST")),
        _ => {}
    }
    let mut shown = json!({
        "id": order.id,
        "intent": order.intent,
        "status": order.status,
        "purchase_units": [unit],
        "create_time": time(order.created),
        "update_time": time(order.updated),
        "links": links,
    });
    if let Some(mut source) = source(order) {
        kept::show_in(state, order, &mut source);
        shown["payment_source"] = source;
    }
    shown
}

/// The page where the payer agrees, or proves who they are.
pub fn page(state: &State, order: &Order) -> String {
    format!("{}/checkoutnow?token={}", state.base_url, order.id)
}

fn source(order: &Order) -> Option<Value> {
    match &order.source {
        Source::None => None,
        Source::Wallet if matches!(order.status, "CREATED" | "PAYER_ACTION_REQUIRED") => {
            Some(json!({"paypal": {}}))
        }
        Source::Wallet => Some(json!({"paypal": {
            "email_address": "buyer@example.com", "account_id": "QYR5Z8XDVJNXQ",
            "account_status": "VERIFIED",
        }})),
        Source::Card { authentication } => {
            let mut card = json!({
                "last_digits": "0002", "brand": "VISA", "type": "CREDIT", "expiry": "2034-08",
            });
            if let Some([enrolled, authenticated, shift]) = authentication {
                card["authentication_result"] = json!({
                    "liability_shift": shift,
                    "three_d_secure": {"enrollment_status": enrolled},
                });
                if !authenticated.is_empty() {
                    card["authentication_result"]["three_d_secure"]["authentication_status"] =
                        json!(authenticated);
                }
            }
            Some(json!({"card": card}))
        }
    }
}

fn payments(state: &State, order: &Order) -> Value {
    let mut payments = json!({});
    let lists: [(&str, Vec<Value>); 3] = [
        (
            "authorizations",
            order.authorizations.iter().map(|one| authorization(state, order, one)).collect(),
        ),
        ("captures", order.captures.iter().map(|one| capture(state, order, one)).collect()),
        ("refunds", order.refunds.iter().map(|one| refund(state, order, one)).collect()),
    ];
    for (name, list) in lists {
        if !list.is_empty() {
            payments[name] = json!(list);
        }
    }
    payments
}

/// What all objects of a payment share.
fn common(order: &Order, amount: Money, (id, status): (&str, &str), links: Vec<Value>) -> Value {
    let mut shown = json!({
        "id": id, "status": status, "amount": money::show(amount), "links": links,
    });
    for (name, text) in [("custom_id", &order.custom), ("invoice_id", &order.invoice)] {
        if let Some(text) = text {
            shown[name] = json!(text);
        }
    }
    shown
}

pub fn authorization(state: &State, order: &Order, one: &Authorization) -> Value {
    let base = format!("{}/v2/payments/authorizations/{}", state.base_url, one.id);
    let links = vec![
        link(base.clone(), "self", "GET"),
        link(format!("{base}/capture"), "capture", "POST"),
        link(format!("{base}/void"), "void", "POST"),
        link(format!("{}/v2/checkout/orders/{}", state.base_url, order.id), "up", "GET"),
    ];
    let mut shown = common(order, one.amount, (&one.id, one.status), links);
    if one.status == "PENDING" {
        shown["status_details"] = json!({"reason": "PENDING_REVIEW"});
    }
    if one.status == "DENIED" {
        shown["processor_response"] = json!({"response_code": "5120"});
    }
    shown["seller_protection"] = protection();
    shown["expiration_time"] = json!(time(one.expires));
    shown["create_time"] = json!(time(one.created));
    shown["update_time"] = json!(time(one.updated));
    shown
}

fn protection() -> Value {
    let covered = ["ITEM_NOT_RECEIVED", "UNAUTHORIZED_TRANSACTION"];
    json!({"status": "ELIGIBLE", "dispute_categories": covered})
}

pub fn capture_status(order: &Order, one: &Capture) -> &'static str {
    if one.status != "COMPLETED" {
        return one.status;
    }
    match order.refunded(&one.id) {
        0 => "COMPLETED",
        back if back < one.amount.amount => "PARTIALLY_REFUNDED",
        _ => "REFUNDED",
    }
}

pub fn capture(state: &State, order: &Order, one: &Capture) -> Value {
    let base = format!("{}/v2/payments/captures/{}", state.base_url, one.id);
    let mut links =
        vec![link(base.clone(), "self", "GET"), link(format!("{base}/refund"), "refund", "POST")];
    if let Some(authorization) = &one.authorization {
        let up = format!("{}/v2/payments/authorizations/{authorization}", state.base_url);
        links.push(link(up, "up", "GET"));
    }
    let status = capture_status(order, one);
    let mut shown = common(order, one.amount, (&one.id, status), links);
    let net = Money::new(one.amount.amount - one.fee.amount, one.amount.currency);
    shown["final_capture"] = json!(one.last);
    shown["seller_protection"] = protection();
    match one.status {
        "COMPLETED" => {
            shown["seller_receivable_breakdown"] = json!({
                "gross_amount": money::show(one.amount),
                "paypal_fee": money::show(one.fee),
                "net_amount": money::show(net),
            });
        }
        "PENDING" => shown["status_details"] = json!({"reason": "PENDING_REVIEW"}),
        _ => shown["status_details"] = json!({"reason": "OTHER"}),
    }
    shown["create_time"] = json!(time(one.created));
    shown["update_time"] = json!(time(one.updated));
    shown
}

/// As the payments API and events show it: with the order that it is of.
pub fn alone(order: &Order, mut shown: Value) -> Value {
    shown["supplementary_data"] = json!({"related_ids": {"order_id": order.id}});
    shown["payee"] = json!({"merchant_id": order.merchant});
    shown
}

pub fn refund(state: &State, order: &Order, one: &Refund) -> Value {
    let base = &state.base_url;
    let links = vec![
        link(format!("{base}/v2/payments/refunds/{}", one.id), "self", "GET"),
        link(format!("{base}/v2/payments/captures/{}", one.capture), "up", "GET"),
    ];
    let none = Money::zero(one.amount.currency);
    let total = Money::new(order.refunded(&one.capture), one.amount.currency);
    let mut shown = json!({
        "id": one.id, "status": one.status, "amount": money::show(one.amount),
        "seller_payable_breakdown": {
            "gross_amount": money::show(one.amount),
            "paypal_fee": money::show(none),
            "net_amount": money::show(one.amount),
            "total_refunded_amount": money::show(total),
        },
        "create_time": time(one.created), "update_time": time(one.created), "links": links,
    });
    if let Some(invoice) = &order.invoice {
        shown["invoice_id"] = json!(invoice);
    }
    if let Some(custom) = &one.custom {
        shown["custom_id"] = json!(custom);
    }
    shown
}

pub fn dispute(state: &State, one: &Dispute) -> Value {
    let order = &state.orders[&one.order];
    let back = one.ended.map(|ended| (ended.back, "DISPUTE_SETTLEMENT", 1));
    let more = one.ended.map(|ended| (ended.more, "CHARGEBACK_FEE", -1));
    let taken =
        [(one.amount, "DISPUTE_SETTLEMENT", -1), (one.fee, "CHARGEBACK_FEE", -1)].into_iter();
    let movements = taken.chain(back).chain(more).filter(|(amount, ..)| amount.amount != 0);
    let movements = movements.map(|(amount, reason, side)| {
        let kind = if amount.amount * side > 0 { "CREDIT" } else { "DEBIT" };
        let amount = Money::new(amount.amount.abs(), amount.currency);
        json!({
            "affected_party": "SELLER", "amount": money::show(amount), "type": kind,
            "initiated_time": time(one.created), "reason": reason,
        })
    });
    let movements: Vec<Value> = movements.collect();
    let mut shown = dispute_brief(state, one);
    shown["money_movements"] = json!(movements);
    shown["disputed_transactions"] = json!([{
        "seller_transaction_id": one.capture, "buyer_transaction_id": one.capture,
        "transaction_status": "COMPLETED", "gross_amount": money::show(order.amount),
        "custom": order.custom, "seller": {"merchant_id": order.merchant},
    }]);
    if one.ended.is_some() {
        let code = if one.is_won() { "RESOLVED_SELLER_FAVOUR" } else { "RESOLVED_BUYER_FAVOUR" };
        shown["dispute_outcome"] = json!({"outcome_code": code});
        if !one.is_won() {
            shown["dispute_outcome"]["amount_refunded"] = money::show(one.held());
        }
    }
    shown
}

/// As in a list.
pub fn dispute_brief(state: &State, one: &Dispute) -> Value {
    let status = if one.ended.is_some() { "RESOLVED" } else { "WAITING_FOR_SELLER_RESPONSE" };
    let own = format!("{}/v1/customer/disputes/{}", state.base_url, one.id);
    json!({
        "dispute_id": one.id, "create_time": time(one.created), "update_time": time(one.updated),
        "reason": "UNAUTHORISED", "status": status, "dispute_amount": money::show(one.amount),
        "dispute_life_cycle_stage": "CHARGEBACK", "dispute_channel": "EXTERNAL",
        "links": [link(own, "self", "GET")],
    })
}
