use anyhow::{Context as _, bail};
use delivery_api::{HandedLine, JobMove, JobMoved, RefusedBecause};
use feed::Received;
use kernel::Money;
use orders_api::{Move, State};
use serde_json::json;
use store::Tx;

use crate::{
    App, Config, db,
    db::Moving,
    lifecycle::Command,
    moves::{self, Doer, Order, Step},
    order,
};

/// The delivery of an order has moved.
pub async fn moved(app: App, received: Received<JobMoved>) -> anyhow::Result<()> {
    let event = &received.event;
    let doer = Doer { person: event.by, ..Doer::service("delivery", app.clock.now()) };
    let Some(mut tx) = received.once(&app.db).await? else { return Ok(()) };
    let Some(mut order) = Order::lock(&mut tx, event.order).await? else {
        tracing::warn!(order = %event.order, "a delivery of an order that nobody knows");
        return Ok(tx.commit().await?);
    };
    too_early(order.row.state, &event.moved)?;
    let done = match &event.moved {
        JobMove::Assigned | JobMove::Unassigned | JobMove::Arrived => {
            approach(&mut tx, &mut order, event, &doer).await?
        }
        _ => {
            let step = step(&app.config, &order, &event.moved)?;
            let driver = event.driver.zip(event.driver_name.as_deref());
            if driver.is_some() && !order.row.state.is_end() {
                db::set_driver(&mut tx, order.row.id, driver, event.eta).await?;
            }
            moves::make(&mut tx, &mut order, step, &doer).await?
        }
    };
    if !done {
        let nameless = JobMoved { driver_name: None, ..event.clone() };
        moves::note_ignored(&mut tx, &mut order, &nameless, &doer).await?;
    } else if let JobMove::Lost { note } | JobMove::Refused { note, .. } = &event.moved
        && !note.is_empty()
    {
        let words = ("delivery_note", json!({ "note": note }));
        moves::note_aside(&mut tx, &mut order, words, &doer).await?;
    }
    tx.commit().await?;
    app.live.ring(event.order);
    Ok(())
}

/// An error where the order will come to where the event fits: told again later, it does.
fn too_early(state: State, moved: &JobMove) -> anyhow::Result<()> {
    use State::*;
    let early = match moved {
        JobMove::PickedUp => matches!(state, Placing | Placed | Paid | Accepted),
        JobMove::HandedOver { .. } | JobMove::Refused { .. } | JobMove::Lost { .. } => {
            matches!(state, Placing | Placed | Paid | Accepted | Packed)
        }
        JobMove::Returned => {
            matches!(state, Placing | Placed | Paid | Accepted | Packed | OutForDelivery)
        }
        _ => state == Placing,
    };
    if early {
        bail!("the order is {} and not there yet", state.name());
    }
    Ok(())
}

/// What the customer sees of the driver before anything changes hands.
async fn approach(
    tx: &mut Tx<'_>,
    order: &mut Order,
    event: &JobMoved,
    doer: &Doer,
) -> anyhow::Result<bool> {
    let (what, driver) = match event.moved {
        JobMove::Assigned => ("driver_assigned", event.driver.zip(event.driver_name.as_deref())),
        JobMove::Unassigned => ("driver_unassigned", None),
        _ => ("driver_arrived", event.driver.zip(event.driver_name.as_deref())),
    };
    if order.row.state.is_end() {
        return Ok(false);
    }
    db::set_driver(tx, order.row.id, driver, event.eta).await?;
    let note = json!({ "driver": driver.map(|(_, name)| name), "eta": event.eta });
    // Whose name it is, so that it can go with them.
    let driver = event.driver.map(kernel::DriverId::cast);
    let doer = Doer { person: doer.person.or(driver), ..*doer };
    moves::note_down(tx, order, (what, note), &doer).await?;
    Ok(true)
}

fn step(config: &Config, order: &Order, moved: &JobMove) -> anyhow::Result<Step> {
    Ok(match moved {
        JobMove::PickedUp => {
            if order.row.state == State::Packed && order.row.captured_at.is_none() {
                bail!("picked up before the money was ours");
            }
            Step::plain(Command::PickUp, Move::OutForDelivery)
        }
        JobMove::HandedOver { whole, lines } => handed_over(order, *whole, lines)?,
        JobMove::Refused { because, .. } => {
            use RefusedBecause::{Damaged, NotDelivered, NotLawful};
            let ours = matches!(because, Damaged | NotDelivered | NotLawful);
            let fees_too = ours || config.refund_fees_on_refusal;
            back(order, vec![0; order.lines.len()], name(*because), fees_too)?
        }
        JobMove::Returned => {
            let refund = Money::new(order.row.refund, order.total()?.currency);
            Step::plain(Command::Close, Move::Closed { refund })
        }
        JobMove::Lost { .. } => lost(order)?,
        JobMove::Stopped { reason } => Step::stop(reason),
        JobMove::Assigned | JobMove::Unassigned | JobMove::Arrived => {
            bail!("no move of the order")
        }
    })
}

fn handed_over(order: &Order, whole: bool, handed: &[HandedLine]) -> anyhow::Result<Step> {
    let ordered: Vec<u32> = order.lines.iter().map(|line| line.quantity).collect();
    if whole {
        let moving = Moving { delivered: Some(ordered), ..Moving::default() };
        return Ok(Step { command: Command::HandOver, moved: Move::Delivered, moving });
    }
    let mut delivered = vec![0_u32; ordered.len()];
    for part in handed {
        let place = order.lines.iter().position(|line| line.line == part.line);
        let place = place.context("a line was handed over that is not of the order")?;
        delivered[place] = delivered[place].saturating_add(part.quantity);
    }
    if delivered.iter().zip(&ordered).any(|(came, ordered)| came > ordered) {
        bail!("more was handed over than was ordered");
    }
    if delivered == ordered {
        return handed_over(order, true, handed);
    }
    // The way to the door was made for what stayed there, so its price stays too.
    back(order, delivered, "partly-refused", false)
}

fn back(order: &Order, delivered: Vec<u32>, reason: &str, fees_too: bool) -> anyhow::Result<Step> {
    let mut lines = order.lines.clone();
    lines.iter_mut().zip(&delivered).for_each(|(line, units)| line.delivered = *units);
    let charges = if fees_too { Some(order.charges()?) } else { None };
    let refund = order::refund(&lines, charges, order.total()?)?;
    let moving = Moving {
        refund: Some(refund.amount),
        reason: Some(reason.into()),
        delivered: Some(delivered),
        ..Moving::default()
    };
    let moved = Move::Returning { reason: reason.into(), refund };
    Ok(Step { command: Command::BringBack, moved, moving })
}

/// All of the money goes back, fees too, but for what stayed at the door and its way there.
fn lost(order: &Order) -> anyhow::Result<Step> {
    let nothing_came = order.lines.iter().all(|line| line.delivered == 0);
    let charges = if nothing_came { Some(order.charges()?) } else { None };
    let refund = order::refund(&order.lines, charges, order.total()?)?;
    let reason = "lost".to_owned();
    let moving =
        Moving { refund: Some(refund.amount), reason: Some(reason.clone()), ..Moving::default() };
    Ok(Step { command: Command::Lose, moved: Move::Lost { reason, refund }, moving })
}

/// The reason as it is told to people's programs.
const fn name(because: RefusedBecause) -> &'static str {
    match because {
        RefusedBecause::UnderAge => "under-age",
        RefusedBecause::NoDocument => "no-document",
        RefusedBecause::DocumentNotTheirs => "document-not-theirs",
        RefusedBecause::Intoxicated => "intoxicated",
        RefusedBecause::NobodyThere => "nobody-there",
        RefusedBecause::CustomerDeclined => "customer-declined",
        RefusedBecause::Damaged => "damaged",
        RefusedBecause::NotLawful => "not-lawful",
        RefusedBecause::Unsafe => "unsafe",
        RefusedBecause::NotDelivered => "not-delivered",
    }
}
