use axum::{
    body::Body,
    extract::{FromRequest, Request, State},
    http::request::Parts,
};
use garde::Validate;
use kernel::{LineId, OrderId, ProductId};
use orders_api::{Move, OrderLine, State as OrderState};
use serde::Deserialize;
use wire::{Fault, Json, Path, Problem, Raw, Signed};

use super::command::seen;
use crate::{
    App,
    db::{self, OrderRow},
    lifecycle::{self, Action, By, Command},
    moves::{self, Doer, Order, Step},
    packing::{self, Kept, PackRefusal, Picked, Repacked},
    picking,
    view::{self, OrderView},
};

/// What the store has of an order.
#[derive(Debug, Default, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PackOrder {
    /// Lines of which not all is there. A line that is not named is packed whole.
    #[garde(length(max = 200), dive)]
    #[serde(default)]
    #[schema(max_items = 200)]
    lines: Vec<PickedLine>,
}

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PickedLine {
    #[garde(skip)]
    line: LineId,
    /// Units of it that are packed; 0 where there is none.
    #[garde(range(max = kernel::MAX_QUANTITY))]
    #[schema(maximum = 999)]
    picked: u32,
    /// What is packed for units that are not there, where the customer wants that.
    #[garde(dive)]
    #[serde(default)]
    #[schema(nullable = false)]
    instead: Option<PutIn>,
}

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutIn {
    /// Something that the store lists.
    #[garde(skip)]
    product: ProductId,
    /// Together with what is there no more than was ordered.
    #[garde(range(min = 1, max = kernel::MAX_QUANTITY))]
    #[schema(minimum = 1, maximum = 999)]
    quantity: u32,
}

/// The body of a pack: none means that all of it is there.
pub struct Said(Vec<Picked>);

impl<S: Send + Sync> FromRequest<S> for Said {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (parts, body): (Parts, Body) = request.into_parts();
        let again = Request::from_parts(parts.clone(), body);
        let Raw(bytes) = Raw::from_request(again, state).await?;
        if bytes.is_empty() || &bytes[..] == b"null" {
            return Ok(Self(Vec::new()));
        }
        let request = Request::from_parts(parts, Body::from(bytes));
        let Json(PackOrder { lines }) = Json::from_request(request, state).await?;
        let picked = |line: PickedLine| Picked {
            line: line.line,
            quantity: line.picked,
            instead: line.instead.map(|put_in| (put_in.product, put_in.quantity)),
        };
        Ok(Self(lines.into_iter().map(picked).collect()))
    }
}

/// It is in the bag: all of it, or what the store has of it.
///
/// What is not there is left out and not paid for, or replaced where the customer wants that, for at
/// most what was agreed to; nor is it on hand any more. An order that is packed already answers as
/// it did, or is refused as `picked-anew` where it was packed otherwise. Where nothing at all is
/// there the order ends, as if the store had rejected it.
#[utoipa::path(
    post, path = "/v1/orders/orders/{order}/pack", tag = "orders", operation_id = "pack_order",
    params(("order" = OrderId, Path)),
    request_body = PackOrder,
    responses(
        (status = OK, body = OrderView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn pack_order(
    State(app): State<App>,
    asker: Signed,
    Path(order): Path<OrderId>,
    Said(said): Said,
) -> Result<Json<OrderView>, Fault<PackRefusal>> {
    let existing = db::order(&app.db, order).await?;
    let (row, lines) = existing.ok_or_else(|| Problem::not_found("order"))?;
    view::roles_in(&asker, &row)?;
    let packing = match row.state {
        OrderState::Accepted => picked(&app, &row, &lines, &said).await?,
        // It stays as it was packed.
        OrderState::Packed => Packing::Whole,
        // What was said is of an order that cannot be packed, even if it can be a moment later.
        state => return Err(PackRefusal::WrongState { state, can: view::can(&asker, &row) }.into()),
    };
    finish(&app, &asker, order, (&said, packing)).await
}

/// Has picked what the store says it has.
async fn picked(
    app: &App,
    row: &OrderRow,
    lines: &[OrderLine],
    said: &[Picked],
) -> Result<Packing, Fault<PackRefusal>> {
    let short = packing::short(lines, said)?;
    if packing::nothing_left(lines, &short) {
        return Ok(Packing::Nothing(picking::nothing(app, row, lines).await?));
    }
    if short.is_empty() && row.picks == 0 {
        return Ok(Packing::Whole);
    }
    let (number, made) = picking::pick(app, row, lines, &short).await?;
    Ok(Packing::Picked(number, made))
}

/// Why an order ends of which the store has nothing, in words as a store's own would be.
const NOTHING_THERE: &str = "The store has nothing of what was ordered.";

/// What becomes of the order, by this pick of it, which the stock follows already.
enum Packing {
    /// Nothing of it is there.
    Nothing(i32),
    /// Without any pick.
    Whole,
    Picked(i32, Box<Repacked>),
}

/// Makes the move under the row lock. Done twice, the second time changes nothing and answers as
/// well; said otherwise the second time, it is refused.
async fn finish(
    app: &App,
    asker: &Signed,
    id: OrderId,
    (said, packing): (&[Picked], Packing),
) -> Result<Json<OrderView>, Fault<PackRefusal>> {
    let mut tx = app.db.begin().await?;
    let order = Order::lock(&mut tx, id).await?;
    let mut order = order.ok_or_else(|| Problem::not_found("order"))?;
    let roles = view::roles_in(asker, &order.row)?;
    let state = order.row.state;
    let by = roles.iter().find(|by| lifecycle::may(state, Action::Pack, **by)).or(roles.first());
    let by = *by.ok_or_else(|| Problem::not_found("order"))?;
    if state == OrderState::Packed {
        let changes = order.row.picked.as_ref().map_or(&[][..], |kept| &kept.changes[..]);
        if !packing::packed_so(said, &order.lines, changes) {
            return Err(PackRefusal::PickedAnew.into());
        }
    } else {
        let mine = match &packing {
            Packing::Whole => order.row.picks == 0,
            Packing::Nothing(number) | Packing::Picked(number, _) => order.row.picks == *number,
        };
        let wrong = || PackRefusal::WrongState { state, can: view::can(asker, &order.row) };
        if Action::Pack.command(by).is_none() || state != OrderState::Accepted {
            return Err(wrong().into());
        }
        if !mine {
            return Err(PackRefusal::PickedAnew.into());
        }
        let doer = Doer::person(by, asker.person, app.clock.now());
        let step = match packing {
            Packing::Nothing(_) => Step::cancel(By::Store, NOTHING_THERE),
            Packing::Whole => Step::plain(Command::Pack, Move::Packed),
            Packing::Picked(_, made) => {
                take_in(&mut tx, &mut order, *made).await?;
                Step::plain(Command::Pack, Move::Packed)
            }
        };
        if !moves::make(&mut tx, &mut order, step, &doer).await? {
            return Err(PackRefusal::PickedAnew.into());
        }
        if order.row.state == OrderState::Packed && order.row.captured_at.is_some() {
            moves::tell_captured(&mut tx, &mut order, &Doer::service("payments", doer.at)).await?;
        }
    }
    tx.commit().await?;
    app.live.ring(id);
    Ok(Json(seen(app, asker, order, &roles).await?))
}

/// The order is made of what was picked, in the transaction that packs it.
async fn take_in(tx: &mut store::Tx<'_>, order: &mut Order, made: Repacked) -> anyhow::Result<()> {
    let Repacked { quote, lines, changes } = made;
    if changes.is_empty() {
        return Ok(());
    }
    let row: &mut OrderRow = &mut order.row;
    if let Some(contents) = &mut row.contents {
        row.total = quote.total.amount;
        let agreed = std::mem::replace(&mut contents.quote, quote);
        row.picked = Some(Kept { agreed, changes });
    }
    order.lines = lines;
    Ok(db::repack(tx, &order.row, &order.lines).await?)
}
