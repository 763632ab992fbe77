use anyhow::Context as _;
use axum::{body::Bytes, extract::State};
use kernel::OrderId;
use orders_api::OrderLine;
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Never, Path, Problem, Signed};

use crate::{
    App, db,
    lifecycle::By,
    view::{self, Happening, OrderView},
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
    let found = db::written(&app.db, order).await?;
    let (row, writing) = found.ok_or_else(|| Problem::not_found("order"))?;
    let all = view::roles_in(&asker, &row)?.contains(&By::Operator);
    let Details { lines, history } = details(&app, order, &writing, all).await?;
    let contents = row.contents.clone().context("a placed order has contents")?;
    Ok(Json(view::whole(row, contents, lines, (&asker, history))))
}

/// What stands in other tables than the order's row, and changes with it alone.
#[derive(Serialize, Deserialize)]
struct Details {
    lines: Vec<OrderLine>,
    history: Vec<Happening>,
}

/// Kept for each writing of the row: since that is read, nobody has to be told of changes. Who loads
/// them later than the row was read may keep newer ones, never older ones.
async fn details(app: &App, order: OrderId, writing: &str, all: bool) -> anyhow::Result<Details> {
    let db = app.db.clone();
    let load = async move {
        let lines = db::lines(&db, &[order]).await?.pop().unwrap_or_default();
        let history = db::history(&db, order, 0, all).await?;
        let history = history.into_iter().map(Into::into).collect();
        Ok(Bytes::from(serde_json::to_vec(&Details { lines, history })?))
    };
    let key = format!("{order} {writing} {}", if all { "all" } else { "shown" });
    Ok(serde_json::from_slice(&app.details.get(&key, load).await?)?)
}
