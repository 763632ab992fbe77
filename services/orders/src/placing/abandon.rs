use anyhow::Context as _;
use orders_api::{Move, State};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use wire::{CallError, Problem};

use super::{Fate, Saved, answer_of};
use crate::{
    App,
    db::{self, Entry, OrderRow},
    lifecycle::{self, By, Command},
    moves::{self, Order},
};

/// That an order is not to be placed, and why. Written down first, so that nobody goes on with it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Doom {
    reason: String,
    /// What the key answers from now on; the key is free again without one.
    answer: Option<Saved>,
    /// Whether a payment may have been started.
    may_be_paid: bool,
}

impl Doom {
    /// The same answer would come again.
    pub fn refused(problem: &Problem, may_be_paid: bool) -> anyhow::Result<Self> {
        let status = i32::from(problem.status);
        let answer = Some((status, serde_json::to_value(problem)?));
        Ok(Self { reason: problem.code.clone(), answer, may_be_paid })
    }

    /// Another time it may go well.
    pub fn not_now(reason: &str) -> Self {
        Self { reason: reason.into(), answer: None, may_be_paid: true }
    }
}

/// Undoes whatever steps were made, and ends the order: for `doom`, unless it was given up for
/// another reason before, which its key may have answered. When the others do not answer, the
/// recovery job goes on with it.
pub async fn abandon(app: &App, row: &OrderRow, doom: Doom) -> Fate<Saved> {
    let doom = if let Some(before) = &row.doom {
        serde_json::from_value(before.clone()).context("read why it was given up")?
    } else {
        let written: Value = serde_json::to_value(&doom).map_err(anyhow::Error::from)?;
        if !db::doom(&app.db, row, &written).await? {
            return answer_of(app, row.id).await;
        }
        doom
    };
    match undo(app, row).await {
        Ok(()) => end(app, row, &doom).await?,
        Err(service) => {
            db::end_lease(&app.db, row, app.clock.now()).await?;
            tracing::warn!(order = %row.id, service, "what was begun is undone later");
        }
    }
    match doom.answer {
        Some(saved) => Ok(saved),
        None => Err(Problem::unavailable("orders").into()),
    }
}

/// Gives stock and cart back; or names the service that did not answer. A refusal means that there
/// is nothing to give back.
async fn undo(app: &App, row: &OrderRow) -> Result<(), &'static str> {
    if let Err(CallError::Unavailable(service)) = app.catalogue.release(row.id).await {
        return Err(service);
    }
    if let Err(CallError::Unavailable(service)) =
        app.carts.unclaim(row.cart, row.id, row.customer).await
    {
        return Err(service);
    }
    Ok(())
}

async fn end(app: &App, row: &OrderRow, doom: &Doom) -> anyhow::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let Some(mut order) = Order::lock(&mut tx, row.id).await? else { return Ok(()) };
    let moved = Move::Cancelled { reason: doom.reason.clone() };
    let note = moves::note(&moved, lifecycle::consequence(Command::Cancel(By::House)));
    let what = moves::what(&moved);
    let happened = Entry { at: now, what, who: "tipple", person: None, note, shown: false };
    if !db::cancel_placing(&mut tx, &order.row, doom.answer.as_ref(), &happened).await? {
        return Ok(());
    }
    // Only then can payments know of it; whoever else hears of it has nothing to do.
    if doom.may_be_paid && order.row.contents.is_some() {
        order.row.state = State::Cancelled;
        order.row.version += 1;
        feed::append(&mut tx, &order.event(moved)?, now).await?;
    }
    Ok(tx.commit().await?)
}
