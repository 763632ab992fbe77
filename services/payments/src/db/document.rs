//! Invoices and credit notes.

use jiff::Timestamp;
use kernel::{Id, OrderId, PaymentId, StoreId, VendorId};
use payments_api::Sale;
use sqlx::{FromRow, types::Json};
use store::{Db, Tx};
use uuid::Uuid;

use crate::{
    document::{DocumentContents, DocumentKind, DocumentParty},
    payment::Payment,
};

/// The next number of a vendor's series. Whoever else wants one waits until the transaction ends, so
/// that one that is rolled back leaves no gap.
pub async fn next_place(
    tx: &mut Tx<'_>,
    vendor: VendorId,
    kind: DocumentKind,
    year: i16,
) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        "insert into document_series as series (vendor_id, year, invoices, credit_notes)
         values ($1, $2, case when $3 = 'invoice' then 1 else 0 end,
                 case when $3 = 'invoice' then 0 else 1 end)
         on conflict (vendor_id, year) do update
             set invoices = series.invoices + excluded.invoices,
                 credit_notes = series.credit_notes + excluded.credit_notes
         returning case when $3 = 'invoice' then series.invoices else series.credit_notes end",
    )
    .bind(vendor.uuid())
    .bind(year)
    .bind(kind.as_str())
    .fetch_one(&mut **tx)
    .await
}

/// A document to be kept.
pub struct NewDocument<'a> {
    pub payment: &'a Payment,
    pub sale: &'a Sale,
    pub year: i16,
    pub place: i64,
    pub source: &'a str,
    pub refers_to: Option<Uuid>,
    pub contents: &'a DocumentContents,
}

pub async fn insert(tx: &mut Tx<'_>, new: &NewDocument<'_>, at: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "insert into document (id, vendor_id, store_id, kind, year, place, number, payment_id,
                               order_id, customer_id, source, refers_to, currency, total, issued_at,
                               issued_on, contents)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::text::date,
                 $17)",
    )
    .bind(Id::<DocumentContents>::new().uuid())
    .bind(new.sale.vendor.uuid())
    .bind(new.sale.store.uuid())
    .bind(new.contents.kind.as_str())
    .bind(new.year)
    .bind(new.place)
    .bind(&new.contents.number)
    .bind(new.payment.id.uuid())
    .bind(new.payment.order.uuid())
    .bind(new.payment.customer.uuid())
    .bind(new.source)
    .bind(new.refers_to)
    .bind(new.contents.total.currency.code())
    .bind(new.contents.total.amount)
    .bind(store::instant(at))
    .bind(&new.contents.issued_on)
    .bind(Json(new.contents))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A sale, who it is for, and by whose terms.
#[derive(FromRow)]
pub struct SoldRow {
    #[sqlx(json)]
    pub body: Sale,
    pub recipient: String,
    pub address: String,
    pub legal_name: Option<String>,
    pub legal_address: Option<String>,
    pub tax_number: Option<String>,
}

impl SoldRow {
    /// The vendor by its terms; where there are none yet, the store.
    pub fn seller(&self) -> DocumentParty {
        match (&self.legal_name, &self.legal_address) {
            (Some(name), Some(address)) => DocumentParty {
                name: name.clone(),
                address: address.clone(),
                tax_number: self.tax_number.clone().filter(|number| !number.is_empty()),
            },
            _ => DocumentParty {
                name: self.body.store_name.clone(),
                address: self.body.store_address.clone(),
                tax_number: None,
            },
        }
    }

    pub fn buyer(&self) -> DocumentParty {
        let (name, address) = (self.recipient.clone(), self.address.clone());
        DocumentParty { name, address, tax_number: None }
    }
}

/// What was sold by an order; none where that was not told.
pub async fn sold(tx: &mut Tx<'_>, order: OrderId) -> sqlx::Result<Option<SoldRow>> {
    sqlx::query_as(
        "select sale.body, sale.recipient, sale.address, terms.legal_name,
                terms.address as legal_address, terms.tax_number
         from sale left join lateral (
             select legal_name, address, tax_number from vendor_terms
             where vendor_terms.vendor_id = sale.vendor_id order by version desc limit 1
         ) terms on true
         where order_id = $1",
    )
    .bind(order.uuid())
    .fetch_optional(&mut **tx)
    .await
}

/// A document as it is kept.
#[derive(FromRow)]
pub struct DocumentRow {
    pub id: Uuid,
    pub vendor_id: Uuid,
    pub store_id: Uuid,
    pub kind: String,
    pub place: i64,
    pub number: String,
    pub payment_id: Uuid,
    pub order_id: Uuid,
    pub customer_id: Uuid,
    pub refers_to: Option<Uuid>,
    pub currency: String,
    pub total: i64,
    pub issued_at: jiff_sqlx::Timestamp,
    pub issued_on: String,
    pub contents: Option<Json<DocumentContents>>,
}

/// Everything but what is only for the database.
macro_rules! documents {
    ($rest:literal) => {
        concat!(
            "select id, vendor_id, store_id, kind, place, number, payment_id, order_id,
                    customer_id, refers_to, currency, total, issued_at, issued_on::text, contents
             from document ",
            $rest
        )
    };
}

/// The document of a payment that something was written on.
pub async fn of_source(
    tx: &mut Tx<'_>,
    payment: PaymentId,
    kind: DocumentKind,
    source: &str,
) -> sqlx::Result<Option<DocumentRow>> {
    sqlx::query_as(documents!("where payment_id = $1 and kind = $2 and source = $3"))
        .bind(payment.uuid())
        .bind(kind.as_str())
        .bind(source)
        .fetch_optional(&mut **tx)
        .await
}

pub async fn find(db: &Db, id: Uuid) -> sqlx::Result<Option<DocumentRow>> {
    sqlx::query_as(documents!("where id = $1")).bind(id).fetch_optional(db).await
}

/// All of an order, in the order of their making.
pub async fn of_order(db: &Db, order: OrderId) -> sqlx::Result<Vec<DocumentRow>> {
    sqlx::query_as(documents!("where order_id = $1 order by id limit 500"))
        .bind(order.uuid())
        .fetch_all(db)
        .await
}

/// Whose an order is, and at which store, as its payments say; none where there are none.
pub async fn order_of(db: &Db, order: OrderId) -> sqlx::Result<Option<(Uuid, Option<Uuid>)>> {
    sqlx::query_as("select customer_id, store_id from payment where order_id = $1 limit 1")
        .bind(order.uuid())
        .fetch_optional(db)
        .await
}

/// Which documents of a vendor.
pub struct Series {
    pub vendor: VendorId,
    pub kind: DocumentKind,
    pub year: i16,
}

/// A vendor's series by number, after this one.
pub async fn of_series(
    db: &Db,
    series: &Series,
    after: i64,
    limit: i64,
) -> sqlx::Result<Vec<DocumentRow>> {
    let query = documents!(
        "where vendor_id = $1 and kind = $2 and year = $3 and place > $4 order by place limit $5"
    );
    sqlx::query_as(query)
        .bind(series.vendor.uuid())
        .bind(series.kind.as_str())
        .bind(series.year)
        .bind(after)
        .bind(limit)
        .fetch_all(db)
        .await
}

/// Takes the contents out of documents of that year and before, and who it was for out of sales,
/// some at a time; how many.
pub async fn cut(db: &Db, until_year: i16) -> sqlx::Result<u64> {
    let mut tx = db.begin().await?;
    sqlx::query("select set_config('payments.documents_until_year', $1, true)")
        .bind(until_year.to_string())
        .execute(&mut *tx)
        .await?;
    let done = sqlx::query(
        "update document set contents = null
         where id in (select id from document where contents is not null and year <= $1
                      order by year limit 500 for update skip locked)",
    )
    .bind(until_year)
    .execute(&mut *tx)
    .await?;
    let sales = sqlx::query(
        "update sale set recipient = '', address = ''
         where order_id in (select order_id from sale
                            where (recipient <> '' or address <> '')
                              and at < make_date($1::int + 1, 1, 1)::timestamp at time zone 'UTC' - interval '14 hours'
                            limit 500 for update skip locked)",
    )
    .bind(until_year)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(done.rows_affected() + sales.rows_affected())
}

impl DocumentRow {
    pub fn store(&self) -> StoreId {
        StoreId::from_uuid(self.store_id)
    }
}
