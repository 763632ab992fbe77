use std::time::Duration;

use axum::extract::State;
use catalogue_api::Pause;
use compliance_api::{LONGEST_TRIP, Opening, Openings, Seller};
use delivery_api::{Estimate, Trips};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use kernel::{Hours, Money, Place, StoreId, VendorId, Zone};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use uuid::Uuid;
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query, Signed};

use crate::{
    App,
    db::stores::{self, Listed, StoreRow},
    sells::{Sells, Shop, sells},
};

/// How many stores are looked at in one go for one that is open.
const BATCH: i64 = 200;
/// So long is waited for what the law says of stores: a list of them is worth more than that.
const LAW_PATIENCE: Duration = Duration::from_secs(1);

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StoresQuery {
    /// Only stores that deliver to this place, the nearest first: latitude and longitude.
    #[param(example = "41.5868,-93.6250", max_length = 60)]
    near: Option<String>,
    /// With `near`: after them also those around that do not deliver to it.
    beyond: Option<bool>,
    /// Only stores that are open at this moment and take orders.
    open_now: Option<bool>,
    /// Stores that are switched on, unless told; those that are not are only for who has to do with
    /// them. With neither `near` nor `open_now`.
    #[param(inline)]
    active: Option<Activity>,
    /// Only stores of this vendor.
    vendor: Option<VendorId>,
    /// `next` of the page before.
    #[param(max_length = 1000)]
    after: Option<String>,
    /// How many items at most, 1 to 100; 20 unless told.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// Those that are switched on.
    True,
    /// Those that are switched off.
    False,
    Any,
}

/// A store as everyone may see it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StoreView {
    pub store: StoreId,
    pub vendor: VendorId,
    pub vendor_name: String,
    pub name: String,
    pub address: String,
    pub place: Place,
    /// IANA name.
    pub time_zone: String,
    /// ISO 4217.
    pub currency: String,
    pub hours: Hours,
    pub zone: Zone,
    pub preparation_minutes: u32,
    /// What an order has to be worth at list price, if anything.
    pub least_order: Option<Money>,
    pub licence_number: Option<String>,
    pub active: bool,
    /// Whether the store is open at this moment and takes orders.
    pub open_now: bool,
    /// When it does next, where it does not now and will within eight days.
    pub opens_at: Option<Timestamp>,
    /// Where it takes no orders for a while.
    pub paused: Option<Pause>,
    /// Metres from the asked place as the crow flies, where one was asked for.
    pub distance_m: Option<u32>,
    /// Whether it sells now, to the asked place where one was asked for, and why not when not.
    pub sells: Sells,
    pub version: i64,
}

impl StoreView {
    /// `law` is what the law says of it; none where that is not known.
    fn new(
        row: StoreRow,
        (now, near): (Timestamp, Option<Place>),
        law: Option<&Opening>,
    ) -> anyhow::Result<Self> {
        let zone = row.time_zone()?;
        let (open_now, paused) = (row.sells_at(now, &zone), row.pause(now));
        let again = paused.as_ref().map_or(now, |pause| pause.until);
        let opens_at = if open_now { None } else { row.hours.next_open(again, &zone) };
        let shop = Shop {
            active: row.active,
            reaches: near.map(|near| row.zone.contains(near)),
            open: row.hours.open_at(now, &zone),
            opens_at,
            paused: paused.as_ref().map(|pause| pause.until),
        };
        Ok(Self {
            store: row.id,
            vendor: row.vendor_id,
            open_now,
            opens_at,
            paused,
            distance_m: near.map(|near| near.metres_to(row.place()).round() as u32),
            sells: sells(shop, law),
            place: row.place(),
            currency: row.currency()?.code().into(),
            preparation_minutes: row.preparation_minutes(),
            least_order: row.least_order()?,
            vendor_name: row.vendor_name,
            name: row.name,
            address: row.address,
            time_zone: row.time_zone,
            hours: row.hours.0,
            zone: row.zone.0,
            licence_number: row.licence_number,
            active: row.active,
            version: row.version,
        })
    }
}

/// Stores as everyone may see them, and as they are to who is near a place. What the law says is asked
/// for all of them at once; at most 100.
pub async fn views(
    app: &App,
    rows: Vec<StoreRow>,
    near: Option<Place>,
) -> anyhow::Result<Vec<StoreView>> {
    let now = app.clock.now();
    let law = law(app, &rows, (now, near)).await;
    let law = law.as_deref().unwrap_or_default();
    let rows = rows.into_iter().enumerate();
    rows.map(|(place, row)| StoreView::new(row, (now, near), law.get(place))).collect()
}

/// In the order of the stores; none where compliance or delivery does not answer, or not soon.
async fn law(
    app: &App,
    rows: &[StoreRow],
    (at, door_place): (Timestamp, Option<Place>),
) -> Option<Vec<Opening>> {
    if rows.is_empty() {
        return None;
    }
    let said = async {
        let takes = takes(app, rows, door_place).await?;
        let seller = |(row, takes_seconds): (&StoreRow, u32)| Seller {
            store: row.id,
            place: row.place(),
            hours: soon(&row.hours, at),
            time_zone: row.time_zone.clone(),
            takes_seconds,
        };
        let sellers = rows.iter().zip(takes).map(seller).collect();
        app.compliance.openings(&Openings { at, door_place, sellers }).await.ok()
    };
    let said = tokio::time::timeout(LAW_PATIENCE, said).await.ok()?;
    said.filter(|said| said.len() == rows.len())
}

/// What an order takes from each of them, in seconds: to a door until its driver is back, by the reckoning
/// of the cart; else as long as the store needs at least.
async fn takes(app: &App, rows: &[StoreRow], door_place: Option<Place>) -> Option<Vec<u32>> {
    let Some(to) = door_place else {
        return Some(rows.iter().map(|row| row.preparation_minutes() * 60).collect());
    };
    let trips = Trips { from: rows.iter().map(StoreRow::place).collect(), to };
    let ways = app.deliveries.estimates(&trips).await.ok().filter(|it| it.len() == rows.len())?;
    let takes = |(way, row): (Estimate, &StoreRow)| way.takes(row.preparation_minutes()).as_secs();
    let seconds = ways.into_iter().zip(rows).map(takes);
    // Farther is as far: nobody drives for eleven days.
    Some(seconds.map(|it| u32::try_from(it).unwrap_or(u32::MAX).min(LONGEST_TRIP)).collect())
}

/// Lists stores.
#[utoipa::path(
    get, path = "/v1/catalogue/stores", tag = "catalogue", operation_id = "list_stores",
    params(StoresQuery),
    responses(
        (status = OK, body = Page<StoreView>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn list(
    asker: Option<Signed>,
    State(app): State<App>,
    Query(query): Query<StoresQuery>,
) -> Result<Json<Page<StoreView>>, Fault<Never>> {
    let now = app.clock.now();
    let open_now = query.open_now.unwrap_or(false);
    let near = query.near.as_deref().map(place).transpose()?;
    let beyond = query.beyond.unwrap_or(false);
    if beyond && near.is_none() {
        return Err(Problem::invalid("beyond", "goes with near").into());
    }
    let which = listed(&query, asker)?;
    let page = PageQuery { after: query.after, limit: query.limit };
    let limit = page.limit()?;
    let page = match near {
        Some(near) => {
            near_page(&app, Near { place: near, beyond, open_now }, &which, &page).await?
        }
        None if open_now => {
            let rows = open_rows(&app, &which, super::after_name(&page)?, (limit, now)).await?;
            Page::cut(rows, limit, by_name)
        }
        None => {
            let after = super::after_name(&page)?;
            let rows = stores::page(&app.db, &which, after.as_ref(), i64::from(limit) + 1).await?;
            Page::cut(rows, limit, by_name)
        }
    };
    Ok(Json(Page { items: views(&app, page.items, near).await?, next: page.next }))
}

/// Which stores that are.
fn listed(query: &StoresQuery, asker: Option<Signed>) -> Result<Listed, Problem> {
    let here_and_now = query.near.is_some() || query.open_now == Some(true);
    if here_and_now && !matches!(query.active, None | Some(Activity::True)) {
        return Err(Problem::invalid("active", "goes with neither near nor open_now"));
    }
    let within = asker.map_or_else(|| Some(Vec::new()), |asker| asker.reach.only_stores());
    Ok(Listed {
        active: match query.active.unwrap_or(Activity::True) {
            Activity::True => Some(true),
            Activity::False => Some(false),
            Activity::Any => None,
        },
        vendor: query.vendor,
        inside: within.map(|stores| stores.into_iter().map(StoreId::uuid).collect()),
    })
}

/// A latitude and a longitude, as a query has them.
pub fn place(text: &str) -> Result<Place, Problem> {
    let invalid = || Problem::invalid("near", "must be a latitude and a longitude: 41.58,-93.62");
    let (lat, lon) = text.split_once(',').ok_or_else(invalid)?;
    let number = |text: &str| text.trim().parse::<f64>().map_err(|_| invalid());
    let place = Place { lat: number(lat)?, lon: number(lon)? };
    if place.is_valid() { Ok(place) } else { Err(invalid()) }
}

/// Hours without the exceptions that nobody looks at who asks for the next days.
fn soon(hours: &Hours, at: Timestamp) -> Hours {
    let today = at.to_zoned(TimeZone::UTC).date();
    let near = |date: &Date| (-2..=10).contains(&(*date - today).get_days());
    let exceptions = hours.exceptions.iter().filter(|(date, _)| near(date));
    let exceptions = exceptions.map(|(date, spans)| (*date, spans.clone())).collect();
    Hours { week: hours.week.clone(), exceptions }
}

fn by_name(row: &StoreRow) -> (String, Uuid) {
    (row.name_key.clone(), row.id.uuid())
}

fn is_open(row: &StoreRow, now: Timestamp) -> bool {
    let zone: Option<TimeZone> = row.time_zone().ok();
    zone.is_some_and(|zone| row.sells_at(now, &zone))
}

/// Reads on until enough open stores are found: hours are not for the database to judge.
async fn open_rows(
    app: &App,
    which: &Listed,
    mut after: Option<(String, Uuid)>,
    (limit, now): (u32, Timestamp),
) -> sqlx::Result<Vec<StoreRow>> {
    let mut open = Vec::new();
    loop {
        let rows = stores::page(&app.db, which, after.as_ref(), BATCH).await?;
        let last = (rows.len() as i64) < BATCH;
        after = rows.last().map(by_name);
        open.extend(rows.into_iter().filter(|row| is_open(row, now)));
        if last || open.len() > limit as usize {
            return Ok(open);
        }
    }
}

/// Which stores around a place.
#[derive(Clone, Copy)]
struct Near {
    place: Place,
    /// Also those that do not reach it.
    beyond: bool,
    open_now: bool,
}

/// The stores that reach a place, the nearest first, then the others where they are wanted.
async fn near_page(
    app: &App,
    near: Near,
    which: &Listed,
    page: &PageQuery,
) -> Result<Page<StoreRow>, Fault<Never>> {
    let now = app.clock.now();
    // Whole millimetres: a fraction might not come back as it was from a cursor's text.
    let far = |row: &StoreRow| (near.place.metres_to(row.place()) * 1000.0) as u64;
    let key = |row: &StoreRow| (!row.zone.contains(near.place), far(row), row.id);
    let after: Option<(bool, u64, StoreId)> = page.after()?;
    let mut rows = stores::around(&app.db, near.place).await?;
    if near.beyond {
        rows.extend(stores::nearest(&app.db, near.place).await?);
    }
    rows.retain(|row| near.beyond || row.zone.contains(near.place));
    rows.retain(|row| !near.open_now || is_open(row, now));
    rows.retain(|row| which.vendor.is_none_or(|vendor| row.vendor_id == vendor));
    rows.sort_by_key(key);
    rows.dedup_by_key(|row| row.id);
    if let Some(after) = after {
        rows.retain(|row| key(row) > after);
    }
    Ok(Page::cut(rows, page.limit()?, key))
}
