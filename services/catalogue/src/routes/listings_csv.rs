use std::collections::{BTreeMap, BTreeSet};

use axum::{
    extract::{FromRequest, Request, State},
    http::{StatusCode, header},
    response::IntoResponse,
};
use bytes::Bytes;
use jiff::Timestamp;
use kernel::{Currency, ProductId, StoreId};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::IntoParams;
use uuid::Uuid;
use wire::{Fault, Json, Never, Path, Problem, Query, Signed};

use crate::{
    App,
    db::{
        listings::{self, Line, ListingRow, Wanted},
        movements::{self, CountLine},
        stores,
    },
    sheet::{self, Key, Row},
};

/// The largest file that is read.
pub const BODY_LIMIT: usize = 2 * 1024 * 1024;
/// How many rows one statement of an export reads.
const EXPORT_BATCH: u32 = 1_000;

/// Writes what a store lists as CSV. Staff of that store and operators may call it.
#[utoipa::path(
    get, path = "/v1/catalogue/stores/{store}/listings.csv", tag = "catalogue",
    operation_id = "export_listings",
    params(("store" = StoreId, Path)),
    responses(
        (status = OK, body = String, content_type = "text/csv"),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn export(
    asker: Signed,
    State(app): State<App>,
    Path(store): Path<StoreId>,
) -> Result<impl IntoResponse, Fault<Never>> {
    super::of_store(&asker, store)?;
    let row = stores::store(&app.db, store).await?.ok_or_else(|| Problem::not_found("store"))?;
    let currency = row.currency()?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(sheet::COLUMNS).map_err(anyhow::Error::from)?;
    let wanted = Wanted { store, category: None, inactive: true };
    let mut after: Option<(String, Uuid)> = None;
    loop {
        let now = app.clock.now();
        let rows = listings::page(&app.db, wanted, after.as_ref(), (EXPORT_BATCH, now)).await?;
        after = rows.last().map(|row| (row.name_key.clone(), row.product.id.uuid()));
        for row in &rows {
            writer.write_record(cells(row, currency)).map_err(anyhow::Error::from)?;
        }
        if rows.len() <= EXPORT_BATCH as usize {
            break;
        }
    }
    let body = writer.into_inner().map_err(|error| anyhow::anyhow!("{error}"))?;
    let name = format!("attachment; filename=\"listings-{store}.csv\"");
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, body))
}

fn cells(row: &ListingRow, currency: Currency) -> [String; sheet::COLUMNS.len()] {
    [
        row.product.id.to_string(),
        sheet::neutral(row.product.source_key.as_deref().unwrap_or_default()),
        sheet::neutral(&row.product.name),
        sheet::amount(row.price_minor, currency),
        row.tax_class.clone(),
        row.deposit_minor.map(|minor| sheet::amount(minor, currency)).unwrap_or_default(),
        row.listed.to_string(),
        row.on_hand.to_string(),
        row.low_threshold.to_string(),
    ]
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// Only say what would happen.
    dry_run: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    New,
    Changed,
    Unchanged,
    Refused,
}

/// What became of one row of the file.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RowReport {
    /// Counts from 1, the heading included.
    line: u64,
    product: Option<ProductId>,
    outcome: Outcome,
    /// Why it was refused.
    message: Option<String>,
}

/// What became of a file.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ImportReport {
    dry_run: bool,
    new: u64,
    changed: u64,
    unchanged: u64,
    refused: u64,
    rows: Vec<RowReport>,
}

/// A CSV body.
pub struct Csv(Bytes);

impl<S: Send + Sync> FromRequest<S> for Csv {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !kind.trim_start().to_ascii_lowercase().starts_with("text/csv") {
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            let code = "unsupported-media-type";
            return Err(Problem::new(status, code, "Send the file as text/csv."));
        }
        match Bytes::from_request(request, state).await {
            Ok(bytes) => Ok(Self(bytes)),
            Err(rejected) if rejected.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                let detail = "The file is larger than 2 MiB.";
                Err(Problem::new(rejected.status(), "body-too-large", detail))
            }
            Err(_) => Err(Problem::malformed("The body could not be read.")),
        }
    }
}

/// Sets prices and stock from a CSV file of at most 5,000 rows: all rows that are not refused, in
/// one go, or none when something breaks. Staff of that store and operators may call it.
#[utoipa::path(
    post, path = "/v1/catalogue/stores/{store}/listings.csv", tag = "catalogue",
    operation_id = "import_listings",
    params(("store" = StoreId, Path), ImportQuery),
    request_body(content = String, content_type = "text/csv"),
    responses(
        (status = OK, body = ImportReport),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn import(
    asker: Signed,
    State(app): State<App>,
    Path(store): Path<StoreId>,
    Query(query): Query<ImportQuery>,
    Csv(body): Csv,
) -> Result<Json<ImportReport>, Fault<Never>> {
    super::of_store(&asker, store)?;
    let row = stores::store(&app.db, store).await?.ok_or_else(|| Problem::not_found("store"))?;
    let rows = sheet::read(&body, row.currency()?);
    let rows = rows.map_err(|why| Problem::invalid("file", why))?;
    let (dry_run, now) = (query.dry_run.unwrap_or(false), app.clock.now());
    let mut plan = Plan::new(&app, store, rows, now).await?;
    let mut tx = app.db.begin().await?;
    plan.carry_out(&mut tx, &app, (store, asker.person, now)).await?;
    // A dry run does it all and takes it back, so that it cannot say anything else.
    if dry_run {
        tx.rollback().await?;
    } else {
        tx.commit().await?;
    }
    Ok(Json(plan.report(dry_run)))
}

/// A row that will be taken unless its stock is promised.
struct Planned {
    row: Row,
    line: Line,
}

/// What is to be done, and what became of each row.
struct Plan {
    /// By line of the file.
    rows: BTreeMap<u64, (Option<ProductId>, Result<Outcome, String>)>,
    planned: BTreeMap<u64, Planned>,
}

impl Plan {
    async fn new(
        app: &App,
        store: StoreId,
        rows: Vec<sheet::Numbered>,
        now: Timestamp,
    ) -> sqlx::Result<Self> {
        let keys = rows.iter().filter_map(|(_, row)| row.as_ref().ok()).map(|row| &row.key);
        let products = listings::keyed(&app.db, keys).await?;
        let ids: Vec<Uuid> = products.values().flatten().copied().collect();
        let listed = listings::of_products(&app.db, store, &ids, now).await?;
        let listed: BTreeMap<Uuid, ListingRow> =
            listed.into_iter().map(|row| (row.product.id.uuid(), row)).collect();
        let mut plan = Self { rows: BTreeMap::new(), planned: BTreeMap::new() };
        let mut seen = BTreeSet::new();
        for (line, row) in rows {
            let planned = row.and_then(|row| {
                let product = one(&products, &row.key)?;
                if !seen.insert(product) {
                    return Err("names a product that an earlier row names".into());
                }
                Ok(Planned { line: wanted(&row, product, listed.get(&product))?, row })
            });
            let product = planned.as_ref().ok().map(|planned| planned.line.product.into());
            match planned {
                Ok(planned) => {
                    plan.rows.insert(line, (product, Ok(Outcome::Unchanged)));
                    plan.planned.insert(line, planned);
                }
                Err(why) => {
                    plan.rows.insert(line, (product, Err(why)));
                }
            }
        }
        Ok(plan)
    }

    async fn carry_out(
        &mut self,
        tx: &mut Tx<'_>,
        app: &App,
        (store, person, now): (StoreId, kernel::PersonId, Timestamp),
    ) -> anyhow::Result<()> {
        let lines: Vec<Line> = self.planned.values().map(|planned| planned.line.clone()).collect();
        let products: Vec<Uuid> = lines.iter().map(|line| line.product).collect();
        movements::open(tx, store, &products, app.config.low_threshold, now).await?;
        let counts: Vec<CountLine> = self.planned.values().filter_map(count_line).collect();
        let counted = movements::count_all(tx, (store, person, now), &counts).await?;
        let refused: BTreeMap<Uuid, i32> = counted
            .iter()
            .filter_map(|row| row.promised.map(|promised| (row.product_id, promised)))
            .collect();
        let lines: Vec<Line> =
            lines.into_iter().filter(|line| !refused.contains_key(&line.product)).collect();
        let listed = listings::put_all(tx, store, &lines, now).await?;
        let listed: BTreeMap<Uuid, bool> = listed.into_iter().collect();
        let moved: BTreeSet<Uuid> = counted.iter().map(|row| row.product_id).collect();
        for (line, planned) in &self.planned {
            let product = planned.line.product;
            let outcome = match (refused.get(&product), listed.get(&product)) {
                (Some(promised), _) => Err(format!("on_hand: {promised} are promised to customers")),
                (None, Some(true)) => Ok(Outcome::New),
                (None, Some(false)) => Ok(Outcome::Changed),
                (None, None) if moved.contains(&product) => Ok(Outcome::Changed),
                (None, None) => Ok(Outcome::Unchanged),
            };
            self.rows.insert(*line, (Some(product.into()), outcome));
        }
        Ok(())
    }

    fn report(self, dry_run: bool) -> ImportReport {
        let mut report =
            ImportReport { dry_run, new: 0, changed: 0, unchanged: 0, refused: 0, rows: Vec::new() };
        for (line, (product, result)) in self.rows {
            let (outcome, message) = match result {
                Ok(outcome) => (outcome, None),
                Err(why) => (Outcome::Refused, Some(why)),
            };
            *match outcome {
                Outcome::New => &mut report.new,
                Outcome::Changed => &mut report.changed,
                Outcome::Unchanged => &mut report.unchanged,
                Outcome::Refused => &mut report.refused,
            } += 1;
            report.rows.push(RowReport { line, product, outcome, message });
        }
        report
    }
}

fn one(products: &BTreeMap<String, Vec<Uuid>>, key: &Key) -> Result<Uuid, String> {
    let name = match key {
        Key::Product(id) => id.to_string(),
        Key::Sku(sku) => sku.clone(),
    };
    match products.get(&name).map(Vec::as_slice) {
        Some([product]) => Ok(*product),
        Some([_, ..]) => Err("sku: belongs to several products; name it by product".into()),
        _ => Err("names a product that does not exist".into()),
    }
}

/// The listing that a row asks for: what it does not give stays as it is.
fn wanted(row: &Row, product: Uuid, listed: Option<&ListingRow>) -> Result<Line, String> {
    let price = row.price_minor.or(listed.map(|listed| listed.price_minor));
    let tax_class = row.tax_class.clone().or_else(|| listed.map(|listed| listed.tax_class.clone()));
    let kept_deposit = listed.and_then(|listed| listed.deposit_minor);
    Ok(Line {
        product,
        price_minor: price.ok_or("price: is needed for a product that is not listed yet")?,
        tax_class: tax_class.unwrap_or_else(|| "standard".into()),
        deposit_minor: row.deposit_minor.unwrap_or(kept_deposit),
        active: row.active.unwrap_or(listed.is_none_or(|listed| listed.listed)),
    })
}

fn count_line(planned: &Planned) -> Option<CountLine> {
    let Row { on_hand, low_threshold, .. } = planned.row;
    (on_hand.is_some() || low_threshold.is_some()).then_some(CountLine {
        product: planned.line.product,
        on_hand,
        low_threshold,
    })
}
