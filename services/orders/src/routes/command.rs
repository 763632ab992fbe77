use anyhow::Context as _;
use axum::{extract::State, http::StatusCode};
use delivery_api::{Recall, RecallRefusal};
use garde::Validate;
use kernel::{Actor, OrderId};
use orders_api::{Move, State as OrderState};
use serde::{Deserialize, Serialize};
use wire::{CallError, Fault, Json, Path, Problem, Refusal, Signed};

use crate::{
    App, db,
    db::Moving,
    lifecycle::{self, Action, By, Command},
    moves::{self, Doer, Order, Step},
    view::{self, OrderView},
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelOrder {
    /// Why; support and operators have to say, a customer may.
    #[garde(inner(length(chars, min = 1, max = 200), custom(wire::plain_text)))]
    #[schema(min_length = 1, max_length = 200)]
    reason: Option<String>,
}

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptOrder {
    /// When the store needs more or less time than usual.
    #[garde(range(min = 1, max = 240))]
    #[schema(minimum = 1, maximum = 240)]
    preparation_minutes: Option<u32>,
}

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectOrder {
    /// Why, for the customer.
    #[garde(length(chars, min = 1, max = 200), custom(wire::plain_text))]
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum CommandRefusal {
    /// The order is not where this can be done.
    WrongState { state: OrderState, can: Vec<Action> },
    /// A driver has taken it out, whether or not that was told already.
    HasLeft,
}

impl Refusal for CommandRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }
    fn detail(&self) -> String {
        match self {
            Self::WrongState { state, .. } => {
                format!("The order is {} by now.", state.name().replace('_', " "))
            }
            Self::HasLeft => "A driver has taken it out of the store by now.".into(),
        }
    }
}

type Answer = Result<Json<OrderView>, Fault<CommandRefusal>>;

/// Ends an order and gives the money back: its customer until it is packed, support and operators
/// (with a reason) until it leaves the store.
#[utoipa::path(
    post, path = "/v1/orders/orders/{order}/cancel", tag = "orders", operation_id = "cancel_order",
    params(("order" = OrderId, Path)),
    request_body = CancelOrder,
    responses(
        (status = OK, body = OrderView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn cancel_order(
    State(app): State<App>,
    asker: Signed,
    Path(order): Path<OrderId>,
    Json(input): Json<CancelOrder>,
) -> Answer {
    let CancelOrder { reason } = input;
    let stays = match &reason {
        Some(reason) if asker.reach.all => stays(&app, &asker, order, reason).await?,
        _ => false,
    };
    act(&app, &asker, order, Action::Cancel, |by| match (by, reason.clone()) {
        (By::Operator, None) => Err(Problem::invalid("reason", "say why")),
        (By::Operator, Some(reason)) if stays => Ok(Step::stop(&reason)),
        (_, reason) => {
            let reason = reason.unwrap_or_else(|| "customer-cancelled".into());
            Ok(Step::cancel(by, &reason))
        }
    })
    .await
}

/// Whether an order that a driver may be taking is kept in the store: only delivery knows, and
/// once it has said so nobody takes it out any more. `false` where no driver may take it yet.
async fn stays(
    app: &App,
    actor: &Actor,
    order: OrderId,
    reason: &str,
) -> Result<bool, Fault<CommandRefusal>> {
    if !db::may_leave(&app.db, order).await? {
        return Ok(false);
    }
    let recall = Recall { by: actor.person, reason: reason.into() };
    match app.deliveries.recall(order, &recall).await {
        Ok(()) => Ok(true),
        Err(CallError::Refused(RecallRefusal::HasLeft)) => Err(CommandRefusal::HasLeft.into()),
        Err(CallError::Refused(RecallRefusal::NoSuchJob) | CallError::Unavailable(_)) => {
            Err(Problem::unavailable("delivery").into())
        }
    }
}

/// The store agrees to a paid order.
#[utoipa::path(
    post, path = "/v1/orders/orders/{order}/accept", tag = "orders", operation_id = "accept_order",
    params(("order" = OrderId, Path)),
    request_body = AcceptOrder,
    responses(
        (status = OK, body = OrderView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn accept_order(
    State(app): State<App>,
    asker: Signed,
    Path(order): Path<OrderId>,
    Json(input): Json<AcceptOrder>,
) -> Answer {
    let preparation_minutes = input.preparation_minutes;
    act(&app, &asker, order, Action::Accept, |_| {
        let moving = Moving { preparation_minutes, ..Moving::default() };
        Ok(Step { command: Command::Accept, moved: Move::Accepted, moving })
    })
    .await
}

/// The store cannot do it; until it is packed.
#[utoipa::path(
    post, path = "/v1/orders/orders/{order}/reject", tag = "orders", operation_id = "reject_order",
    params(("order" = OrderId, Path)),
    request_body = RejectOrder,
    responses(
        (status = OK, body = OrderView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn reject_order(
    State(app): State<App>,
    asker: Signed,
    Path(order): Path<OrderId>,
    Json(input): Json<RejectOrder>,
) -> Answer {
    let step = |_| Ok(Step::cancel(By::Store, &input.reason));
    act(&app, &asker, order, Action::Reject, step).await
}

/// Does it under the row lock. Done twice, the second time changes nothing and answers as well.
async fn act(
    app: &App,
    asker: &Signed,
    id: OrderId,
    action: Action,
    step: impl Fn(By) -> Result<Step, Problem> + Send,
) -> Answer {
    let mut tx = app.db.begin().await?;
    let order = Order::lock(&mut tx, id).await?.filter(|order| order.row.placed_at.is_some());
    let mut order = order.ok_or_else(|| Problem::not_found("order"))?;
    let roles = view::roles_in(asker, &order.row)?;
    let state = order.row.state;
    let allowed = |by: &&By| lifecycle::may(state, action, **by);
    // Whoever has several roles acts in the first one that may.
    let by = roles.iter().find(allowed).or(roles.first()).copied();
    let by = by.ok_or_else(|| Problem::not_found("order"))?;
    let step = step(by)?;
    let doer = Doer::person(by, asker.person, app.clock.now());
    let again = is_done(state, action);
    if !again && !moves::make(&mut tx, &mut order, step, &doer).await? {
        return Err(CommandRefusal::WrongState { state, can: view::can(asker, &order.row) }.into());
    }
    tx.commit().await?;
    app.live.ring(id);
    Ok(Json(seen(app, asker, order, &roles).await?))
}

/// The order as somebody in these roles sees it.
pub async fn seen(
    app: &App,
    asker: &Actor,
    order: Order,
    roles: &[By],
) -> anyhow::Result<OrderView> {
    let Order { row, lines } = order;
    let history = db::history(&app.db, row.id, 0, roles.contains(&By::Operator)).await?;
    let history = history.into_iter().map(Into::into).collect();
    let contents = row.contents.clone().context("a placed order has contents")?;
    Ok(view::whole(row, contents, lines, (asker, history)))
}

/// Whether the order stands where the action would bring it.
const fn is_done(state: OrderState, action: Action) -> bool {
    matches!(
        (state, action),
        (OrderState::Cancelled, Action::Cancel | Action::Reject)
            | (OrderState::Accepted, Action::Accept)
    )
}
