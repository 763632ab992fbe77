use axum::extract::State;
use catalogue_api::StoreChanged;
use garde::Validate;
use kernel::{Hours, StoreId, Zone};
use serde::Deserialize;
use wire::{IfMatch, Json, Path, Problem, Signed};

use super::{
    edit_store::{Answer, a_shape, answer, bounded},
    stores::StoreView,
};
use crate::{
    App,
    db::stores::{self, Terms},
};

/// What a store's own people set; what is absent or null stays.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TermsInput {
    /// The week, and dates on which it is otherwise.
    #[garde(inner(custom(bounded)))]
    hours: Option<Hours>,
    /// Where it delivers.
    #[garde(inner(custom(a_shape)))]
    zone: Option<Zone>,
    /// How long packing takes as a rule.
    #[garde(inner(range(max = 1440)))]
    #[schema(maximum = 1440)]
    preparation_minutes: Option<u32>,
    /// What an order has to be worth at list price, in minor units of the store's currency; 0 for
    /// any.
    #[garde(inner(range(min = 0, max = 1_000_000_000_000)))]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    least_order_minor: Option<i64>,
}

/// Changes when a store is open, where it delivers, how long it packs and from what value on.
///
/// Orders that are under way still come; carts that lead elsewhere are refused from then on.
#[utoipa::path(
    patch, path = "/v1/catalogue/stores/{store}", tag = "catalogue", operation_id = "change_terms",
    params(("store" = StoreId, Path), ("If-Match" = String, Header)), request_body = TermsInput,
    responses(
        (status = OK, body = StoreView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn change(
    asker: Signed,
    State(app): State<App>,
    Path(store): Path<StoreId>,
    IfMatch(version): IfMatch,
    Json(input): Json<TermsInput>,
) -> Answer {
    super::of_store(&asker.reach, store)?;
    stores::store(&app.db, store).await?.ok_or_else(|| Problem::not_found("store"))?;
    let terms = Terms {
        hours: input.hours.as_ref(),
        zone: input.zone.as_ref(),
        preparation_minutes: input.preparation_minutes,
        least_order_minor: input.least_order_minor,
    };
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let edited = stores::set_terms(&mut tx, (store, version), terms, now).await?;
    let edited = edited.ok_or_else(|| Problem::stale("store"))?;
    feed::append(&mut tx, &StoreChanged::from(edited), now).await?;
    tx.commit().await?;
    answer(&app, store).await
}
