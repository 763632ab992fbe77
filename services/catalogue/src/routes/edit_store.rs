use axum::{extract::State, http::StatusCode};
use catalogue_api::StoreChanged;
use garde::Validate;
use kernel::{Currency, Hours, Place, StoreId, VendorId, Zone};
use serde::{Deserialize, Serialize};
use wire::{Fault, IfMatch, Json, Path, Problem, Refusal};

use super::stores::StoreView;
use crate::{
    App,
    db::stores::{self, StoreFields},
};

/// More dates or spans than any shop has.
const MOST_EXCEPTIONS: usize = 400;
const MOST_SPANS: usize = 6;

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StoreInput {
    #[garde(skip)]
    vendor: VendorId,
    #[garde(length(chars, min = 1, max = 200), custom(super::visible_text))]
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// One line, for a driver.
    #[garde(length(chars, min = 1, max = 300), custom(super::visible_text))]
    #[schema(min_length = 1, max_length = 300)]
    address: String,
    #[garde(custom(wire::on_the_globe))]
    place: Place,
    /// IANA name.
    #[garde(custom(a_time_zone))]
    #[schema(max_length = 60, example = "America/Chicago")]
    time_zone: String,
    /// ISO 4217.
    #[garde(skip)]
    #[schema(value_type = String, min_length = 3, max_length = 3, example = "USD")]
    currency: Currency,
    #[garde(custom(bounded))]
    hours: Hours,
    /// Where it delivers.
    #[garde(custom(a_shape))]
    zone: Zone,
    /// How long packing takes as a rule.
    #[garde(range(max = 1440))]
    #[schema(maximum = 1440)]
    preparation_minutes: u32,
    #[garde(inner(length(chars, min = 1, max = 100), custom(super::visible_text)))]
    #[schema(min_length = 1, max_length = 100)]
    licence_number: Option<String>,
    #[garde(skip)]
    active: bool,
}

fn a_time_zone(name: &str, (): &()) -> garde::Result {
    let known = name.len() <= 60 && jiff::tz::TimeZone::get(name).is_ok();
    if known { Ok(()) } else { Err(garde::Error::new("is not the name of a time zone")) }
}

pub fn a_shape(zone: &Zone, (): &()) -> garde::Result {
    let reach = !matches!(zone, Zone::Radius { metres, .. } if *metres > 1_000_000);
    if zone.is_valid() && reach { Ok(()) } else { Err(garde::Error::new("is not a delivery zone")) }
}

pub fn bounded(hours: &Hours, (): &()) -> garde::Result {
    let mut days = hours.week.iter().chain(hours.exceptions.values());
    if hours.exceptions.len() > MOST_EXCEPTIONS || days.any(|day| day.len() > MOST_SPANS) {
        let most = format!("at most {MOST_EXCEPTIONS} exceptions and {MOST_SPANS} spans a day");
        return Err(garde::Error::new(most));
    }
    Ok(())
}

impl StoreInput {
    fn fields(&self) -> StoreFields<'_> {
        StoreFields {
            vendor: self.vendor,
            name: self.name.trim(),
            address: self.address.trim(),
            place: self.place,
            time_zone: &self.time_zone,
            currency: self.currency,
            hours: &self.hours,
            zone: &self.zone,
            preparation_minutes: self.preparation_minutes,
            licence_number: self.licence_number.as_deref().map(str::trim),
            active: self.active,
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum EditStoreRefusal {
    NoSuchVendor,
    /// Prices are kept in the store's currency.
    CurrencyFixed,
}

impl Refusal for EditStoreRefusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoSuchVendor => StatusCode::UNPROCESSABLE_ENTITY,
            Self::CurrencyFixed => StatusCode::CONFLICT,
        }
    }
    fn detail(&self) -> String {
        match self {
            Self::NoSuchVendor => "There is no such vendor.".into(),
            Self::CurrencyFixed => "The store has prices in its currency, so it stays.".into(),
        }
    }
    fn field(&self) -> Option<String> {
        Some(if matches!(self, Self::NoSuchVendor) { "vendor" } else { "currency" }.into())
    }
}

pub type Answer<R = EditStoreRefusal> = Result<(super::Tag, Json<StoreView>), Fault<R>>;

/// The store as it is now.
pub async fn answer<R: Refusal>(app: &App, store: StoreId) -> Answer<R> {
    let row = stores::store(&app.db, store).await?.ok_or_else(|| Problem::not_found("store"))?;
    let version = row.version;
    let view = super::stores::views(app, vec![row], None).await?.pop();
    let view = view.ok_or_else(|| Problem::not_found("store"))?;
    Ok((wire::etag(version), Json(view)))
}

fn no_such_vendor(error: sqlx::Error) -> Fault<EditStoreRefusal> {
    match store::violated(&error) {
        Some("store_vendor") => EditStoreRefusal::NoSuchVendor.into(),
        _ => error.into(),
    }
}

/// Adds a store.
#[utoipa::path(
    post, path = "/v1/catalogue/stores", tag = "catalogue", operation_id = "add_store",
    request_body = StoreInput,
    responses(
        (status = CREATED, body = StoreView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn add(
    State(app): State<App>,
    Json(input): Json<StoreInput>,
) -> Result<(StatusCode, super::Tag, Json<StoreView>), Fault<EditStoreRefusal>> {
    let (store, now) = (StoreId::new(), app.clock.now());
    let mut tx = app.db.begin().await?;
    let done = stores::insert(&mut tx, store, &input.fields(), now).await;
    done.map_err(no_such_vendor)?;
    let told = StoreChanged { store, vendor: input.vendor, version: 1 };
    feed::append(&mut tx, &told, now).await?;
    tx.commit().await?;
    let (tag, body) = answer(&app, store).await?;
    Ok((StatusCode::CREATED, tag, body))
}

/// Changes all that is kept of a store.
#[utoipa::path(
    put, path = "/v1/catalogue/stores/{store}", tag = "catalogue", operation_id = "change_store",
    params(("store" = StoreId, Path), ("If-Match" = String, Header)), request_body = StoreInput,
    responses(
        (status = OK, body = StoreView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn change(
    State(app): State<App>,
    Path(store): Path<StoreId>,
    IfMatch(version): IfMatch,
    Json(input): Json<StoreInput>,
) -> Answer {
    let before = stores::store(&app.db, store).await?;
    let before = before.ok_or_else(|| Problem::not_found("store"))?;
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let done = stores::update(&mut tx, (store, version), &input.fields(), now).await;
    let Some(edited) = done.map_err(no_such_vendor)? else {
        if before.version == version && before.currency()? != input.currency {
            return Err(EditStoreRefusal::CurrencyFixed.into());
        }
        return Err(Problem::stale("store").into());
    };
    feed::append(&mut tx, &StoreChanged::from(edited), now).await?;
    tx.commit().await?;
    answer(&app, store).await
}
