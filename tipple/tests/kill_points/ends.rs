//! How a flow ended: here, in the books, and at the providers.

use std::collections::BTreeMap;

use anyhow::ensure;
use kernel::OrderId;
use serde_json::Value;
use sqlx::PgPool;
use testkit::Book;
use uuid::Uuid;

use crate::{
    flows::{Flow, Provider},
    lane::Lane,
};

/// All that has to be alike in a straight run and in one whose process was killed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// How the payment stood when all had ended that came of each act.
    pub stood: Vec<String>,
    /// Those of the order, the superseded ones first.
    pub payments: Vec<Value>,
    pub ledger: BTreeMap<String, i64>,
    /// What the house was told, in words.
    pub told: Vec<String>,
    pub operations: Vec<String>,
    pub refunds: Vec<String>,
    pub disputes: Vec<String>,
    pub documents: Vec<String>,
    /// What a person was told to look at, by its kind.
    pub mismatches: Vec<String>,
    /// Money beyond the payments' own: amount, fee, whether it was taken, and whether it went back.
    pub strays: Vec<String>,
    /// What the customer kept, and whether the provider has let go of it.
    pub methods: Vec<String>,
    /// How many methods providers keep.
    pub kept: usize,
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

const STRAY: &str = "one.amount, one.fee, one.taken_at is not null, one.given_back_at is not null";
const METHOD: &str = "one.kind, one.removed_at is not null, one.detached_at is not null";

impl End {
    pub async fn of(
        lane: &Lane,
        orders: &[OrderId],
        (stood, made): (Vec<String>, usize),
    ) -> anyhow::Result<Self> {
        let ids: Vec<Uuid> = orders.iter().map(|order| order.uuid()).collect();
        let order = ids.as_slice();
        let db = &lane.watch.commits.db;
        for (what, query) in WRONG {
            let query = format!("select exists ({query})");
            let is: bool = sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_one(db).await?;
            ensure!(!is, "there is {what}");
        }
        let names: Vec<(String, String)> = sqlx::query_as(
            "select provider, coalesce(provider_payment, '') from payments.payment
             where order_id = any($1) order by id",
        )
        .bind(order)
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
             where order_id = any($1) group by 1",
        )
        .bind(order)
        .bind(lane.vendor.to_string())
        .bind(lane.buyer().to_string())
        .fetch_all(db)
        .await?;
        Ok(Self {
            stood,
            payments: payments(db, order).await?,
            ledger: ledger.into_iter().collect(),
            told: told(db, order).await?,
            operations: each(db, order, "operation", "one.kind, one.amount, one.state").await?,
            refunds: each(db, order, "refund", "one.amount, one.operation_id is not null").await?,
            disputes: each(db, order, "dispute", "one.state, one.amount, one.fee").await?,
            documents: each(db, order, "document", "one.kind, one.total").await?,
            mismatches: each(db, order, "mismatch", "split_part(one.what, ' ', 1)").await?,
            strays: each(db, order, "stray", STRAY).await?,
            methods: each(db, order, "saved_method", METHOD).await?,
            kept: lane.tills.kept(),
            books: names.iter().map(book).collect(),
            made,
        })
    }

    /// That a straight run is what is meant by its flow.
    pub fn check(&self, provider: Provider, flow: Flow) -> anyhow::Result<()> {
        // Who was paid twice is told of it, and of nothing else.
        ensure!(self.mismatches.len() == self.strays.len(), "told of what: {self:#?}");
        ensure!(self.mismatches.iter().all(|what| what == "stray"), "a mismatch: {self:#?}");
        for (payment, book) in self.payments.iter().zip(&self.books) {
            let ours = |name: &str| payment[name].as_i64().unwrap_or_default();
            let taken = book.captured == ours("captured") + ours("strays");
            let back = book.refunded == ours("refunded") + ours("strays_back");
            let same = taken && back && book.disputed == ours("disputed");
            ensure!(same, "the books differ: {self:#?}");
            let promised = ours("fee") + ours("dispute_fees") + ours("stray_fees");
            ensure!(book.fees == promised, "the fees differ: {self:#?}");
        }
        let captures: u32 = self.books.iter().map(|book| book.captures).sum();
        let meant = flow.captures[provider as usize];
        ensure!(captures == meant, "{captures} captures: {self:#?}");
        let confirmed = self.told.iter().filter(|told| *told == "authorised").count();
        ensure!(confirmed == flow.confirmed, "told {confirmed} times: {self:#?}");
        ensure!(self.methods.len() == usize::from(flow.saves), "kept: {self:#?}");
        ensure!(self.kept == 0, "the provider has not let go: {self:#?}");
        ensure!(self.made == self.payments.len(), "made {} times: {self:#?}", self.made);
        Ok(())
    }
}

async fn payments(db: &PgPool, order: &[Uuid]) -> sqlx::Result<Vec<Value>> {
    sqlx::query_scalar(
        "select jsonb_build_object('provider', provider, 'state', state, 'wanted', wanted,
             'authorised', authorised, 'captured', captured, 'refunded', refunded,
             'disputed', disputed, 'fee', fee, 'superseded', superseded_at is not null,
             'dispute_fees', (select coalesce(sum(dispute.fee), 0) from payments.dispute
                              where payment_id = payment.id),
             'strays', (select coalesce(sum(amount) filter (where taken_at is not null), 0)
                        from payments.stray where payment_id = payment.id),
             'strays_back', (select coalesce(sum(amount) filter (where given_back_at is not null), 0)
                             from payments.stray where payment_id = payment.id),
             'stray_fees', (select coalesce(sum(fee), 0) from payments.stray
                            where payment_id = payment.id))
         from payments.payment where order_id = any($1) order by id",
    )
    .bind(order)
    .fetch_all(db)
    .await
}

async fn told(db: &PgPool, order: &[Uuid]) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        "select body #>> '{data,moved,move}' from payments.outbox where subject = any($1::uuid[]::text[])
         order by id",
    )
    .bind(order)
    .fetch_all(db)
    .await
}

/// What is kept of each row that belongs to the order's payments.
async fn each(db: &PgPool, order: &[Uuid], table: &str, shown: &str) -> sqlx::Result<Vec<String>> {
    let query = format!(
        "select concat_ws(' ', {shown}) from payments.{table} one
         join payments.payment p on p.id = one.payment_id where p.order_id = any($1) order by 1"
    );
    sqlx::query_scalar(sqlx::AssertSqlSafe(query)).bind(order).fetch_all(db).await
}
