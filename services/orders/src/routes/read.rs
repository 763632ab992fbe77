use anyhow::Context as _;
use axum::extract::State;
use kernel::OrderId;
use orders_api::OrderLine;
use serde::{Deserialize, Serialize};
use store::Db;
use wire::{Fault, Json, Never, Path, Problem, Signed};

use crate::{
    App,
    db::{self, OrderRow},
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
    let Details { lines, history } = if all {
        // What only operators are shown is kept nowhere else than in its table.
        read(&app.db, order, true).await?
    } else {
        kept(&app, &row, &writing).await?
    };
    let contents = row.contents.clone().context("a placed order has contents")?;
    Ok(Json(view::whole(row, contents, lines, (&asker, history))))
}

/// What stands in other tables than the order's row, and changes with it alone.
#[derive(Serialize, Deserialize)]
struct Details {
    lines: Vec<OrderLine>,
    history: Vec<Happening>,
}

/// The details of one writing of the row: since that is read, nobody has to be told of changes. Who loads
/// them later than the row was read may keep newer ones, never older ones. What the row counts is
/// part of the key too: another database, put back from a copy, may write the same again.
async fn kept(app: &App, row: &OrderRow, writing: &str) -> anyhow::Result<Details> {
    let (db, order) = (app.db.clone(), row.id);
    let load = async move { Ok(serde_json::to_vec(&read(&db, order, false).await?)?.into()) };
    let key = format!("{order} {writing} {} {}", row.version, row.entries);
    let kept = app.details.get(&key, load).await?;
    match serde_json::from_slice(&kept) {
        Ok(details) => Ok(details),
        // Of another program, in the middle of an upgrade.
        Err(_) => Ok(read(&app.db, order, false).await?),
    }
}

async fn read(db: &Db, order: OrderId, all: bool) -> sqlx::Result<Details> {
    let lines = db::lines(db, &[order]).await?.pop().unwrap_or_default();
    let history = db::history(db, order, 0, all).await?;
    Ok(Details { lines, history: history.into_iter().map(Into::into).collect() })
}
