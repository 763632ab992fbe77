use axum::extract::State;
use delivery_api::{JobMove, Recall, RecallRefusal};
use kernel::OrderId;
use wire::{Fault, House, Json, Path};

use crate::{App, db, job::JobState, offer};

/// Keeps an order in the store, if no driver has taken it out: for services of the house. Whoever
/// asked may be gone before the answer comes, so it is told as well.
pub async fn recall(
    _: House,
    State(app): State<App>,
    Path(order): Path<OrderId>,
    Json(input): Json<Recall>,
) -> Result<Json<()>, Fault<RecallRefusal>> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    if let Some(row) = db::recall(&mut tx, order, now).await? {
        let stopped = JobMove::Stopped { reason: input.reason };
        feed::append(&mut tx, &row.moved_by(input.by, stopped), now).await?;
        tx.commit().await?;
        app.live.ring(order);
        offer::round_now(&app).await;
        return Ok(Json(()));
    }
    drop(tx);
    let (row, _) = db::job_of_order(&app.db, order).await?.ok_or(RecallRefusal::NoSuchJob)?;
    match row.state {
        JobState::Cancelled | JobState::Stopped => Ok(Json(())),
        _ => Err(RecallRefusal::HasLeft.into()),
    }
}
