use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use kernel::{JobId, OrderId, Place};
use serde::Serialize;
use wire::{Fault, Json, Never, Path, Problem, Signed};

use super::{jobs, views::about};
use crate::{
    App,
    db::{self, JobRow},
    estimate::ride,
    job::{Deed, Expected, JobState},
    rides::Rides,
};

/// How the delivery of one order goes.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Delivery {
    order: OrderId,
    job: JobId,
    state: JobState,
    driver_name: Option<String>,
    /// When it is expected at the door, until it is there.
    eta: Option<Eta>,
    /// About where the driver is, while it is on its way.
    driver_at: Option<DriverAt>,
    /// What you may do with it now, other than as its driver.
    can: Vec<Deed>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Eta {
    earliest: Timestamp,
    latest: Timestamp,
    /// By the built-in estimate, without a map; otherwise by Google Maps.
    rough: bool,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DriverAt {
    /// To about a hundred metres.
    place: Place,
    at: Timestamp,
}

/// State, driver and expected time of one order's delivery.
#[utoipa::path(
    get, path = "/v1/delivery/orders/{order}", tag = "delivery",
    operation_id = "delivery_of_order", params(("order" = OrderId, Path)),
    responses(
        (status = OK, body = Delivery),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn delivery_of_order(
    State(app): State<App>,
    signed: Signed,
    Path(order): Path<OrderId>,
) -> Result<Json<Delivery>, Fault<Never>> {
    let seen = seen(&app, &signed, order).await?.ok_or_else(|| Problem::not_found("delivery"))?;
    Ok(Json(view(&signed, seen, app.clock.now())))
}

/// A delivery, and about where its driver was last while it is on its way.
pub(super) struct Seen {
    pub job: JobRow,
    pub driver_at: Option<(Place, Timestamp)>,
}

/// The delivery of an order, where this asker may see it.
pub(super) async fn seen(app: &App, signed: &Signed, order: OrderId) -> sqlx::Result<Option<Seen>> {
    let found = db::job_of_order(&app.db, order).await?;
    Ok(found.filter(|(job, _)| may_see(signed, job)).map(|(job, driver)| {
        let on_its_way = matches!(job.state, JobState::PickedUp | JobState::Arrived);
        let driver_at = driver.filter(|_| on_its_way).map(|(place, at)| (about(place), at));
        Seen { job, driver_at }
    }))
}

/// The same as this asker is shown it.
pub(super) fn view(signed: &Signed, Seen { job, driver_at }: Seen, now: Timestamp) -> Delivery {
    Delivery {
        order: job.order,
        job: job.id,
        state: job.state,
        can: jobs::can(&job, signed),
        eta: eta(&job, now),
        driver_at: driver_at.map(|(place, at)| DriverAt { place, at }),
        driver_name: job.driver_name,
    }
}

/// Whether its customer or its driver asks, or somebody who looks after it.
pub(super) fn may_see(signed: &Signed, job: &JobRow) -> bool {
    let ordered = signed.is_customer() && job.customer == signed.customer();
    signed.reach.own && (ordered || drives(signed, job)) || signed.reach.store(job.store)
}

pub(super) fn drives(signed: &Signed, job: &JobRow) -> bool {
    signed.is_driver() && job.driver == Some(signed.driver())
}

/// From when it is expected on a usual day until when on a bad one.
fn eta(job: &JobRow, now: Timestamp) -> Option<Eta> {
    let Expected { at: earliest, rough } = match job.state {
        JobState::Waiting | JobState::Offered => {
            job.eta_from_store(Expected { at: now, rough: true }, &Rides::default())
        }
        JobState::Assigned | JobState::PickedUp => {
            Expected { at: job.eta?.max(now), rough: job.eta_rough }
        }
        _ => return None,
    };
    let ride = ride(job.store_place(), job.door_place());
    let slack = i64::from(ride.worst_seconds - ride.seconds);
    Some(Eta { earliest, latest: earliest + SignedDuration::from_secs(slack), rough })
}
