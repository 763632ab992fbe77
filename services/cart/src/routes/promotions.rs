use axum::{extract::State, http::StatusCode};
use garde::Validate;
use jiff::Timestamp;
use kernel::StoreId;
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Never, Page, PageQuery, Path, Problem, Query, Refusal, Signed};

use super::may_rule;
use crate::{
    App,
    db::{self, rules::PromotionRow},
    promotion::{Promotion, PromotionId, Terms, in_our_time},
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPromotion {
    /// For all stores where absent: operators only.
    #[garde(skip)]
    #[serde(default)]
    store: Option<StoreId>,
    #[garde(dive)]
    terms: Terms,
    /// Lower goes first: later ones are computed on what is left.
    #[garde(range(max = 1_000))]
    #[schema(maximum = 1_000)]
    #[serde(default = "hundred")]
    priority: u32,
    /// From now on where absent.
    #[garde(inner(custom(in_our_time)))]
    #[serde(default)]
    valid_from: Option<Timestamp>,
    #[garde(inner(custom(in_our_time)))]
    #[serde(default)]
    valid_until: Option<Timestamp>,
}

const fn hundred() -> u32 {
    100
}

/// A promotion as it stands.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Promotion)]
pub struct PromotionView {
    promotion: PromotionId,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    store: Option<StoreId>,
    terms: Terms,
    priority: i32,
    valid_from: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    valid_until: Option<Timestamp>,
    active: bool,
}

impl From<PromotionRow> for PromotionView {
    fn from(row: PromotionRow) -> Self {
        Self {
            promotion: row.id,
            store: row.store,
            terms: row.promotion.terms,
            priority: row.priority,
            valid_from: row.promotion.valid_from,
            valid_until: row.promotion.valid_until,
            active: row.active,
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum PromotionRefusal {
    TooManyPromotions { most: u32 },
}

impl Refusal for PromotionRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }
    fn detail(&self) -> String {
        let Self::TooManyPromotions { most } = self;
        format!("There are {most} active promotions already. End one first.")
    }
}

/// Promotions, newest first.
#[utoipa::path(
    get, path = "/v1/cart/promotions", tag = "promotions", operation_id = "list_promotions",
    params(PageQuery),
    responses(
        (status = OK, body = Page<PromotionView>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn list_promotions(
    State(app): State<App>,
    actor: Signed,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<PromotionView>>, Fault<Never>> {
    let stores = actor.reach.only_stores();
    let limit = query.limit()?;
    let (after, most) = (query.after()?, i64::from(limit) + 1);
    let rows = db::rules::promotions_of(&app.db, stores.as_deref(), after, most).await?;
    Ok(Json(Page::cut(rows, limit, |row| row.id).map(PromotionView::from)))
}

/// Makes a promotion.
#[utoipa::path(
    post, path = "/v1/cart/promotions", tag = "promotions", operation_id = "create_promotion",
    request_body = NewPromotion,
    responses(
        (status = CREATED, body = PromotionView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn create_promotion(
    State(app): State<App>,
    actor: Signed,
    Json(input): Json<NewPromotion>,
) -> Result<(StatusCode, Json<PromotionView>), Fault<PromotionRefusal>> {
    may_rule(&actor.reach, input.store)?;
    input.terms.makes_sense().map_err(|why| Problem::invalid("terms.benefit.pay", why))?;
    input.terms.currency().map_err(|why| Problem::invalid("terms.min_spend", why))?;
    let now = app.clock.now();
    let valid_from = input.valid_from.unwrap_or(now);
    if input.valid_until.is_some_and(|until| until <= valid_from) {
        return Err(Problem::invalid("valid_until", "is not after valid_from").into());
    }
    let valid_until = input.valid_until;
    let row = PromotionRow {
        id: PromotionId::new(),
        store: input.store,
        priority: i32::try_from(input.priority).unwrap_or(i32::MAX),
        promotion: Promotion { terms: input.terms, valid_from, valid_until },
        active: true,
    };
    let most = app.config.most_promotions;
    if !db::rules::insert_promotion(&app.db, &row, most.into(), now).await? {
        return Err(PromotionRefusal::TooManyPromotions { most }.into());
    }
    Ok((StatusCode::CREATED, Json(row.into())))
}

/// Ends a promotion at once.
#[utoipa::path(
    post, path = "/v1/cart/promotions/{promotion}/deactivate", tag = "promotions",
    operation_id = "end_promotion",
    params(("promotion" = PromotionId, Path)),
    responses(
        (status = OK, body = PromotionView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn end_promotion(
    State(app): State<App>,
    actor: Signed,
    Path(promotion): Path<PromotionId>,
) -> Result<Json<PromotionView>, Fault<Never>> {
    let stores = actor.reach.only_stores();
    let row = db::rules::end_promotion(&app.db, promotion, stores.as_deref()).await?;
    Ok(Json(row.ok_or_else(|| Problem::not_found("promotion"))?.into()))
}
