use axum::{extract::State, http::StatusCode};
use catalogue_api::Pause;
use garde::Validate;
use kernel::StoreId;
use serde::{Deserialize, Serialize};
use wire::{Json, Path, Problem, Refusal, Signed};

use super::{edit_store, stores::StoreView};
use crate::{
    App,
    db::stores,
    pause::{Length, ends},
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PauseInput {
    /// How long; until the store opens next after it has closed, where it is absent.
    #[garde(inner(range(min = 1, max = 1440)))]
    #[schema(minimum = 1, maximum = 1440)]
    minutes: Option<u32>,
    /// For customers to read.
    #[garde(length(chars, min = 1, max = 200), custom(super::visible_text))]
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum PauseRefusal {
    /// It never closes, or does not open again within eight days.
    NoNextOpening,
}

impl Refusal for PauseRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }
    fn detail(&self) -> String {
        "By its hours the store does not close and open again within eight days. Say how many \
         minutes."
            .into()
    }
    fn field(&self) -> Option<String> {
        Some("minutes".into())
    }
}

type Answer = edit_store::Answer<PauseRefusal>;

/// Lets a store take no orders for a while.
///
/// Until then nothing is ordered but for slots that can be met afterwards; what is ordered already
/// stays. Again with other words it begins anew.
#[utoipa::path(
    put, path = "/v1/catalogue/stores/{store}/pause", tag = "catalogue",
    operation_id = "pause_store",
    params(("store" = StoreId, Path)), request_body = PauseInput,
    responses(
        (status = OK, body = StoreView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn pause(
    asker: Signed,
    State(app): State<App>,
    Path(store): Path<StoreId>,
    Json(PauseInput { minutes, reason }): Json<PauseInput>,
) -> Answer {
    super::of_store(&asker.reach, store)?;
    let row = stores::store(&app.db, store).await?.ok_or_else(|| Problem::not_found("store"))?;
    let (length, zone) =
        (minutes.map_or(Length::UntilNextOpening, Length::Minutes), row.time_zone()?);
    let until = ends(length, app.clock.now(), (&row.hours.0, &zone));
    let until = until.ok_or(PauseRefusal::NoNextOpening)?;
    let pause = Pause { until, reason: reason.trim().to_owned() };
    stores::set_pause(&app.db, store, Some(&pause)).await?;
    edit_store::answer(&app, store).await
}

/// Lets a store take orders again before its pause is over.
#[utoipa::path(
    delete, path = "/v1/catalogue/stores/{store}/pause", tag = "catalogue",
    operation_id = "resume_store",
    params(("store" = StoreId, Path)),
    responses(
        (status = OK, body = StoreView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn resume(asker: Signed, State(app): State<App>, Path(store): Path<StoreId>) -> Answer {
    super::of_store(&asker.reach, store)?;
    stores::store(&app.db, store).await?.ok_or_else(|| Problem::not_found("store"))?;
    stores::set_pause(&app.db, store, None).await?;
    edit_store::answer(&app, store).await
}
