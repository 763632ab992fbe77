//! Where a payment ended: here, in the books, and at the provider.

use std::collections::BTreeMap;

use kernel::PaymentId;
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgPool};
use testkit::Book;

/// All that has to be alike in the straight run and in every storm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    pub payment: Value,
    pub ledger: BTreeMap<String, i64>,
    /// What the house was told, in words.
    pub told: Vec<String>,
    operations: Vec<String>,
    refunds: Vec<String>,
    disputes: Vec<String>,
    pub book: Book,
}

impl End {
    /// That it is the same as `straight`'s; where it was `raced`, that the money is.
    pub fn check(&self, straight: &Self, raced: bool, what: impl Fn() -> String) {
        let confirmed = self.told.iter().filter(|told| *told == "authorised").count();
        assert!(confirmed <= 1, "confirmed {confirmed} times: {}", what());
        if raced {
            let Self { payment, ledger, refunds, disputes, book, .. } = straight;
            let kept =
                |end: &Self| end.payment["captured"].as_i64().zip(end.payment["refunded"].as_i64());
            assert_eq!(kept(self), kept(straight), "{}", what());
            assert_eq!(self.payment["state"], payment["state"], "{}", what());
            let beside = (&self.ledger, &self.refunds, &self.disputes, self.book);
            assert_eq!(beside, (ledger, refunds, disputes, *book), "{}", what());
        } else {
            assert_eq!(self, straight, "{}", what());
        }
    }

    pub async fn of(db: &PgPool, payment: PaymentId, book: Book) -> Self {
        let row = sqlx::query_scalar(
            "select jsonb_build_object('state', state, 'wanted', wanted, 'authorised', authorised,
                 'captured', captured, 'refunded', refunded, 'disputed', disputed, 'fee', fee)
             from payments.payment where id = $1",
        );
        let sums: Vec<(String, i64)> = sqlx::query_as(
            "select account, sum(amount)::bigint from payments.ledger_entry
             where payment_id = $1 group by account having sum(amount) <> 0",
        )
        .bind(payment.uuid())
        .fetch_all(db)
        .await
        .unwrap();
        let told = "select body #>> '{data,moved,move}' from payments.outbox
                    where body #>> '{data,payment}' = $1::text order by id";
        let operations = "select kind || ' ' || amount || ' ' || state from payments.operation
                          where payment_id = $1 order by seq";
        let refunds = "select amount || ' ' || (operation_id is not null) from payments.refund
                       where payment_id = $1 order by 1";
        let disputes = "select state || ' ' || amount || ' ' || fee from payments.dispute
                        where payment_id = $1 order by 1";
        Self {
            payment: row.bind(payment.uuid()).fetch_one(db).await.unwrap(),
            ledger: sums.into_iter().collect(),
            told: each(db, payment, told).await,
            operations: each(db, payment, operations).await,
            refunds: each(db, payment, refunds).await,
            disputes: each(db, payment, disputes).await,
            book,
        }
    }
}

async fn each(db: &PgPool, payment: PaymentId, query: &'static str) -> Vec<String> {
    let each = sqlx::query_scalar(AssertSqlSafe(query)).bind(payment.uuid());
    each.fetch_all(db).await.unwrap()
}
