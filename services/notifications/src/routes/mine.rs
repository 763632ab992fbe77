use axum::extract::State;
use jiff::Timestamp;
use kernel::OrderId;
use notifications_api::MessageId;
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query, Signed};

use crate::{
    App,
    db::{self, MessageRow, Wanted},
};

/// What the asker was told.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MyMessage {
    id: MessageId,
    order: Option<OrderId>,
    /// Such as `placed` or `out_for_delivery`.
    kind: String,
    /// `smtp`, `folder` or `dry`.
    channel: String,
    subject: String,
    text: String,
    created_at: Timestamp,
    sent_at: Option<Timestamp>,
}

impl From<MessageRow> for MyMessage {
    fn from(row: MessageRow) -> Self {
        let (created_at, sent_at) = (row.created_at(), row.sent_at());
        Self {
            id: row.id,
            order: row.order_id.map(OrderId::from_uuid),
            kind: row.kind,
            channel: row.channel,
            subject: row.subject,
            text: row.text,
            created_at,
            sent_at,
        }
    }
}

/// Which messages.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MineQuery {
    /// Only what is about this order.
    order: Option<OrderId>,
}

/// Lists what the asker has been told, newest first, once however many channels it went by.
#[utoipa::path(
    get, path = "/v1/notifications/messages", tag = "notifications", operation_id = "my_messages",
    params(MineQuery, PageQuery),
    responses(
        (status = OK, body = Page<MyMessage>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn my_messages(
    actor: Signed,
    State(app): State<App>,
    Query(MineQuery { order }): Query<MineQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<MyMessage>>, Fault<Never>> {
    let limit = page.limit()?;
    let wanted = Wanted {
        person: Some(actor.person),
        order,
        once: true,
        before: page.after()?,
        limit,
        ..Wanted::default()
    };
    let rows = db::messages(&app.db, &wanted).await?;
    Ok(Json(Page::cut(rows, limit, |row| row.id).map(MyMessage::from)))
}
