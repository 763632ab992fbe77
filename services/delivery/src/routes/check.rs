use axum::extract::State;
use compliance_api::{Facts, Moment, Reason, Verdict};
use garde::Validate;
use jiff::{
    SignedDuration, Timestamp,
    civil::Date,
    tz::{self, TimeZone},
};
use kernel::JobId;
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Path, Problem, Signed};

use super::JobRefusal;
use crate::{
    App,
    db::{self, Act, JobRow, NewCheck},
    door::{self, Seen},
    job::JobState,
};

/// What the driver sees. Of the document nothing is kept but its kind and a keyed hash of its
/// number. (It has no `Debug`, so that no log can have it either.)
#[derive(Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DoorCheck {
    #[garde(dive)]
    document: Document,
    /// Whether the name on it is the recipient's and the photo shows who stands there.
    #[garde(skip)]
    name_matches: bool,
    #[garde(skip)]
    sober: bool,
}

#[derive(Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    #[garde(skip)]
    kind: DocumentKind,
    #[garde(skip)]
    #[schema(value_type = String, format = Date, example = "1990-04-01")]
    date_of_birth: Date,
    #[garde(skip)]
    #[schema(value_type = String, format = Date, example = "2031-12-31")]
    expires_on: Date,
    #[garde(inner(length(chars, min = 1, max = 50), custom(wire::plain_text)))]
    #[schema(min_length = 1, max_length = 50)]
    number: Option<String>,
}

/// Documents that prove an age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    DrivingLicence,
    Passport,
    IdCard,
    ResidencePermit,
    MilitaryId,
}

impl DocumentKind {
    const fn name(self) -> &'static str {
        match self {
            Self::DrivingLicence => "driving_licence",
            Self::Passport => "passport",
            Self::IdCard => "id_card",
            Self::ResidencePermit => "residence_permit",
            Self::MilitaryId => "military_id",
        }
    }
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Checked {
    /// Whether alcohol may change hands.
    allowed: bool,
    /// Why not; empty when allowed.
    reasons: Vec<Reason>,
    /// Until when it may, where it may.
    valid_until: Option<Timestamp>,
}

/// Where the law ends within the minutes that a check is good for, it may still be good for this.
const SHORTEST: SignedDuration = SignedDuration::from_mins(1);

/// Checks at the door whether alcohol may change hands; the newest check counts. For a driver
/// who has arrived.
#[utoipa::path(
    post, path = "/v1/delivery/jobs/{job}/check", tag = "delivery", operation_id = "check_at_door",
    params(("job" = JobId, Path)), request_body = DoorCheck,
    responses(
        (status = OK, body = Checked),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn check_at_door(
    State(app): State<App>,
    signed: Signed,
    Path(job): Path<JobId>,
    Json(input): Json<DoorCheck>,
) -> Result<Json<Checked>, Fault<JobRefusal>> {
    let now = app.clock.now();
    let act = Act { job, driver: signed.driver(), at: now };
    let row = super::own_job::<JobRefusal>(&app, act).await?;
    if row.state != JobState::Arrived {
        return Err(JobRefusal::WrongState { state: row.state }.into());
    }
    let document = &input.document;
    if document.date_of_birth > newest_day(now) || document.date_of_birth.year() < 1900 {
        let message = "must be between 1900 and today";
        return Err(Problem::invalid("document.date_of_birth", message).into());
    }
    let own = row.customer.uuid() == act.driver.uuid();
    let seen = Seen { name_matches: input.name_matches, sober: input.sober, own };
    let (verdict, valid_until) = judge(&app, &row, document, now).await?;
    let mut reasons = door::objections(seen);
    reasons.extend(verdict.reasons.iter().cloned());
    let allowed = verdict.allowed && reasons.is_empty();
    if !keep(&app, act, document, (&verdict, valid_until), &reasons).await? {
        let row = super::own_job::<JobRefusal>(&app, act).await?;
        return Err(JobRefusal::WrongState { state: row.state }.into());
    }
    Ok(Json(Checked { allowed, reasons, valid_until: allowed.then_some(valid_until) }))
}

/// Whatever the date is at the door, it is no later than this.
fn newest_day(now: Timestamp) -> Date {
    TimeZone::fixed(tz::offset(14)).to_datetime(now).date()
}

/// The law's answer for as long as a check is good; where that is no, for a moment only.
async fn judge(
    app: &App,
    row: &JobRow,
    document: &Document,
    now: Timestamp,
) -> Result<(Verdict, Timestamp), Fault<JobRefusal>> {
    let full = SignedDuration::from_mins(app.config.check_minutes);
    let verdict = ask(app, facts(row, document, now, now + full)).await?;
    if verdict.allowed || !over_age(&verdict) || full <= SHORTEST {
        return Ok((verdict, now + full));
    }
    let verdict = ask(app, facts(row, document, now, now + SHORTEST)).await?;
    Ok((verdict, now + SHORTEST))
}

async fn ask(app: &App, facts: Facts) -> Result<Verdict, Fault<JobRefusal>> {
    let verdict = app.compliance.judge(&facts).await;
    verdict.map_err(|error| Fault::from_call(error, |never| match never {}))
}

fn facts(row: &JobRow, document: &Document, at: Timestamp, until: Timestamp) -> Facts {
    Facts {
        moment: Moment::Door,
        subject: row.order.to_string(),
        store: row.store,
        store_place: row.store_place(),
        door_place: Some(row.door_place()),
        address_kind: row.facts.destination.kind,
        customer: row.customer.cast(),
        at,
        // Until then it may change hands on the strength of this.
        back_by: Some(until),
        shown_date_of_birth: Some(document.date_of_birth),
        shown_valid_until: Some(document.expires_on),
        items: row.facts.lines.iter().map(orders_api::OrderLine::item).collect(),
    }
}

/// Whether the buyer is known to be old enough, whatever else stands against it.
fn over_age(verdict: &Verdict) -> bool {
    let about_age = |reason: &Reason| {
        matches!(reason.rule.as_str(), "under-age" | "age-unknown" | "document-not-shown")
    };
    let known = verdict.minimum_age.is_some() && !verdict.reasons.iter().any(about_age);
    verdict.allowed || known
}

/// Keeps the result, and nothing of what was shown.
async fn keep(
    app: &App,
    act: Act,
    document: &Document,
    (verdict, valid_until): (&Verdict, Timestamp),
    reasons: &[Reason],
) -> sqlx::Result<bool> {
    let method = document.kind.name();
    let hash = document
        .number
        .as_deref()
        .and_then(|number| door::document_hash(&app.document_key, method, number));
    let rules: Vec<String> = reasons.iter().map(|reason| reason.rule.clone()).collect();
    let check = NewCheck {
        verdict,
        valid_until,
        allowed: verdict.allowed && rules.is_empty(),
        over_age: over_age(verdict),
        method,
        reasons: &rules,
        document_hash: hash.as_ref().map(|hash| &hash[..]),
    };
    let mut tx = app.db.begin().await?;
    let kept = db::keep_check(&mut tx, act, &check).await?;
    if kept {
        db::step(&mut tx, act).await?;
    }
    tx.commit().await?;
    Ok(kept)
}
