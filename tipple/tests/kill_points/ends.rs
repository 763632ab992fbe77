//! How a flow ended: here, in the books, and at the providers.

use std::collections::BTreeMap;

use anyhow::ensure;
use kernel::OrderId;
use serde_json::Value;
use sqlx::PgPool;
use testkit::Book;

use crate::{
    flows::{Flow, Provider},
    lane::Lane,
};

/// All that has to be alike in a straight run and in one whose process was killed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// Those of the order, the superseded ones first.
    pub payments: Vec<Value>,
    pub ledger: BTreeMap<String, i64>,
    /// What the house was told, in words.
    pub told: Vec<String>,
    pub operations: Vec<String>,
    pub refunds: Vec<String>,
    pub disputes: Vec<String>,
    pub documents: Vec<String>,
    /// The providers' own books of these payments.
    pub books: Vec<Book>,
    /// How many payments the providers were asked to make.
    pub made: usize,
}

/// What must never be there, whoever was killed.
const WRONG: &[(&str, &str)] = &[
    (
        "a trial balance above zero",
        "select 1 from payments.ledger_entry group by currency
                                    having sum(amount) <> 0",
    ),
    ("a mismatch", "select 1 from payments.mismatch"),
    ("an operation that has not ended", "select 1 from payments.operation where ended_at is null"),
    ("a dead letter", "select 1 from feed.message where dead_at is not null"),
    (
        "a gap between documents",
        "select 1 from payments.document group by vendor_id, kind, year
                                 having count(*) <> max(place)",
    ),
    (
        "an event told twice",
        "select 1 from feed.message group by queue, event_id
                             having count(*) > 1",
    ),
];

impl End {
    pub async fn of(lane: &Lane, order: OrderId, made: usize) -> anyhow::Result<Self> {
        let db = &lane.watch.commits.db;
        for (what, query) in WRONG {
            let query = format!("select exists ({query})");
            let is: bool = sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_one(db).await?;
            ensure!(!is, "there is {what}");
        }
        let names: Vec<(String, String)> = sqlx::query_as(
            "select provider, coalesce(provider_payment, '') from payments.payment
             where order_id = $1 order by id",
        )
        .bind(order.uuid())
        .fetch_all(db)
        .await?;
        let book = |(provider, name): &(String, String)| {
            let known = Provider::ALL.into_iter().find(|one| one.name() == provider);
            lane.tills.book(known.expect("one of the three"), name)
        };
        let ledger: Vec<(String, i64)> = sqlx::query_as(
            "select entry.account || ' ' || replace(replace(party, $2::text, 'vendor'), $3::text, 'buyer'),
                    sum(entry.amount)::bigint
             from payments.ledger_entry entry join payments.payment p on p.id = entry.payment_id
             where order_id = $1 group by 1",
        )
        .bind(order.uuid())
        .bind(lane.vendor.to_string())
        .bind(lane.customer.to_string())
        .fetch_all(db)
        .await?;
        Ok(Self {
            payments: payments(db, order).await?,
            ledger: ledger.into_iter().collect(),
            told: told(db, order).await?,
            operations: each(
                db,
                order,
                "operation",
                "kind || ' ' || one.amount || ' ' || one.state",
            )
            .await?,
            refunds: each(db, order, "refund", "amount || ' ' || (operation_id is not null)")
                .await?,
            disputes: each(db, order, "dispute", "state || ' ' || one.amount || ' ' || one.fee")
                .await?,
            documents: each(db, order, "document", "kind || ' ' || total").await?,
            books: names.iter().map(book).collect(),
            made,
        })
    }

    /// That a straight run is what is meant by its flow.
    pub fn check(&self, provider: Provider, flow: Flow) -> anyhow::Result<()> {
        for (payment, book) in self.payments.iter().zip(&self.books) {
            let ours = |name: &str| payment[name].as_i64().unwrap_or_default();
            let net = book.captured - book.refunded - book.disputed;
            let same = net == ours("captured") - ours("refunded") - ours("disputed");
            ensure!(same && book.captured == ours("captured"), "the books differ: {self:#?}");
            let promised = ours("fee") + ours("dispute_fees");
            ensure!(book.fees == promised, "the fees differ: {self:#?}");
        }
        // Who cannot free money takes it and gives it back.
        let spare = provider == Provider::Razorpay && flow.confirmed;
        let captures: u32 = self.books.iter().map(|book| book.captures).sum();
        let meant = if spare { 1 } else { flow.captures };
        ensure!(captures == meant, "{captures} captures: {self:#?}");
        let confirmed = self.told.iter().filter(|told| *told == "authorised").count();
        ensure!(confirmed == usize::from(flow.confirmed), "told {confirmed} times: {self:#?}");
        ensure!(self.made == self.payments.len(), "made {} times: {self:#?}", self.made);
        Ok(())
    }
}

async fn payments(db: &PgPool, order: OrderId) -> sqlx::Result<Vec<Value>> {
    sqlx::query_scalar(
        "select jsonb_build_object('provider', provider, 'state', state, 'wanted', wanted,
             'authorised', authorised, 'captured', captured, 'refunded', refunded,
             'disputed', disputed, 'fee', fee, 'superseded', superseded_at is not null,
             'dispute_fees', (select coalesce(sum(dispute.fee), 0) from payments.dispute
                              where payment_id = payment.id))
         from payments.payment where order_id = $1 order by id",
    )
    .bind(order.uuid())
    .fetch_all(db)
    .await
}

async fn told(db: &PgPool, order: OrderId) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        "select body #>> '{data,moved,move}' from payments.outbox where subject = $1 order by id",
    )
    .bind(order.to_string())
    .fetch_all(db)
    .await
}

/// What is kept of each row that belongs to the order's payments.
async fn each(db: &PgPool, order: OrderId, table: &str, shown: &str) -> sqlx::Result<Vec<String>> {
    let query = format!(
        "select one.{shown} as shown from payments.{table} one
         join payments.payment p on p.id = one.payment_id where p.order_id = $1 order by 1"
    );
    sqlx::query_scalar(sqlx::AssertSqlSafe(query)).bind(order.uuid()).fetch_all(db).await
}
