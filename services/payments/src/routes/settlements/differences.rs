use axum::extract::State as Shared;
use garde::Validate;
use jiff::Timestamp;
use kernel::{Money, PaymentId, PersonId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wire::{Fault, Json, Never, Page, PageQuery, Path, Problem, Query, Signed};

use crate::{App, db, db::settlement::DifferenceRow};

/// Something that a provider's files and we do not agree on.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DifferenceView {
    difference: Uuid,
    /// `missing_here`, `missing_there`, `amount`, `currency`, `fee` or `unknown_kind`.
    what: String,
    /// Of what: `payment …`, `refund …`, `dispute …`, or a line of the file.
    subject: String,
    #[schema(required = false)]
    payment: Option<PaymentId>,
    /// What there is here, as it counts for our balance at the provider; none where there is
    /// nothing.
    #[schema(required = false)]
    ours: Option<Money>,
    /// What the files say.
    #[schema(required = false)]
    theirs: Option<Money>,
    found_at: Timestamp,
    /// Since a later file agrees.
    #[schema(required = false)]
    resolved_at: Option<Timestamp>,
    /// What an operator found out.
    #[schema(required = false)]
    note: Option<String>,
    #[schema(required = false)]
    explained_by: Option<PersonId>,
    #[schema(required = false)]
    explained_at: Option<Timestamp>,
}

impl TryFrom<DifferenceRow> for DifferenceView {
    type Error = anyhow::Error;
    fn try_from(row: DifferenceRow) -> anyhow::Result<Self> {
        let currency = kernel::Currency::from_code(&row.currency);
        let currency = currency.ok_or_else(|| anyhow::anyhow!("currency {}", row.currency))?;
        let money = |amount| Money::new(amount, currency);
        Ok(Self {
            difference: row.id,
            what: row.what,
            subject: row.subject,
            payment: row.payment_id.map(PaymentId::from_uuid),
            ours: row.ours.map(money),
            theirs: row.theirs.map(money),
            found_at: row.found_at.to_jiff(),
            resolved_at: row.resolved_at.map(jiff_sqlx::Timestamp::to_jiff),
            note: row.note,
            explained_by: row.explained_by.map(PersonId::from_uuid),
            explained_at: row.explained_at.map(jiff_sqlx::Timestamp::to_jiff),
        })
    }
}

/// What a settlement file was the first to show that differs from what is kept here.
#[utoipa::path(
    get, path = "/v1/payments/settlements/{settlement}/differences", tag = "payments",
    operation_id = "settlement_differences",
    params(("settlement" = Uuid, Path), PageQuery),
    responses(
        (status = OK, body = Page<DifferenceView>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn list(
    Shared(app): Shared<App>,
    Path(settlement): Path<Uuid>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<DifferenceView>>, Fault<Never>> {
    let (limit, after) = (page.limit()?, page.after::<Uuid>()?);
    if db::settlement::find(&app.db, settlement).await?.is_none() {
        return Err(Problem::not_found("settlement").into());
    }
    let rows = db::settlement::of_file(&app.db, settlement, after, i64::from(limit) + 1).await?;
    let Page { items, next } = Page::cut(rows, limit, |row| row.id);
    let items = items.into_iter().map(DifferenceView::try_from).collect::<Result<_, _>>()?;
    Ok(Json(Page { items, next }))
}

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    /// What was found out, and what was done about it.
    #[garde(length(chars, min = 1, max = 1000), custom(wire::plain_text))]
    #[schema(min_length = 1, max_length = 1000)]
    note: String,
}

/// Keeps what was found out about a difference. A later note takes the place of an earlier one; a
/// difference whose amounts change afterwards is open again.
#[utoipa::path(
    put, path = "/v1/payments/settlements/{settlement}/differences/{difference}/explanation",
    tag = "payments", operation_id = "explain_settlement_difference",
    request_body = Explanation,
    params(("settlement" = Uuid, Path), ("difference" = Uuid, Path)),
    responses(
        (status = OK, body = DifferenceView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn explain(
    actor: Signed,
    Shared(app): Shared<App>,
    Path((settlement, difference)): Path<(Uuid, Uuid)>,
    Json(input): Json<Explanation>,
) -> Result<Json<DifferenceView>, Fault<Never>> {
    let (key, note) = ((settlement, difference), (input.note.as_str(), actor.person));
    let row = db::settlement::explain(&app.db, key, note, app.clock.now()).await?;
    let row = row.ok_or_else(|| Problem::not_found("difference"))?;
    Ok(Json(row.try_into()?))
}
