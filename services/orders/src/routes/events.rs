use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::HeaderMap,
    response::sse::{Event, Sse},
};
use futures::Stream;
use host::{Pace, Sight, Watcher};
use kernel::OrderId;
use store::Db;
use wire::{Fault, Never, Path, Problem, Signed};

use crate::{App, db, lifecycle::By, view};

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
    let pace = Pace {
        whole: Duration::from_mins(app.config.stream_minutes),
        look: Duration::from_millis(app.config.stream_poll_ms),
        heartbeat: Duration::from_secs(app.config.stream_heartbeat_seconds),
    };
    let watching = Watching {
        db: app.db,
        order,
        all: roles.contains(&By::Operator),
        seen: seen.unwrap_or(0),
        ended: row.state.is_end(),
    };
    Ok(app.live.stream(order, asker.pass, pace, watching))
}

/// Somebody who watches an order.
struct Watching {
    db: Db,
    order: OrderId,
    /// Whether also what is for operators only.
    all: bool,
    /// The last entry that was read.
    seen: i32,
    /// Whether the order is at its end, and nothing comes after what is read.
    ended: bool,
}

impl Watcher for Watching {
    async fn look(&mut self) -> anyhow::Result<Sight> {
        let rows = db::history(&self.db, self.order, self.seen, self.all).await?;
        if rows.is_empty() {
            return Ok(if self.ended { Sight::Over } else { Sight::Nothing });
        }
        let mut events = Vec::new();
        for row in rows {
            self.seen = row.seq;
            self.ended |= row.to_state.is_end();
            let event = Event::default().id(row.seq.to_string()).event(row.what.clone());
            events.push(event.json_data(view::Happening::from(row))?);
        }
        Ok(Sight::News(events))
    }
}
