use axum::{extract::State, http::StatusCode};
use garde::Validate;
use jiff::{SignedDuration, Timestamp};
use kernel::{JobId, OrderId, Place};
use serde::{Deserialize, Serialize};
use tracing::Instrument;
use wire::{Fault, Json, Problem, Refusal, Signed};

use crate::{App, db, job::Expected, rides::Rides};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pings {
    /// In any order; what was sent before may be sent again.
    #[garde(length(min = 1, max = 100), dive)]
    #[schema(min_items = 1, max_items = 100)]
    points: Vec<Ping>,
}

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ping {
    /// When the driver was there, by the phone's clock.
    #[garde(skip)]
    at: Timestamp,
    #[garde(custom(wire::on_the_globe))]
    place: Place,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Kept {
    /// How many were news: neither known, nor from before the shift, nor from the future.
    kept: u32,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum PingsRefusal {
    OffShift,
}

impl Refusal for PingsRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }
    fn detail(&self) -> String {
        "You are not on shift: keep where you are to yourself.".into()
    }
}

/// A phone's clock may be so far ahead.
const AHEAD: SignedDuration = SignedDuration::from_secs(60);
/// No shift lasts so long.
const OLDEST: SignedDuration = SignedDuration::from_hours(24);

/// Tells where the driver has been. Only on shift.
#[utoipa::path(
    post, path = "/v1/delivery/pings", tag = "delivery", operation_id = "send_pings",
    request_body = Pings,
    responses(
        (status = OK, body = Kept),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn send_pings(
    State(app): State<App>,
    signed: Signed,
    Json(input): Json<Pings>,
) -> Result<Json<Kept>, Fault<PingsRefusal>> {
    let driver = signed.driver();
    let now = app.clock.now();
    let points: Vec<db::Point> = input
        .points
        .iter()
        .filter(|point| point.at <= now + AHEAD && point.at >= now - OLDEST)
        .map(|point| db::Point { at: point.at.min(now), place: point.place })
        .collect();
    db::seen(&app.db, driver, now).await?;
    let pinged = db::keep_pings(&app.db, driver, &points).await?;
    if !pinged.on_shift {
        return Err(PingsRefusal::OffShift.into());
    }
    if let (Some(place), Some(places)) = (pinged.moved_to, &app.places) {
        let newest = points.iter().map(|point| point.at).max();
        places.keep(driver, place, newest.unwrap_or(now)).await;
    }
    if let (Some(place), Some((job, door))) = (pinged.moved_to, pinged.carries) {
        expect(&app, (job, pinged.order), (place, door), now).await?;
    }
    if let (Some(_), Some(order)) = (pinged.moved_to, pinged.order) {
        app.live.ring(order);
    }
    Ok(Json(Kept { kept: pinged.kept as u32 }))
}

/// When what is in the bag will be at its door. What a router says holds for a while, and no driver
/// waits for it; the built-in estimate follows every move.
async fn expect(
    app: &App,
    (job, order): (JobId, Option<OrderId>),
    (place, door): (Place, Place),
    now: Timestamp,
) -> sqlx::Result<()> {
    let expected = move |rides: &Rides| {
        let ride = rides.ride(place, door);
        Expected { at: now, rough: false }.and(ride)
    };
    let before = now - app.config.google_routes.ask_again();
    if !app.router.is_asked() || !db::router_is_asked(&app.db, job, now, before).await? {
        // Without a router no time of one is left as it is.
        let instead = !app.router.is_asked();
        return db::expect_at_door(&app.db, job, expected(&Rides::default()), instead).await;
    }
    let app = app.clone();
    let asks = async move {
        let rides = app.router.rides(&[(place, door)]).await;
        if let Err(error) = db::expect_at_door(&app.db, job, expected(&rides), true).await {
            tracing::warn!(%job, %error, "what a router says of the ride is not kept");
        }
        order.into_iter().for_each(|order| app.live.ring(order));
    };
    tokio::spawn(asks.in_current_span());
    Ok(())
}
