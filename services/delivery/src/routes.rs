mod arrive;
mod check;
mod data;
mod driver_use;
mod drivers;
mod estimate;
mod hand_over;
mod happened;
mod jobs;
mod live;
mod lose;
mod me;
mod offers;
mod order;
mod pick_up;
mod pings;
mod recall;
mod refuse;
mod return_to_store;
mod route;
mod shift;
mod views;

use axum::{Router, routing::post};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa_axum::{router::OpenApiRouter, routes};
use wire::{Problem, Refusal};

use crate::{
    App,
    db::{self, Act, JobRow},
    job::JobState,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(shift::begin_shift, shift::end_shift))
        .routes(routes!(me::me))
        .routes(routes!(offers::accept_offer))
        .routes(routes!(offers::decline_offer))
        .routes(routes!(pings::send_pings))
        .routes(routes!(pick_up::pick_up))
        .routes(routes!(arrive::arrive))
        .routes(routes!(check::check_at_door))
        .routes(routes!(hand_over::hand_over))
        .routes(routes!(refuse::refuse))
        .routes(routes!(return_to_store::return_to_store))
        .routes(routes!(lose::lose_job))
        .routes(routes!(order::delivery_of_order))
        .routes(routes!(live::delivery_events))
        .routes(routes!(route::route_of_order))
        .routes(routes!(jobs::list_jobs))
        .routes(routes!(drivers::list_drivers))
        .routes(routes!(driver_use::driver_use))
}

/// The public operations and, undocumented, those for the house.
pub fn router(app: App) -> Router {
    let (public, _) = routes().split_for_parts();
    public
        .route("/internal/delivery/estimate", post(estimate::estimate))
        .route("/internal/delivery/estimates", post(estimate::estimates))
        .route("/internal/delivery/orders/{order}/recall", post(recall::recall))
        .route("/internal/delivery/people/{person}/data", axum::routing::get(data::data))
        .with_state(app)
}

pub fn open_api() -> utoipa::openapi::OpenApi {
    let about = "Who brings which order, where it is, and what happens at the door.";
    host::open_api("Tipple delivery", about, crate::access::ACCESS, routes().into_openapi())
}

/// A command that does not fit the state of the job.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum JobRefusal {
    WrongState { state: JobState },
}

impl Refusal for JobRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }
    fn detail(&self) -> String {
        let Self::WrongState { state } = self;
        wrong_state(*state)
    }
}

fn wrong_state(state: JobState) -> String {
    let state = state.name().replace('_', " ");
    format!("That cannot be done now: the job is {state}. Read it again.")
}

/// The driver's own job; another's does not exist for them.
async fn own_job<R: Refusal>(app: &App, act: Act) -> Result<JobRow, wire::Fault<R>> {
    let row = db::job_of_driver(&app.db, act.job, act.driver).await?;
    Ok(row.ok_or_else(|| Problem::not_found("job"))?)
}
