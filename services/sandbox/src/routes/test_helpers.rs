use axum::{Json, extract::State};
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    App,
    db::{self, Mischief},
    failure::{ErrorBody, Failure},
    input::{Input, Merchant},
};

#[derive(Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Webhooks {
    /// How often each event is sent.
    #[garde(inner(range(min = 1, max = 10)))]
    #[schema(minimum = 1, maximum = 10)]
    repeat: Option<i32>,
    /// Newest first, one after the other.
    #[garde(skip)]
    reorder: Option<bool>,
    /// How late each event is sent.
    #[garde(inner(range(min = 0, max = 3_600_000)))]
    #[schema(minimum = 0, maximum = 3_600_000)]
    delay_ms: Option<i64>,
    /// Nothing is sent until this is `false` again.
    #[garde(skip)]
    hold: Option<bool>,
}

/// Makes webhooks repeat, swap, be late or wait, from now on.
#[utoipa::path(
    post, path = "/sandbox/v1/test_helpers/webhooks", tag = "sandbox",
    operation_id = "sandbox_misbehave",
    request_body = Webhooks,
    responses(
        (status = OK, body = Mischief),
        (status = "default", body = ErrorBody),
    ),
    security(("token" = [])),
)]
pub async fn webhooks(
    _: Merchant,
    State(app): State<App>,
    Input(input): Input<Webhooks>,
) -> Result<Json<Mischief>, Failure> {
    let Webhooks { repeat, reorder, delay_ms, hold } = input;
    let now = db::set_mischief(&app.db, repeat, reorder, delay_ms, hold).await?;
    app.send_webhooks();
    Ok(Json(now))
}

#[derive(Debug, Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    #[garde(skip)]
    operation: Operation,
    #[garde(skip)]
    moment: Moment,
    /// The next so many calls fail; none ends it.
    #[garde(range(min = 0, max = 1000))]
    #[schema(minimum = 0, maximum = 1000)]
    times: i32,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum Operation {
    Create,
    Confirm,
    Capture,
    Cancel,
    Refund,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum Moment {
    /// A 500, and nothing was done.
    Before,
    /// It was done, and the answer never comes.
    After,
}

/// Makes the next calls of an operation fail.
#[utoipa::path(
    post, path = "/sandbox/v1/test_helpers/faults", tag = "sandbox",
    operation_id = "sandbox_fail",
    request_body = Fault,
    responses(
        (status = OK, body = Fault),
        (status = "default", body = ErrorBody),
    ),
    security(("token" = [])),
)]
pub async fn faults(
    _: Merchant,
    State(app): State<App>,
    Input(input): Input<Fault>,
) -> Result<Json<Fault>, Failure> {
    let operation = match input.operation {
        Operation::Create => "create",
        Operation::Confirm => "confirm",
        Operation::Capture => "capture",
        Operation::Cancel => "cancel",
        Operation::Refund => "refund",
    };
    let moment = match input.moment {
        Moment::Before => "before",
        Moment::After => "after",
    };
    db::set_fault(&app.db, operation, moment, input.times).await?;
    Ok(Json(input))
}
