use axum::extract::State;
use catalogue_api::{Held, Hold, HoldRefusal, Pick, Until};
use kernel::OrderId;
use wire::{Fault, House, Json, Path};

use crate::{
    App,
    db::{
        holds::{self, Taking, Took},
        picking,
    },
};

type Answer = Result<Json<Held>, Fault<HoldRefusal>>;

/// Holds stock for an order, all lines or none: for services of the house.
pub async fn hold(_: House, State(app): State<App>, Json(wanted): Json<Hold>) -> Answer {
    let mut tx = app.db.begin().await?;
    let took = holds::hold(&mut tx, &wanted, app.clock.now()).await?;
    tx.commit().await?;
    answer(&app, wanted.order, took)
}

/// Moves the end of a hold, and takes the stock again if it has lapsed: for services of the house.
pub async fn extend(
    _: House,
    State(app): State<App>,
    Path(order): Path<OrderId>,
    Json(Until { until }): Json<Until>,
) -> Answer {
    let mut tx = app.db.begin().await?;
    let took = holds::retake(&mut tx, order, Some(until), app.clock.now()).await?;
    tx.commit().await?;
    answer(&app, order, took)
}

/// Makes a hold final, and takes the stock again if it has lapsed: for services of the house.
pub async fn allocate(_: House, State(app): State<App>, Path(order): Path<OrderId>) -> Answer {
    let mut tx = app.db.begin().await?;
    let took = holds::retake(&mut tx, order, None, app.clock.now()).await?;
    tx.commit().await?;
    answer(&app, order, took)
}

/// Allocates what is packed of an order instead of what was ordered: for services of the house.
pub async fn pick(
    _: House,
    State(app): State<App>,
    Path(order): Path<OrderId>,
    Json(wanted): Json<Pick>,
) -> Answer {
    let mut tx = app.db.begin().await?;
    let took = picking::pick(&mut tx, order, &wanted, app.clock.now()).await?;
    tx.commit().await?;
    answer(&app, order, took)
}

/// Gives back what has not left the store: for services of the house.
pub async fn release(
    _: House,
    State(app): State<App>,
    Path(order): Path<OrderId>,
) -> Result<(), Fault<HoldRefusal>> {
    let mut tx = app.db.begin().await?;
    let released = holds::release(&mut tx, order, app.clock.now()).await?;
    tx.commit().await?;
    if released {
        app.answers.forget_all_soon();
    }
    Ok(())
}

/// Every order takes stock; what anybody is shown of it is a word, which few of them change. Forgetting
/// at each would leave nothing worth keeping on a busy evening.
fn answer(app: &App, order: OrderId, took: Took) -> Answer {
    if took.shows {
        app.answers.forget_all_soon();
    }
    match took.taking {
        Taking::Held(until) => Ok(Json(Held { order, until: Some(until) })),
        Taking::Allocated => Ok(Json(Held { order, until: None })),
        Taking::Short(short) => Err(HoldRefusal::OutOfStock { short }.into()),
        Taking::Released => Err(HoldRefusal::HoldReleased.into()),
        Taking::NotAllocated => Err(HoldRefusal::NotAllocated.into()),
        Taking::PickedAnew => Err(HoldRefusal::PickedAnew.into()),
        Taking::NoSuchHold => Err(HoldRefusal::NoSuchHold.into()),
    }
}
