use anyhow::Context as _;
use axum::extract::State;
use kernel::OrderId;
use wire::{Fault, Json, Never, Path, Problem, Signed};

use crate::{
    App, db,
    lifecycle::By,
    view::{self, OrderView},
};

/// One order.
#[utoipa::path(
    get, path = "/v1/orders/orders/{order}", tag = "orders", operation_id = "order",
    params(("order" = OrderId, Path)),
    responses(
        (status = OK, body = OrderView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn order(
    State(app): State<App>,
    asker: Signed,
    Path(order): Path<OrderId>,
) -> Result<Json<OrderView>, Fault<Never>> {
    let found = db::order(&app.db, order).await?;
    let (row, lines) = found.ok_or_else(|| Problem::not_found("order"))?;
    let roles = view::roles_in(&asker, &row)?;
    let history = db::history(&app.db, order, 0, roles.contains(&By::Operator)).await?;
    let history = history.into_iter().map(Into::into).collect();
    let contents = row.contents.clone().context("a placed order has contents")?;
    Ok(Json(view::whole(row, contents, lines, (&asker, history))))
}
