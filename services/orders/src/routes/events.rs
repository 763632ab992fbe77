use std::{collections::VecDeque, convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::HeaderMap,
    response::sse::{Event, KeepAlive, Sse},
};
use cache::Listener;
use futures::{Stream, stream};
use kernel::OrderId;
use tokio::time::Instant;
use wire::{Fault, Never, Pass, Path, Problem, Signed};

use crate::{App, db, lifecycle::By, view};

/// When somebody should come again whose stream ends with this process.
const COME_AGAIN: Duration = Duration::from_secs(1);

/// What happens to an order, as it happens (server-sent events; each `data` is a `Happening`, its
/// `seq` the event's id): for its customer, staff of its store and operators. Resumes after
/// `Last-Event-ID`. Ends with the order, or after a while, then come again.
#[utoipa::path(
    get, path = "/v1/orders/orders/{order}/events", tag = "orders", operation_id = "order_events",
    params(
        ("order" = OrderId, Path),
        ("Last-Event-ID" = Option<i32>, Header, description = "The id of the last event seen"),
    ),
    responses(
        (status = OK, body = String, content_type = "text/event-stream"),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn order_events(
    State(app): State<App>,
    asker: Signed,
    Path(order): Path<OrderId>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Fault<Never>> {
    let found = db::order(&app.db, order).await?;
    let (row, _) = found.ok_or_else(|| Problem::not_found("order"))?;
    let roles = view::roles_in(&asker, &row)?;
    // What we did not give out as an id starts from the beginning: seen twice beats not seen.
    let seen = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let heartbeat = Duration::from_secs(app.config.stream_heartbeat_seconds);
    let watch = Watch {
        until: Instant::now() + Duration::from_mins(app.config.stream_minutes),
        bell: app.listen(order),
        app,
        pass: asker.pass,
        order,
        all: roles.contains(&By::Operator),
        seen: seen.unwrap_or(0),
        ready: VecDeque::new(),
        ended: row.state.is_end(),
        told_to_come_again: false,
    };
    let stream = stream::unfold(watch, |mut watch| async move {
        watch.next().await.map(|event| (Ok(event), watch))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(heartbeat)))
}

/// Somebody who watches an order.
struct Watch {
    app: App,
    /// Rings when something has happened to it; what is not heard is found a look later.
    bell: Listener,
    /// What let them in.
    pass: Pass,
    order: OrderId,
    /// Whether also what is for operators only.
    all: bool,
    /// The last entry that was read.
    seen: i32,
    ready: VecDeque<Event>,
    /// Whether the order is at its end, and nothing comes after what is read.
    ended: bool,
    until: Instant,
    /// Whether this process ends, and that has been said.
    told_to_come_again: bool,
}

impl Watch {
    /// The next event; none when the order, the time or the session is over.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if self.app.leaving.is_cancelled() {
                let told = std::mem::replace(&mut self.told_to_come_again, true);
                return (!told).then(|| Event::default().retry(COME_AGAIN));
            }
            if Instant::now() >= self.until || self.app.verifier.has_ended(&self.pass) {
                return None;
            }
            let news = db::history(&self.app.db, self.order, self.seen, self.all).await;
            // The client comes again, and then hears what is the matter.
            let news =
                news.inspect_err(|error| tracing::warn!(%error, "a live stream ends")).ok()?;
            if news.is_empty() && self.ended {
                return None;
            }
            if news.is_empty() {
                let pause = Duration::from_millis(self.app.config.stream_poll_ms);
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = self.bell.rung() => {}
                    () = self.app.leaving.cancelled() => {}
                }
            }
            for row in news {
                self.seen = row.seq;
                self.ended |= row.to_state.is_end();
                let event = Event::default().id(row.seq.to_string()).event(row.what.clone());
                self.ready.push_back(event.json_data(view::Happening::from(row)).ok()?);
            }
        }
    }
}
