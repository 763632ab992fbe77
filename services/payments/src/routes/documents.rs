//! Invoices and credit notes, for whoever they are for.

pub mod list;
pub mod of_order;
pub mod one;

use jiff::Timestamp;
use kernel::{CustomerId, Money, OrderId, PaymentId, StoreId, VendorId};
use serde::Serialize;
use uuid::Uuid;
use wire::{Problem, Signed};

use crate::{
    App,
    db::{self, document::DocumentRow},
    document::{DocumentContents, DocumentKind},
};

/// A document, without what is written on it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DocumentView {
    document: Uuid,
    kind: DocumentKind,
    number: String,
    vendor: VendorId,
    store: StoreId,
    order: OrderId,
    payment: PaymentId,
    total: Money,
    issued_at: Timestamp,
    /// The day in the store's time zone.
    issued_on: String,
    /// What it mends.
    #[schema(required = false)]
    refers_to: Option<Uuid>,
    /// Whether it can still be read: afterwards only its number is kept.
    readable: bool,
}

/// A document and what is written on it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct WholeDocument {
    #[serde(flatten)]
    view: DocumentView,
    /// As it was issued; none when its time is over.
    #[schema(required = false)]
    contents: Option<DocumentContents>,
}

impl TryFrom<&DocumentRow> for DocumentView {
    type Error = anyhow::Error;
    fn try_from(row: &DocumentRow) -> anyhow::Result<Self> {
        let currency = kernel::Currency::from_code(&row.currency);
        let currency = currency.ok_or_else(|| anyhow::anyhow!("currency {}", row.currency))?;
        Ok(Self {
            document: row.id,
            kind: row.kind.parse().map_err(anyhow::Error::msg)?,
            number: row.number.clone(),
            vendor: VendorId::from_uuid(row.vendor_id),
            store: row.store(),
            order: OrderId::from_uuid(row.order_id),
            payment: PaymentId::from_uuid(row.payment_id),
            total: Money::new(row.total, currency),
            issued_at: row.issued_at.to_jiff(),
            issued_on: row.issued_on.clone(),
            refers_to: row.refers_to,
            readable: row.contents.is_some(),
        })
    }
}

/// Whether what belongs to that customer and that store is within the asker's reach.
fn reaches(actor: &Signed, customer: Uuid, store: Option<Uuid>) -> bool {
    let own = actor.reach.own && CustomerId::from_uuid(customer) == actor.customer();
    own || actor.reach.all || store.is_some_and(|store| actor.reach.store(store.into()))
}

/// A document within the asker's reach.
async fn within(
    app: &App,
    actor: &Signed,
    id: Uuid,
) -> Result<DocumentRow, wire::Fault<wire::Never>> {
    let row = db::document::find(&app.db, id).await?;
    let row = row.filter(|row| reaches(actor, row.customer_id, Some(row.store_id)));
    Ok(row.ok_or_else(|| Problem::not_found("document"))?)
}
