use axum::extract::State;
use jiff::Timestamp;
use kernel::{Actor, DriverId, JobId, OrderId, StoreId};
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query, Signed};

use crate::{
    App,
    access::ACCESS,
    db::{self, JobRow},
    job::{Deed, JobState},
};

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WhichJobs {
    /// Only those in this state.
    state: Option<JobState>,
    /// Only the one of this order.
    order: Option<OrderId>,
    /// Only those from this store.
    store: Option<StoreId>,
    /// Only those that are late or stuck: not fetched, not at the door or not gone from it long
    /// after they should have been.
    #[serde(default)]
    late: bool,
}

/// A job as those see it who look after all of them.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct JobSummary {
    job: JobId,
    order: OrderId,
    number: String,
    store: StoreId,
    store_name: String,
    state: JobState,
    driver: Option<DriverId>,
    driver_name: Option<String>,
    ready: bool,
    ready_at: Timestamp,
    eta: Option<Timestamp>,
    /// Whether `eta` is by the built-in estimate; otherwise it is by Google Maps.
    eta_rough: bool,
    created_at: Timestamp,
    /// What you may do with it now.
    can: Vec<Deed>,
}

/// Jobs, newest first; those that are late, what should have moved the longest ago first.
#[utoipa::path(
    get, path = "/v1/delivery/jobs", tag = "delivery", operation_id = "list_jobs",
    params(WhichJobs, PageQuery),
    responses(
        (status = OK, body = Page<JobSummary>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn list_jobs(
    State(app): State<App>,
    signed: Signed,
    Query(which): Query<WhichJobs>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<JobSummary>>, Fault<Never>> {
    let listed = db::Listed { state: which.state, order: which.order, store: which.store };
    let limit = page.limit()?;
    if !which.late {
        let rows = db::jobs_page(&app.db, listed, page.after::<JobId>()?, limit).await?;
        return Ok(Json(Page::cut(rows, limit, |row| row.id).map(|row| summary(row, &signed))));
    }
    let after = page.after::<(Timestamp, JobId)>()?;
    wire::of_our_days("after", after.map(|(moves_by, _)| moves_by))?;
    let since = app.config.late_since(app.clock.now());
    let rows = db::late_jobs(&app.db, (listed, since), after, limit).await?;
    let page = Page::cut(rows, limit, |row| (row.moves_by, row.job.id));
    Ok(Json(page.map(|row| summary(row.job, &signed))))
}

/// What this person may do with it now, other than as its driver.
pub(super) fn can(row: &JobRow, actor: &Actor) -> Vec<Deed> {
    let reaches = |operation| wire::access::reach(ACCESS, operation, actor).store(row.store);
    let may = |deed: &Deed| match deed {
        Deed::Return => reaches("return_to_store"),
        Deed::Lose => reaches("lose_job"),
        _ => false,
    };
    row.operator_can().into_iter().filter(may).collect()
}

pub(super) fn summary(row: JobRow, actor: &Actor) -> JobSummary {
    JobSummary {
        can: can(&row, actor),
        job: row.id,
        order: row.order,
        number: row.facts.number,
        store: row.store,
        store_name: row.facts.store_name,
        state: row.state,
        driver: row.driver,
        driver_name: row.driver_name,
        ready: row.ready,
        ready_at: row.ready_at,
        eta: row.eta,
        eta_rough: row.eta_rough,
        created_at: row.created_at,
    }
}
