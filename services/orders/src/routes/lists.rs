use anyhow::Context as _;
use axum::extract::State;
use jiff::Timestamp;
use kernel::{Actor, OrderId, StoreId};
use orders_api::{OrderLine, State as OrderState};
use serde::Deserialize;
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query, Signed};

use crate::{
    App,
    db::{self, OrderRow, Wanted},
    order,
    view::{self, OrderSummary},
};

type Answer = Result<Json<Page<OrderSummary>>, Fault<Never>>;

/// Your own orders, newest first.
#[utoipa::path(
    get, path = "/v1/orders/orders", tag = "orders", operation_id = "my_orders",
    params(PageQuery),
    responses(
        (status = OK, body = Page<OrderSummary>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn my_orders(
    State(app): State<App>,
    asker: Signed,
    Query(page): Query<PageQuery>,
) -> Answer {
    let (limit, after) = (page.limit()?, page.after::<OrderId>()?);
    let rows = db::of_customer(&app.reads.lagging(), asker.customer(), after, limit).await?;
    Ok(Json(Page::cut(summaries(rows, &asker)?, limit, |summary| summary.order)))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AllQuery {
    /// Only orders in this state.
    #[param(inline)]
    state: Option<OrderState>,
    /// Only orders from this store.
    store: Option<StoreId>,
    /// Only the order that people call this: `K7Q2-9F`, in letters of either size, with or without
    /// the dash.
    #[param(max_length = 20)]
    number: Option<String>,
    /// Only orders that were placed then or later.
    from: Option<Timestamp>,
    /// Only orders that were placed before then.
    until: Option<Timestamp>,
    /// `next` of the page before.
    #[param(max_length = 1000)]
    after: Option<String>,
    /// How many items at most, 1 to 100; 20 unless told.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// Everyone's orders, the last one placed first.
#[utoipa::path(
    get, path = "/v1/orders/all", tag = "orders", operation_id = "all_orders",
    params(AllQuery),
    responses(
        (status = OK, body = Page<OrderSummary>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn all_orders(
    State(app): State<App>,
    asker: Signed,
    Query(query): Query<AllQuery>,
) -> Answer {
    let page = PageQuery { after: query.after, limit: query.limit };
    let (limit, after) = (page.limit()?, page.after::<(Timestamp, OrderId)>()?);
    for (field, at) in
        [("from", query.from), ("until", query.until), ("after", after.map(|it| it.0))]
    {
        wire::of_our_days(field, at)?;
    }
    if query.number.as_ref().is_some_and(|number| number.chars().count() > 20) {
        return Err(Problem::invalid("number", "is longer than 20 letters").into());
    }
    let number = query.number.as_deref().map(order::said);
    let which = Wanted {
        state: query.state,
        store: query.store,
        number: number.as_deref(),
        from: query.from,
        until: query.until,
    };
    let rows = db::all(&app.reads.lagging(), &which, after, limit).await?;
    let shown = summaries(rows, &asker)?;
    Ok(Json(Page::cut(shown, limit, |summary| (summary.placed_at, summary.order))))
}

fn summaries(
    rows: Vec<(OrderRow, Vec<OrderLine>)>,
    actor: &Actor,
) -> anyhow::Result<Vec<OrderSummary>> {
    rows.into_iter().map(|(row, lines)| summary(&row, lines, actor)).collect()
}

pub(super) fn summary(
    row: &OrderRow,
    lines: Vec<OrderLine>,
    actor: &Actor,
) -> anyhow::Result<OrderSummary> {
    let contents = row.contents.as_ref().context("a placed order has contents")?;
    Ok(view::summary(row, contents, lines, actor))
}
