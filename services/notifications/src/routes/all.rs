use accounts_api::Purpose;
use axum::extract::State;
use jiff::Timestamp;
use kernel::{OrderId, PersonId, StoreId};
use notifications_api::MessageId;
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query};

use super::MessageState;
use crate::{
    App,
    config::Channel,
    db::{self, MessageRow, Wanted},
    letter::Kind,
};

/// What a message is about.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum AnyKind {
    News(#[schema(inline)] Kind),
    Code(#[schema(inline)] Purpose),
}

impl AnyKind {
    const fn name(self) -> &'static str {
        match self {
            Self::News(kind) => kind.name(),
            Self::Code(purpose) => purpose.name(),
        }
    }
}

/// One message with its fate.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MessageView {
    id: MessageId,
    person: Option<PersonId>,
    store: Option<StoreId>,
    order: Option<OrderId>,
    kind: String,
    channel: String,
    /// An e-mail address, or the store's name. Of a letter with a code neither this nor anything
    /// that it says is kept.
    recipient: String,
    subject: String,
    text: String,
    html: String,
    /// `pending`, `sending`, `failed`, `sent`, `dead` or `unknown`.
    state: String,
    attempts: i32,
    /// What went wrong last time.
    error: Option<String>,
    /// When it is tried next, where it still is.
    next_at: Timestamp,
    created_at: Timestamp,
    sent_at: Option<Timestamp>,
}

impl From<MessageRow> for MessageView {
    fn from(row: MessageRow) -> Self {
        let (next_at, created_at, sent_at) = (row.next_at(), row.created_at(), row.sent_at());
        Self {
            id: row.id,
            person: row.person_id.map(PersonId::from_uuid),
            store: row.store_id.map(StoreId::from_uuid),
            order: row.order_id.map(OrderId::from_uuid),
            kind: row.kind,
            channel: row.channel,
            recipient: row.recipient,
            subject: row.subject,
            text: row.text,
            html: row.html,
            state: row.state,
            attempts: row.attempts,
            error: row.error,
            next_at,
            created_at,
            sent_at,
        }
    }
}

/// Which messages.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    #[param(inline)]
    state: Option<MessageState>,
    #[param(inline)]
    kind: Option<AnyKind>,
    #[param(inline)]
    channel: Option<Channel>,
    person: Option<PersonId>,
    order: Option<OrderId>,
}

/// Lists all messages, newest first.
#[utoipa::path(
    get, path = "/v1/notifications/all", tag = "notifications", operation_id = "all_messages",
    params(Filter, PageQuery),
    responses(
        (status = OK, body = Page<MessageView>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn all_messages(
    State(app): State<App>,
    Query(filter): Query<Filter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<MessageView>>, Fault<Never>> {
    let limit = page.limit()?;
    let wanted = Wanted {
        person: filter.person,
        order: filter.order,
        state: filter.state.map(MessageState::name),
        kind: filter.kind.map(AnyKind::name),
        channel: filter.channel.map(Channel::name),
        once: false,
        before: page.after()?,
        limit,
    };
    let rows = db::messages(&app.db, &wanted).await?;
    Ok(Json(Page::cut(rows, limit, |row| row.id).map(MessageView::from)))
}
