mod plan;
mod report;

use axum::{
    extract::{FromRequest, Request, State},
    http::{StatusCode, header},
    response::IntoResponse,
};
use bytes::Bytes;
use kernel::{Currency, ProductId, StoreId};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use uuid::Uuid;
use wire::{Fault, Json, Never, Path, Problem, Query, Signed};

use self::{
    plan::Plan,
    report::{Label, RowChanges},
};
use crate::{
    App,
    db::{
        listings::{self, ListingRow, Wanted},
        stores,
    },
    import::text::escaped,
    sheet::{self, RowRefusal},
};

/// The largest file that is read.
pub const BODY_LIMIT: usize = 2 * 1024 * 1024;
/// How many rows one statement of an export reads.
const EXPORT_BATCH: u32 = 1_000;

/// Writes what a store lists as CSV.
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
    super::of_store(&asker.reach, store)?;
    let from = app.reads.lagging();
    let row = stores::store(&from, store).await?.ok_or_else(|| Problem::not_found("store"))?;
    let currency = row.currency()?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(sheet::COLUMNS).map_err(anyhow::Error::from)?;
    let wanted = Wanted { store, category: None, inactive: true };
    let mut after: Option<(String, Uuid)> = None;
    loop {
        let now = app.clock.now();
        let rows = listings::page(&from, wanted, after.as_ref(), (EXPORT_BATCH, now)).await?;
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
        escaped(row.product.source_key.as_deref().unwrap_or_default()),
        escaped(&row.product.name),
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
    #[serde(flatten)]
    label: Label,
    product: Option<ProductId>,
    outcome: Outcome,
    /// What it changes, or would have changed where it was refused.
    changes: RowChanges,
    /// Why it was refused, for people.
    message: Option<String>,
    /// Why it was refused, for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    refusal: Option<RowRefusal>,
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
/// one go, or none when something breaks.
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
    super::of_store(&asker.reach, store)?;
    let row = stores::store(&app.db, store).await?.ok_or_else(|| Problem::not_found("store"))?;
    let currency = row.currency()?;
    let rows = sheet::read(&body, currency);
    let rows = rows.map_err(|why| Problem::invalid("file", why))?;
    let (dry_run, now) = (query.dry_run.unwrap_or(false), app.clock.now());
    let mut tx = app.db.begin().await?;
    let mut plan = Plan::new(&mut tx, store, rows, (currency, now)).await?;
    plan.carry_out(&mut tx, &app, (store, asker.person, now)).await?;
    // A dry run does it all and takes it back, so that it cannot say anything else.
    if dry_run {
        tx.rollback().await?;
    } else {
        tx.commit().await?;
    }
    Ok(Json(plan.report(dry_run)))
}
