use axum::{extract::State, http::StatusCode};
use garde::Validate;
use jiff::Timestamp;
use kernel::StoreId;
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Never, Page, PageQuery, Path, Problem, Query, Refusal, Signed};

use super::may_rule;
use crate::{
    App,
    coupon::{Code, Coupon, Terms},
    db,
    promotion::in_our_time,
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCoupon {
    /// Kept in upper case.
    #[garde(custom(a_code))]
    #[schema(pattern = "^[A-Za-z0-9_-]{3,40}$", example = "WELCOME10")]
    code: String,
    /// For all stores where absent: operators only.
    #[garde(skip)]
    #[serde(default)]
    store: Option<StoreId>,
    #[garde(dive)]
    terms: Terms,
    /// From now on where absent.
    #[garde(inner(custom(in_our_time)))]
    #[serde(default)]
    valid_from: Option<Timestamp>,
    #[garde(inner(custom(in_our_time)))]
    #[serde(default)]
    valid_until: Option<Timestamp>,
    /// How often it can be used by all together.
    #[garde(inner(range(min = 1, max = MOST_USES)))]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    #[serde(default)]
    max_uses: Option<u32>,
    /// How often by one customer.
    #[garde(inner(range(min = 1, max = MOST_USES)))]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    #[serde(default)]
    per_customer_uses: Option<u32>,
}

const MOST_USES: u32 = 1_000_000_000;

fn a_code(code: &str, (): &()) -> garde::Result {
    let code = Code::new(code);
    code.map(drop).ok_or_else(|| garde::Error::new("must be 3 to 40 of A-Z, 0-9, _ and -"))
}

/// A coupon as it stands.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Coupon)]
pub struct CouponView {
    code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    store: Option<StoreId>,
    terms: Terms,
    valid_from: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    valid_until: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    max_uses: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    per_customer_uses: Option<u32>,
    /// How often it has been used.
    used: u32,
    active: bool,
}

impl From<Coupon> for CouponView {
    fn from(coupon: Coupon) -> Self {
        Self {
            code: coupon.code.as_str().to_owned(),
            store: coupon.store,
            terms: coupon.terms,
            valid_from: coupon.valid_from,
            valid_until: coupon.valid_until,
            max_uses: coupon.max_uses,
            per_customer_uses: coupon.per_customer_uses,
            used: coupon.used,
            active: coupon.active,
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum CouponRefusal {
    CouponCodeTaken,
}

impl Refusal for CouponRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }
    fn detail(&self) -> String {
        "There is a coupon with this code. Choose another.".into()
    }
    fn field(&self) -> Option<String> {
        Some("code".into())
    }
}

/// Coupons by code.
#[utoipa::path(
    get, path = "/v1/cart/coupons", tag = "coupons", operation_id = "list_coupons",
    params(PageQuery),
    responses(
        (status = OK, body = Page<CouponView>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn list_coupons(
    State(app): State<App>,
    actor: Signed,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<CouponView>>, Fault<Never>> {
    let stores = actor.reach.only_stores();
    let limit = query.limit()?;
    let after = query.after::<String>()?;
    let code = after.as_deref().map(|code| {
        Code::new(code).ok_or_else(|| Problem::invalid("after", "is not a cursor of this list"))
    });
    let (code, most) = (code.transpose()?, i64::from(limit) + 1);
    let after = code.as_ref().map(Code::as_str);
    let rows = db::coupon::coupons_of(&app.db, stores.as_deref(), after, most).await?;
    let page = Page::cut(rows, limit, |row| row.coupon.code.clone());
    Ok(Json(page.map(|row| row.coupon.into())))
}

/// Makes a coupon.
#[utoipa::path(
    post, path = "/v1/cart/coupons", tag = "coupons", operation_id = "create_coupon",
    request_body = NewCoupon,
    responses(
        (status = CREATED, body = CouponView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn create_coupon(
    State(app): State<App>,
    actor: Signed,
    Json(input): Json<NewCoupon>,
) -> Result<(StatusCode, Json<CouponView>), Fault<CouponRefusal>> {
    may_rule(&actor.reach, input.store)?;
    let code = Code::new(&input.code).ok_or_else(|| Problem::invalid("code", "is not a code"))?;
    input.terms.currency().map_err(|why| Problem::invalid("terms.min_spend", why))?;
    let now = app.clock.now();
    let valid_from = input.valid_from.unwrap_or(now);
    if input.valid_until.is_some_and(|until| until <= valid_from) {
        return Err(Problem::invalid("valid_until", "is not after valid_from").into());
    }
    let coupon = Coupon {
        code,
        store: input.store,
        terms: input.terms,
        valid_from,
        valid_until: input.valid_until,
        max_uses: input.max_uses,
        per_customer_uses: input.per_customer_uses,
        used: 0,
        active: true,
    };
    if !db::coupon::insert_coupon(&app.db, &coupon, now).await? {
        return Err(CouponRefusal::CouponCodeTaken.into());
    }
    Ok((StatusCode::CREATED, Json(coupon.into())))
}

/// Ends a coupon at once.
#[utoipa::path(
    post, path = "/v1/cart/coupons/{code}/deactivate", tag = "coupons",
    operation_id = "end_coupon",
    params(("code" = String, Path, description = "In any case")),
    responses(
        (status = OK, body = CouponView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn end_coupon(
    State(app): State<App>,
    actor: Signed,
    Path(code): Path<String>,
) -> Result<Json<CouponView>, Fault<Never>> {
    let stores = actor.reach.only_stores();
    let code = Code::new(&code).ok_or_else(|| Problem::not_found("coupon"))?;
    let row = db::coupon::end_coupon(&app.db, &code, stores.as_deref()).await?;
    Ok(Json(row.ok_or_else(|| Problem::not_found("coupon"))?.coupon.into()))
}
