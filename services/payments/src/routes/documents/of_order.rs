use axum::extract::State as Shared;
use kernel::OrderId;
use serde::Serialize;
use wire::{Fault, Json, Never, Path, Problem, Signed};

use super::{DocumentView, reaches};
use crate::{App, db};

/// All documents of an order, in the order of their making.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OrderDocuments {
    documents: Vec<DocumentView>,
}

/// The invoices and credit notes of an order.
#[utoipa::path(
    get, path = "/v1/payments/orders/{order}/documents", tag = "payments",
    operation_id = "order_documents",
    params(("order" = OrderId, Path)),
    responses(
        (status = OK, body = OrderDocuments),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn of_order(
    actor: Signed,
    Shared(app): Shared<App>,
    Path(order): Path<OrderId>,
) -> Result<Json<OrderDocuments>, Fault<Never>> {
    let whose = db::document::order_of(&app.db, order).await?;
    if !whose.is_some_and(|(customer, store)| reaches(&actor, customer, store)) {
        return Err(Problem::not_found("order").into());
    }
    let rows = db::document::of_order(&app.db, order).await?;
    let documents = rows.iter().map(DocumentView::try_from).collect::<Result<_, _>>()?;
    Ok(Json(OrderDocuments { documents }))
}
