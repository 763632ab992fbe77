use axum::{extract::State as Shared, http::StatusCode};
use garde::Validate;
use kernel::{AlcoholClass, Currency, StoreId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wire::{Fault, Json, Never, Page, PageQuery, Path, Problem, Query};

use crate::{App, db, db::way::WayRow, ways::Way};

/// One account at one provider, offered at a store, or at every store that has no ways of its own.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WayInput {
    /// `stripe:us`: the provider, and the account's name in the settings.
    #[garde(length(chars, min = 1, max = 100))]
    way: String,
    #[garde(skip)]
    #[serde(default)]
    store: Option<StoreId>,
    /// Empty: all that the provider takes.
    #[garde(length(max = 50))]
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 50)]
    currencies: Vec<Currency>,
    /// Empty: all. Otherwise nothing but these may be in the basket.
    #[garde(length(max = 4))]
    #[serde(default)]
    #[schema(max_items = 4)]
    classes: Vec<AlcoholClass>,
    /// For customers.
    #[garde(length(chars, min = 1, max = 60), custom(wire::plain_text))]
    #[schema(min_length = 1, max_length = 60)]
    label: String,
    /// Lower comes first.
    #[garde(range(min = 0, max = 1000))]
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1000)]
    place: i32,
    /// One that is switched off still keeps the rules for every store from counting at its own.
    #[garde(skip)]
    active: bool,
}

/// A way as it is kept.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct WayView {
    id: Uuid,
    /// `stripe:us`
    way: String,
    /// Whether such an account is set; one that is not is offered nowhere.
    known: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    store: Option<StoreId>,
    currencies: Vec<String>,
    classes: Vec<AlcoholClass>,
    label: String,
    place: i32,
    active: bool,
    version: i64,
}

fn view(app: &App, row: WayRow) -> WayView {
    let WayRow { id, version, way } = row;
    WayView {
        id,
        way: format!("{}:{}", way.provider, way.account),
        known: app.accounts.find(&way.provider, &way.account).is_some(),
        store: way.store,
        currencies: way.currencies,
        classes: way.classes,
        label: way.label,
        place: way.place,
        active: way.active,
        version,
    }
}

/// The ways to pay that are offered.
#[utoipa::path(
    get, path = "/v1/payments/ways", tag = "payments", operation_id = "ways",
    params(PageQuery),
    responses(
        (status = OK, body = Page<WayView>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn ways(
    Shared(app): Shared<App>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<WayView>>, Fault<Never>> {
    let (limit, after) = (page.limit()?, page.after::<Uuid>()?);
    let rows = db::way::list(&app.db, after, i64::from(limit) + 1).await?;
    Ok(Json(Page::cut(rows, limit, |row| row.id).map(|row| view(&app, row))))
}

/// Offers an account at a store or everywhere, or changes how it is offered there. PayPal wants to
/// have approved the sale of alcohol beforehand: offer it for alcohol when it has.
#[utoipa::path(
    put, path = "/v1/payments/ways", tag = "payments", operation_id = "set_way",
    request_body = WayInput,
    responses(
        (status = OK, body = WayView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn set(
    Shared(app): Shared<App>,
    Json(input): Json<WayInput>,
) -> Result<Json<WayView>, Fault<Never>> {
    let of =
        input.way.split_once(':').and_then(|(provider, name)| app.accounts.find(provider, name));
    let account = of.ok_or_else(|| {
        let known: Vec<String> = app.accounts.iter().map(crate::account::Account::key).collect();
        Problem::invalid(
            "way",
            format!("is no account that is set; there are: {}", known.join(", ")),
        )
    })?;
    if let Some(bad) = input.currencies.iter().position(|one| !account.client.takes(*one)) {
        let field = format!("currencies[{bad}]");
        return Err(Problem::invalid(&field, "is not taken by this provider").into());
    }
    let way = Way {
        provider: account.provider.into(),
        account: account.name.clone(),
        store: input.store,
        currencies: input.currencies.iter().map(|one| one.code().to_owned()).collect(),
        classes: input.classes,
        label: input.label,
        place: input.place,
        active: input.active,
    };
    let row = db::way::set(&app.db, &way, app.clock.now()).await?;
    Ok(Json(view(&app, row)))
}

/// Offers it no more.
#[utoipa::path(
    delete, path = "/v1/payments/ways/{way}", tag = "payments", operation_id = "remove_way",
    params(("way" = Uuid, Path)),
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn remove(
    Shared(app): Shared<App>,
    Path(way): Path<Uuid>,
) -> Result<StatusCode, Fault<Never>> {
    if db::way::remove(&app.db, way).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found("way").into())
    }
}
