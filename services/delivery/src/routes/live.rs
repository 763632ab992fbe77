use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::sse::{Event, Sse},
};
use futures::Stream;
use host::{Pace, Sight, Watcher};
use jiff::Timestamp;
use kernel::{DriverId, OrderId, Place};
use wire::{Fault, Never, Path, Problem, Signed};

use super::order::{self, Seen};
use crate::{App, job::JobState};

const HEARTBEAT: Duration = Duration::from_secs(15);

/// How the delivery of one order goes, as it goes (server-sent events; each `data` is a `Delivery`): now,
/// and whenever its state, its driver, the driver's place or the expected time changes. Ends with the
/// delivery, or after a while, then come again.
#[utoipa::path(
    get, path = "/v1/delivery/orders/{order}/events", tag = "delivery",
    operation_id = "delivery_events", params(("order" = OrderId, Path)),
    responses(
        (status = OK, body = String, content_type = "text/event-stream"),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn delivery_events(
    State(app): State<App>,
    signed: Signed,
    Path(order): Path<OrderId>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Fault<Never>> {
    order::seen(&app, &signed, order).await?.ok_or_else(|| Problem::not_found("delivery"))?;
    let pace = Pace {
        whole: Duration::from_mins(app.config.stream_minutes),
        look: Duration::from_millis(app.config.stream_poll_ms),
        heartbeat: HEARTBEAT,
    };
    let (live, pass) = (app.live.clone(), signed.pass.clone());
    Ok(live.stream(order, pass, pace, Watching { app, signed, order, told: None }))
}

/// What is news when it changes. The expected time of what nobody brings yet moves with the clock alone,
/// and is none.
type News = (JobState, Option<DriverId>, Option<Timestamp>, Option<(Place, Timestamp)>);

fn news(seen: &Seen) -> News {
    (seen.job.state, seen.job.driver, seen.job.eta, seen.driver_at)
}

/// Somebody who watches a delivery.
struct Watching {
    app: App,
    signed: Signed,
    order: OrderId,
    told: Option<News>,
}

impl Watcher for Watching {
    async fn look(&mut self) -> anyhow::Result<Sight> {
        if self.told.is_some_and(|(state, ..)| state.is_end()) {
            return Ok(Sight::Over);
        }
        let seen = order::seen(&self.app, &self.signed, self.order).await?;
        let Some(seen) = seen else { return Ok(Sight::Over) };
        let news = Some(news(&seen));
        if self.told == news {
            return Ok(Sight::Nothing);
        }
        self.told = news;
        let view = order::view(&self.signed, seen, self.app.clock.now());
        Ok(Sight::News(vec![Event::default().json_data(view)?]))
    }
}
