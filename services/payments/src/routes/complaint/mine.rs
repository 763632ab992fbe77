use axum::extract::State as Shared;
use jiff::Timestamp;
use kernel::OrderId;
use serde::Serialize;
use wire::{Fault, Json, Never, Path, Problem, Signed};

use super::view::{ComplaintLine, MyComplaint};
use crate::{
    App, db,
    routes::{refund::ask::left, show::within},
};

/// What the customer of an order asked money back for, and can still ask for.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OrderComplaints {
    /// Oldest first.
    items: Vec<MyComplaint>,
    /// Lines of which something can be asked for, with how many units.
    lines: Vec<ComplaintLine>,
    /// Until when; none while the order is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, value_type = String, format = DateTime)]
    until: Option<Timestamp>,
    /// What the asker may do now: `complain`.
    can: Vec<&'static str>,
}

/// What the asker asked money back for of an order, what became of it, and what can be asked for.
#[utoipa::path(
    get, path = "/v1/payments/orders/{order}/complaints", tag = "payments",
    operation_id = "order_complaints",
    params(("order" = OrderId, Path)),
    responses(
        (status = OK, body = OrderComplaints),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn order_complaints(
    actor: Signed,
    Shared(app): Shared<App>,
    Path(order): Path<OrderId>,
) -> Result<Json<OrderComplaints>, Fault<Never>> {
    let (now, days) = (app.clock.now(), app.config.refunds.complaint_days);
    let payment = within(&actor, db::payment::of_order(&app.db, order).await?)?;
    let mut tx = app.db.begin().await?;
    let items = db::complaint::of_order(&mut tx, order, now).await?;
    let standing = db::complaint::standing(&mut tx, &payment).await?;
    let left = left(&mut tx, &payment, now).await?;
    tx.rollback().await?;
    let open = standing.as_ref().filter(|it| it.open(left, (now, days)).is_ok());
    let lines = open.into_iter().flat_map(|it| &it.lines).filter(|line| line.left() > 0);
    Ok(Json(OrderComplaints {
        items: items.into_iter().map(MyComplaint::from).collect(),
        lines: lines
            .map(|it| ComplaintLine { line: it.line, name: it.name.clone(), units: it.left() })
            .collect(),
        until: standing.as_ref().map(|it| it.until(days)),
        can: if open.is_some() { vec!["complain"] } else { Vec::new() },
    }))
}
