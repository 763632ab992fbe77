use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use cache::Listener;
use futures::{Stream, stream};
use jiff::Timestamp;
use kernel::{DriverId, OrderId, Place};
use tokio::time::Instant;
use wire::{Fault, Never, Path, Problem, Signed};

use super::order::{self, Seen};
use crate::{App, job::JobState};

/// When somebody should come again whose stream ends with this process.
const COME_AGAIN: Duration = Duration::from_secs(1);
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
    let bell = app.listen(order);
    order::seen(&app, &signed, order).await?.ok_or_else(|| Problem::not_found("delivery"))?;
    let until = Instant::now() + Duration::from_mins(app.config.stream_minutes);
    let watch = Watch { app, signed, order, bell, told: None, until, told_to_come_again: false };
    let stream = stream::unfold(watch, |mut watch| async move {
        watch.next().await.map(|event| (Ok(event), watch))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}

/// What is news when it changes. The expected time of what nobody brings yet moves with the clock alone,
/// and is none.
type News = (JobState, Option<DriverId>, Option<Timestamp>, Option<(Place, Timestamp)>);

fn news(seen: &Seen) -> News {
    (seen.job.state, seen.job.driver, seen.job.eta, seen.driver_at)
}

/// Somebody who watches a delivery.
struct Watch {
    app: App,
    signed: Signed,
    order: OrderId,
    /// Rings when it has moved or its driver has; what is not heard is found a look later.
    bell: Listener,
    told: Option<News>,
    until: Instant,
    /// Whether this process ends, and that has been said.
    told_to_come_again: bool,
}

impl Watch {
    /// The next event; none when the delivery, the time or the session is over.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.app.leaving.is_cancelled() {
                let told = std::mem::replace(&mut self.told_to_come_again, true);
                return (!told).then(|| Event::default().retry(COME_AGAIN));
            }
            let over = self.told.is_some_and(|(state, ..)| state.is_end());
            if over
                || Instant::now() >= self.until
                || self.app.verifier.has_ended(&self.signed.pass)
            {
                return None;
            }
            let seen = order::seen(&self.app, &self.signed, self.order).await;
            // The client comes again, and then hears what is the matter.
            let seen =
                seen.inspect_err(|error| tracing::warn!(%error, "a live stream ends")).ok()??;
            let news = Some(news(&seen));
            if self.told != news {
                self.told = news;
                let view = order::view(&self.signed, seen, self.app.clock.now());
                return Event::default().json_data(view).ok();
            }
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(self.app.config.stream_poll_ms)) => {}
                () = self.bell.rung() => {}
                () = self.app.leaving.cancelled() => {}
            }
        }
    }
}
