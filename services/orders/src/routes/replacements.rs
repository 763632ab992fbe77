use axum::extract::State;
use catalogue_api::{Offer, Search};
use kernel::{Drink, LineId, Money, OrderId, ProductId};
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Never, Path, Problem, Query, Signed};

use crate::{
    App, db,
    packing::{self, WhyNot},
    view,
};

/// As many as fit on a page that a person looks through.
const MOST: u32 = 20;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReplacementsQuery {
    /// Words, with or without typing errors; what is of the same kind as the line unless told.
    #[param(max_length = 100)]
    q: Option<String>,
}

/// Something that a store might put in for something that it has not.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Candidate {
    product: ProductId,
    name: String,
    drink: Drink,
    /// The store's own; the customer pays no more than for what it is put in for.
    price: Money,
    /// Units that can be put in.
    free: u32,
    /// Why it may not be put in; absent where it may, as far as the law is not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    why_not: Option<WhyNot>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Candidates {
    items: Vec<Candidate>,
}

/// What the store has that might be put in for a line: what may comes first.
#[utoipa::path(
    get, path = "/v1/orders/orders/{order}/lines/{line}/replacements", tag = "orders",
    operation_id = "replacements",
    params(("order" = OrderId, Path), ("line" = LineId, Path), ReplacementsQuery),
    responses(
        (status = OK, body = Candidates),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn replacements(
    State(app): State<App>,
    asker: Signed,
    Path((order, line)): Path<(OrderId, LineId)>,
    Query(ReplacementsQuery { q }): Query<ReplacementsQuery>,
) -> Result<Json<Candidates>, Fault<Never>> {
    let order = db::order(&app.db, order).await?;
    let (row, lines) = order.ok_or_else(|| Problem::not_found("order"))?;
    view::roles_in(&asker, &row)?;
    let of_order = lines.iter().find(|other| other.line == line);
    let line = of_order.ok_or_else(|| Problem::not_found("line"))?;
    let words = words(q)?;
    let kind = line.category.split('/').next().unwrap_or_default().to_owned();
    let store = row.store.ok_or_else(|| Problem::not_found("order"))?;
    let category = words.is_none().then_some(kind).filter(|kind| !kind.is_empty());
    let search = Search { store, words, category, limit: MOST };
    let offers = app.catalogue.search(&search).await;
    let offers = offers.map_err(|_| Problem::unavailable("catalogue"))?;
    let others = offers.into_iter().filter(|offer| offer.product != line.product);
    let mut items: Vec<Candidate> =
        others.map(|offer| candidate(packing::why_not(&lines, line, &offer), offer)).collect();
    items.sort_by_key(|candidate| candidate.why_not.is_some());
    Ok(Json(Candidates { items }))
}

fn words(q: Option<String>) -> Result<Option<String>, Problem> {
    let words = q.map(|q| q.trim().to_owned()).filter(|q| !q.is_empty());
    if let Some(words) = &words {
        if words.chars().count() > 100 {
            return Err(Problem::invalid("q", "is longer than 100 characters"));
        }
        wire::plain_text(words, &()).map_err(|error| Problem::invalid("q", error.message()))?;
    }
    Ok(words)
}

fn candidate(why_not: Option<WhyNot>, offer: Offer) -> Candidate {
    let Offer { product, name, drink, price, free, .. } = offer;
    Candidate { product, name, drink, price, free, why_not }
}
