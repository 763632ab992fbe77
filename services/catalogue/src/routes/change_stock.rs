use axum::{extract::State, http::StatusCode};
use garde::Validate;
use kernel::{ProductId, StoreId};
use serde::{Deserialize, Serialize};
use wire::{Fault, IfMatch, Json, Path, Problem, Refusal, Signed};

use super::{Seen, stock::StockView};
use crate::{
    App,
    db::{
        movements::{self, Change, Changed, NewChange},
        stores,
    },
};

/// The most of one product that a store has.
const MOST: u32 = 1_000_000;

#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MovementKind {
    /// So many came in.
    Receipt,
    /// So many broke or went missing.
    WriteOff,
    /// So many are there.
    Count,
}

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MovementInput {
    #[garde(skip)]
    kind: MovementKind,
    /// At least 1 for what came or went.
    #[garde(range(max = MOST))]
    #[schema(maximum = 1_000_000)]
    quantity: u32,
    #[garde(inner(length(chars, min = 1, max = 500), custom(super::visible_text)))]
    #[schema(min_length = 1, max_length = 500)]
    reason: Option<String>,
}

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ThresholdInput {
    /// From so many free units on, and below, the store is warned.
    #[garde(range(max = MOST))]
    #[schema(maximum = 1_000_000)]
    low_threshold: u32,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum ChangeStockRefusal {
    /// So many are allocated to orders or held for customers who are paying.
    StockPromised { promised: u32 },
    /// More than there are.
    NotThatMany { on_hand: u32 },
    /// More than a store can have.
    TooMuch,
}

impl Refusal for ChangeStockRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }
    fn detail(&self) -> String {
        match self {
            Self::StockPromised { promised } => {
                format!("{promised} are promised to customers, and fewer would be left.")
            }
            Self::NotThatMany { on_hand } => format!("There are only {on_hand}."),
            Self::TooMuch => format!("A store has at most {MOST} of one product."),
        }
    }
    fn field(&self) -> Option<String> {
        Some("quantity".into())
    }
}

type Answer = Result<(super::Tag, Json<StockView>), Fault<ChangeStockRefusal>>;

/// Notes that stock came in, was written off, or was counted. With `If-Match` only if nobody
/// changed it since.
#[utoipa::path(
    post, path = "/v1/catalogue/stores/{store}/stock/{product}/movements", tag = "catalogue",
    operation_id = "move_stock",
    params(
        ("store" = StoreId, Path), ("product" = ProductId, Path),
        ("If-Match" = Option<String>, Header),
    ),
    request_body = MovementInput,
    responses(
        (status = OK, body = StockView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn move_stock(
    asker: Signed,
    State(app): State<App>,
    Path((store, product)): Path<(StoreId, ProductId)>,
    Seen(seen): Seen,
    Json(input): Json<MovementInput>,
) -> Answer {
    super::of_store(&asker.reach, store)?;
    let quantity = input.quantity as i32;
    let change = match input.kind {
        MovementKind::Count => Change::Count(quantity),
        _ if quantity == 0 => return Err(Problem::invalid("quantity", "must be at least 1").into()),
        MovementKind::Receipt => Change::Receipt(quantity),
        MovementKind::WriteOff => Change::WriteOff(quantity),
    };
    let new = NewChange {
        store,
        product,
        change,
        person: Some(asker.person),
        reason: input.reason.as_deref().map(str::trim),
        seen,
        at: app.clock.now(),
    };
    make(&app, &new).await
}

/// Sets from how many on the store is warned.
#[utoipa::path(
    put, path = "/v1/catalogue/stores/{store}/stock/{product}/threshold", tag = "catalogue",
    operation_id = "set_threshold",
    params(
        ("store" = StoreId, Path), ("product" = ProductId, Path), ("If-Match" = String, Header),
    ),
    request_body = ThresholdInput,
    responses(
        (status = OK, body = StockView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn set_threshold(
    asker: Signed,
    State(app): State<App>,
    Path((store, product)): Path<(StoreId, ProductId)>,
    IfMatch(version): IfMatch,
    Json(input): Json<ThresholdInput>,
) -> Answer {
    super::of_store(&asker.reach, store)?;
    let new = NewChange {
        store,
        product,
        change: Change::Threshold(input.low_threshold as i32),
        person: Some(asker.person),
        reason: None,
        seen: Some(version),
        at: app.clock.now(),
    };
    make(&app, &new).await
}

async fn make(app: &App, new: &NewChange<'_>) -> Answer {
    let (store, product) = (new.store, new.product);
    stores::store(&app.db, store).await?.ok_or_else(|| Problem::not_found("store"))?;
    let mut tx = app.db.begin().await?;
    let threshold = app.config.low_threshold;
    movements::open(&mut tx, store, &[product.uuid()], threshold, new.at).await?;
    match movements::change(&mut tx, new).await? {
        Changed::Done(row) if row.on_hand > MOST as i32 => Err(ChangeStockRefusal::TooMuch.into()),
        Changed::Done(row) => {
            tx.commit().await?;
            Ok((wire::etag(row.version), Json(row.into())))
        }
        Changed::Stale => Err(Problem::stale("stock").into()),
        Changed::Promised { promised, .. } if promised > 0 => {
            let promised = promised as u32;
            Err(ChangeStockRefusal::StockPromised { promised }.into())
        }
        Changed::Promised { on_hand, .. } => {
            let on_hand = u32::try_from(on_hand).unwrap_or(0);
            Err(ChangeStockRefusal::NotThatMany { on_hand }.into())
        }
        Changed::NoSuchProduct => Err(Problem::not_found("product").into()),
    }
}
