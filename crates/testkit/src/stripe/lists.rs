//! Reading: one object, lists of them by cursor, and the search, which knows things late.

use serde_json::{Value, json};

use super::{
    failure::Failure,
    form::{Expand, Params},
    kept, shape, shape_money,
    state::State,
};

/// So many seconds pass before the search finds what is new.
const SEARCH_LAGS: i64 = 60;

/// Any object by its id.
pub fn any(state: &State, id: &str) -> Option<Value> {
    let none = Expand::default();
    let kinds = ["payment_intents", "charges", "refunds", "disputes", "sessions"];
    let kinds = kinds.into_iter().chain(["balance_transactions", "events"]);
    let kinds = kinds.chain(["customers", "payment_methods"]);
    kinds.map(|kind| whole(state, kind, id, &none)).find(|value| !value.is_null())
}

pub fn all(state: &State) -> Vec<Value> {
    let ids = state.intents.keys().chain(state.charges.keys()).chain(state.refunds.keys());
    let ids = ids.chain(state.disputes.keys()).chain(state.sessions.keys());
    let ids = ids.chain(state.customers.keys()).chain(state.methods.keys());
    let ids = ids.chain(state.transactions.keys()).chain(state.events.iter().map(|one| &one.id));
    ids.filter_map(|id| any(state, id)).collect()
}

fn whole(state: &State, kind: &str, id: &str, expand: &Expand) -> Value {
    match kind {
        "payment_intents" => shape::intent(state, id, expand),
        "charges" => shape::charge(state, id, expand),
        "refunds" => shape_money::refund(state, id, expand),
        "disputes" => shape_money::dispute(state, id, expand),
        "sessions" => shape_money::session(state, id, expand),
        "customers" => kept::customer(state, id),
        "payment_methods" => kept::method(state, id),
        "balance_transactions" => shape_money::transaction(state, id),
        "events" => {
            let event = state.events.iter().find(|event| event.id == id);
            event.map(shape_money::event).unwrap_or_default()
        }
        _ => Value::Null,
    }
}

pub fn one(state: &State, kind: &str, id: &str, params: &Params) -> Result<Value, Failure> {
    params.only(&[])?;
    let found = whole(state, kind, id, &params.expand());
    let kind = kind.trim_end_matches('s');
    if found.is_null() { Err(Failure::missing(kind, id, "id")) } else { Ok(found) }
}

/// What a list is searched by: an object's intent, its charge, its type, and when it was made.
fn facts<'a>(state: &'a State, kind: &str, id: &str) -> ([Option<&'a str>; 3], i64) {
    match kind {
        "refunds" => {
            let one = &state.refunds[id];
            ([Some(&one.intent), Some(&one.charge), None], one.created)
        }
        "disputes" => {
            let one = &state.disputes[id];
            ([Some(&one.intent), Some(&one.charge), None], one.created)
        }
        "sessions" => {
            let one = &state.sessions[id];
            ([one.intent.as_deref(), None, None], one.created)
        }
        "payment_intents" => ([None; 3], state.intents[id].created),
        _ => {
            let event = state.events.iter().find(|event| event.id == id);
            event.map_or(([None; 3], 0), |one| ([None, None, Some(&one.kind)], one.created))
        }
    }
}

/// Newest first.
pub fn list(state: &State, kind: &str, params: &Params) -> Result<Value, Failure> {
    params.only(&["limit", "starting_after", "payment_intent", "charge", "created", "type"])?;
    let limit = params.integer("limit")?.unwrap_or(10);
    if !(1..=100).contains(&limit) {
        return Err(Failure::invalid("parameter_invalid_integer", "limit", "1 to 100"));
    }
    let after = params.text("starting_after");
    let since = params.integer("created.gte")?;
    let wanted = ["payment_intent", "charge", "type"].map(|name| params.text(name));
    let fits = |id: &String| {
        let (of, created) = facts(state, kind, id);
        let same = |(wanted, is): (Option<&str>, _)| wanted.is_none() || wanted == is;
        wanted.into_iter().zip(of).all(same) && since.is_none_or(|since| created >= since)
    };
    let expand = params.expand().below("data").unwrap_or_default();
    let ids: Vec<&String> = match kind {
        "payment_intents" => state.intents.keys().collect(),
        "refunds" => state.refunds.keys().collect(),
        "disputes" => state.disputes.keys().collect(),
        "sessions" => state.sessions.keys().collect(),
        _ => state.events.iter().map(|event| &event.id).collect(),
    };
    let mut found = ids
        .into_iter()
        .rev()
        .skip_while(|id| after.is_some_and(|after| id.as_str() >= after))
        .filter(|id| fits(id))
        .map(|id| whole(state, kind, id, &expand));
    let data: Vec<Value> = found.by_ref().take(limit as usize).collect();
    let has_more = found.next().is_some();
    Ok(json!({"object": "list", "data": data, "has_more": has_more, "url": format!("/v1/{kind}")}))
}

/// Understands `metadata['key']:'value'`.
pub fn search(state: &State, params: &Params) -> Result<Value, Failure> {
    let (key, value) = asked_for(params)?;
    let known = state.now() - SEARCH_LAGS;
    let found = state.intents.values().rev().filter(|intent| {
        intent.created <= known && intent.metadata.get(key).is_some_and(|is| is == value)
    });
    let data: Vec<Value> =
        found.take(10).map(|intent| shape::intent(state, &intent.id, &Expand::default())).collect();
    Ok(found_by_search(&data, "/v1/payment_intents/search"))
}

/// The same for customers.
pub fn search_customers(state: &State, params: &Params) -> Result<Value, Failure> {
    let (key, value) = asked_for(params)?;
    let known = state.now() - SEARCH_LAGS;
    let found = state.customers.values().rev().filter(|customer| {
        customer.created <= known && customer.metadata.get(key).is_some_and(|is| is == value)
    });
    let data: Vec<Value> = found.map(|customer| kept::customer(state, &customer.id)).collect();
    Ok(found_by_search(&data, "/v1/customers/search"))
}

fn asked_for(params: &Params) -> Result<(&str, &str), Failure> {
    params.only(&["query", "limit"])?;
    let parts: Vec<&str> = params.required("query")?.split('\'').collect();
    match parts.as_slice() {
        ["metadata[", key, "]:", value, ""] => Ok((key, value)),
        _ => Err(Failure::invalid("parameter_invalid", "query", "Not understood")),
    }
}

fn found_by_search(data: &[Value], url: &str) -> Value {
    json!({
        "object": "search_result", "data": data, "has_more": false, "next_page": null, "url": url,
    })
}
