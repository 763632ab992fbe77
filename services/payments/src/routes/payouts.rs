use anyhow::Context as _;
use axum::{extract::State as Shared, http::StatusCode};
use garde::Validate;
use jiff::Timestamp;
use kernel::{Currency, Id, Money, PersonId, VendorId};
use serde::{Deserialize, Serialize};
use store::Tx;
use uuid::Uuid;
use wire::{
    Fault, IdempotencyKey, Json, Never, Page, PageQuery, Path, Problem, Query, Refusal, Signed,
};

use crate::{
    App,
    books::{Account, Entry},
    db::{
        self,
        books::NewTransaction,
        payout::{NewPayout, PayoutRow},
    },
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayoutInput {
    #[garde(skip)]
    #[schema(value_type = String, min_length = 3, max_length = 3, example = "USD")]
    currency: Currency,
    /// What happened up to then, which is included; up to now unless told.
    #[garde(skip)]
    #[serde(default)]
    until: Option<Timestamp>,
}

/// What a vendor was paid, and what that was made of, frozen: what is taken off is below zero.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Payout {
    payout: Uuid,
    vendor: VendorId,
    amount: Money,
    sales: Money,
    refunds: Money,
    deposits: Money,
    commission: Money,
    until: Timestamp,
    at: Timestamp,
    /// When its money was sent. Not there while that has not been said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    sent_at: Option<Timestamp>,
}

impl Payout {
    fn of(row: PayoutRow) -> anyhow::Result<Self> {
        let currency = Currency::from_code(&row.currency).context("a currency that is kept")?;
        let money = |amount| Money::new(amount, currency);
        Ok(Self {
            payout: row.id,
            vendor: VendorId::from_uuid(row.vendor_id),
            amount: money(row.amount),
            sales: money(row.sales),
            refunds: money(row.refunds),
            deposits: money(row.deposits),
            commission: money(row.commission),
            until: row.until.to_jiff(),
            at: row.at.to_jiff(),
            sent_at: row.sent_at.map(jiff_sqlx::Timestamp::to_jiff),
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum PayoutRefusal {
    /// Nothing is owed, or the vendor owes us.
    NothingOwed,
    /// The key was used for another payout.
    IdempotencyKeyReused,
}

impl Refusal for PayoutRefusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NothingOwed => StatusCode::CONFLICT,
            Self::IdempotencyKeyReused => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
    fn detail(&self) -> String {
        match self {
            Self::NothingOwed => "Nothing is owed to this vendor in that currency.",
            Self::IdempotencyKeyReused => {
                "This Idempotency-Key was used for another payout of this vendor."
            }
        }
        .into()
    }
    fn field(&self) -> Option<String> {
        matches!(self, Self::IdempotencyKeyReused).then(|| "Idempotency-Key".into())
    }
}

/// Pays a vendor what is owed before a payout is due: everything that no payout before has. The same
/// key gives the same payout. The money itself is sent by whoever runs the bank account.
#[utoipa::path(
    post, path = "/v1/payments/vendors/{vendor}/payouts", tag = "books",
    operation_id = "make_payout",
    request_body = PayoutInput,
    params(
        ("vendor" = VendorId, Path),
        ("Idempotency-Key" = String, Header, min_length = 1, max_length = 255),
    ),
    responses(
        (status = CREATED, body = Payout),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn make_payout(
    actor: Signed,
    Shared(app): Shared<App>,
    Path(vendor): Path<VendorId>,
    IdempotencyKey(key): IdempotencyKey,
    Json(input): Json<PayoutInput>,
) -> Result<(StatusCode, Json<Payout>), Fault<PayoutRefusal>> {
    if db::vendor::terms(&app.db, vendor).await?.is_none() {
        return Err(Problem::not_found("vendor").into());
    }
    let now = app.clock.now();
    if input.until.is_some_and(|until| until > now) {
        return Err(Problem::invalid("until", "has not come yet").into());
    }
    let mut tx = app.db.begin().await?;
    db::vendor::lock_payouts(&mut tx, vendor).await?;
    if let Some(row) = db::payout::of_key(&mut tx, vendor, &key).await? {
        let until = input.until.is_none_or(|until| until == row.until.to_jiff());
        if row.currency != input.currency.code() || !until {
            return Err(PayoutRefusal::IdempotencyKeyReused.into());
        }
        return Ok((StatusCode::CREATED, Json(Payout::of(row)?)));
    }
    let new = NewPayout {
        id: Id::<Payout>::new().uuid(),
        vendor,
        currency: input.currency,
        key: &key,
        until: input.until.unwrap_or(now),
        made_by: Some(actor.person.uuid()),
        at: now,
    };
    let Some(row) = db::payout::freeze(&mut tx, &new).await? else {
        return Err(PayoutRefusal::NothingOwed.into());
    };
    let row = send(&mut tx, row, actor.person, now).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(Payout::of(row)?)))
}

/// Notes that the money was sent, once, and writes it into the books.
async fn send(
    tx: &mut Tx<'_>,
    row: PayoutRow,
    by: PersonId,
    now: Timestamp,
) -> anyhow::Result<PayoutRow> {
    if !db::payout::sent(tx, row.id, by, now).await? {
        return Ok(row);
    }
    let currency = Currency::from_code(&row.currency).context("a currency that is kept")?;
    let source = row.id.to_string();
    let transaction =
        NewTransaction { id: row.id, payment: None, kind: "payout", source: &source, at: now };
    let entry = |account, party, amount| Entry { account, party, part: None, amount };
    let vendor = VendorId::from_uuid(row.vendor_id).to_string();
    let entries = [
        entry(Account::VendorPayouts, vendor, row.amount),
        entry(Account::Bank, String::new(), -row.amount),
    ];
    db::books::insert(tx, &transaction, currency, &entries).await?;
    Ok(PayoutRow { sent_at: Some(store::instant(now)), ..row })
}

/// Payouts that were drawn up when they were due and whose money has not been sent, newest first.
#[utoipa::path(
    get, path = "/v1/payments/payouts", tag = "books", operation_id = "waiting_payouts",
    params(PageQuery),
    responses(
        (status = OK, body = Page<Payout>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn waiting_payouts(
    Shared(app): Shared<App>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Payout>>, Fault<Never>> {
    let (limit, before) = (page.limit()?, page.after::<Uuid>()?);
    let rows = db::payout::waiting(&app.db, before, i64::from(limit) + 1).await?;
    let payouts = rows.into_iter().map(Payout::of).collect::<anyhow::Result<Vec<_>>>()?;
    Ok(Json(Page::cut(payouts, limit, |payout| payout.payout)))
}

/// Says that the money of a payout was sent, by whoever runs the bank account. The same again changes
/// nothing.
#[utoipa::path(
    post, path = "/v1/payments/payouts/{payout}/sent", tag = "books", operation_id = "payout_sent",
    params(("payout" = Uuid, Path)),
    responses(
        (status = OK, body = Payout),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn payout_sent(
    actor: Signed,
    Shared(app): Shared<App>,
    Path(payout): Path<Uuid>,
) -> Result<Json<Payout>, Fault<Never>> {
    let mut tx = app.db.begin().await?;
    let row = db::payout::find(&mut tx, payout).await?;
    let row = row.ok_or_else(|| Problem::not_found("payout"))?;
    db::vendor::lock_payouts(&mut tx, VendorId::from_uuid(row.vendor_id)).await?;
    // Somebody else may have said so meanwhile.
    let row = db::payout::find(&mut tx, payout).await?;
    let row = row.ok_or_else(|| Problem::not_found("payout"))?;
    let row = send(&mut tx, row, actor.person, app.clock.now()).await?;
    tx.commit().await?;
    Ok(Json(Payout::of(row)?))
}

/// What a vendor was paid, newest first.
#[utoipa::path(
    get, path = "/v1/payments/vendors/{vendor}/payouts", tag = "books", operation_id = "payouts",
    params(("vendor" = VendorId, Path), PageQuery),
    responses(
        (status = OK, body = Page<Payout>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn payouts(
    actor: Signed,
    Shared(app): Shared<App>,
    Path(vendor): Path<VendorId>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Payout>>, Fault<Never>> {
    let (limit, before) = (page.limit()?, page.after::<Uuid>()?);
    let stores = actor.reach.only_stores();
    if !db::vendor::is_within(&app.db, vendor, stores.as_deref()).await? {
        return Err(Problem::not_found("vendor").into());
    }
    let rows = db::payout::of_vendor(&app.db, vendor, before, i64::from(limit) + 1).await?;
    let payouts = rows.into_iter().map(Payout::of).collect::<anyhow::Result<Vec<_>>>()?;
    Ok(Json(Page::cut(payouts, limit, |payout| payout.payout)))
}
