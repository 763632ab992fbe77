use feed::Received;
use minijinja::context;
use orders_api::{Move, OrderMoved};

use crate::{
    App,
    db::{self, KnownOrder, News},
    language::Language,
    letter::{self, Kind, line},
    reason,
};

/// One message for each move that means something to the customer, and whatever others told of
/// the order before orders did.
pub async fn order_moved(app: App, told: Received<OrderMoved>) -> anyhow::Result<()> {
    let Some(kind) = kind(&told.event) else { return Ok(()) };
    let order = &told.event.order;
    let known = KnownOrder {
        order: order.order,
        customer: order.customer,
        number: order.number.clone(),
        store_name: order.store_name.clone(),
    };
    let news = News {
        dedupe_key: format!("order/{}/{}", order.order, told.event.version),
        order: order.order,
        kind,
        facts: serde_json::Value::Null,
    };
    let contact = super::contact(&app, order.customer).await?;
    let mut letters = Vec::new();
    if let Some(contact) = &contact {
        let language = Language::of(&contact.language);
        let facts = facts(&told.event, (&contact.given_name, language));
        letters.push((letter::word(kind, language, facts)?, news));
        for early in db::early(&app.db, order.order).await? {
            letters.push((super::word(&known, contact, &early)?, early));
        }
    }
    let Some(mut tx) = told.once(&app.db).await? else { return Ok(()) };
    db::know_order(&mut tx, &known, app.clock.now()).await?;
    db::forget_early(&mut tx, order.order).await?;
    if let Some(contact) = &contact {
        for (letter, news) in &letters {
            let message = super::message(&app, contact, news, letter);
            db::insert_message(&mut tx, &message, &app.config.channels).await?;
        }
    }
    Ok(tx.commit().await?)
}

const fn kind(told: &OrderMoved) -> Option<Kind> {
    Some(match told.moved {
        Move::Placed => Kind::Placed,
        Move::Paid => Kind::Paid,
        Move::Accepted => Kind::Accepted,
        Move::Packed => Kind::Packed,
        // The customer was told that it is paid.
        Move::Captured => return None,
        Move::OutForDelivery => Kind::OutForDelivery,
        Move::Delivered => Kind::Delivered,
        Move::Returning { .. } => Kind::Returning,
        Move::Closed { .. } => Kind::Closed,
        Move::Lost { .. } => Kind::Lost,
        // It was never placed: whoever tried was told so at once.
        Move::Cancelled { .. } if told.version == 1 => return None,
        Move::Cancelled { .. } => Kind::Cancelled,
    })
}

/// What was packed other than it was ordered, told once: when it is packed.
fn changes(moved: &OrderMoved) -> Vec<minijinja::Value> {
    let packed = moved.order.picked.as_ref().filter(|_| moved.moved == Move::Packed);
    let changes = packed.map(|picked| picked.changes.as_slice()).unwrap_or_default();
    let instead =
        |it: &orders_api::Replacement| format!("{} × {}", it.quantity, line(&it.name, 100));
    let change = |it: &orders_api::LineChange| {
        let (name, instead) = (line(&it.name, 100), it.instead.as_ref().map(instead));
        context! { name, instead, packed => it.packed, ordered => it.ordered }
    };
    changes.iter().map(change).collect()
}

fn facts(moved: &OrderMoved, (name, language): (&str, Language)) -> minijinja::Value {
    let order = &moved.order;
    let (reason, refund) = match &moved.moved {
        Move::Returning { reason, refund } => (reason.as_str(), Some(refund)),
        Move::Closed { refund } | Move::Lost { refund, .. } => ("", Some(refund)),
        Move::Cancelled { reason } => (reason.as_str(), None),
        _ => ("", None),
    };
    let lines: Vec<_> = order
        .lines
        .iter()
        .map(|it| {
            let (name, total) = (line(&it.name, 100), it.total.to_string());
            context! { name, total, quantity => it.quantity }
        })
        .collect();
    context! {
        name => line(name, 100),
        number => line(&order.number, 30),
        store => line(&order.store_name, 100),
        store_address => line(&order.store_address, 200),
        address => line(&order.destination.address, 200),
        recipient => line(&order.destination.recipient, 100),
        total => order.total.to_string(),
        lines,
        changes => changes(moved),
        agreed => order.picked.as_ref().map(|picked| picked.agreed.to_string()),
        reason => line(reason::said(reason, language), 300),
        refund => refund.map(ToString::to_string),
        slot => order.slot.map(|slot| language.slot((slot.from, slot.until), &order.time_zone)),
    }
}
