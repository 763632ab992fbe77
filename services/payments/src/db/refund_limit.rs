//! Limits of refunds as operators set them, each change with who asked and who decided.

use jiff::Timestamp;
use kernel::PersonId;
use sqlx::{FromRow, PgExecutor};
use store::{Db, Tx};
use uuid::Uuid;

use crate::{
    limits::{Change, Decision, Standing, in_force},
    refunds::{Desk, Limit},
};

/// A change of a limit.
#[derive(Debug, Clone, FromRow)]
pub struct ChangeRow {
    pub id: Uuid,
    pub seq: i64,
    pub desk: String,
    pub currency: String,
    pub from_per_payment: i64,
    pub from_per_day: i64,
    pub per_payment: i64,
    pub per_day: i64,
    pub asked_by: Uuid,
    pub asked_at: jiff_sqlx::Timestamp,
    effective_at: Option<jiff_sqlx::Timestamp>,
    agreed: Option<bool>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<jiff_sqlx::Timestamp>,
}

impl ChangeRow {
    pub fn change(&self) -> Change {
        let decision = self.agreed.zip(self.decided_at);
        Change {
            to: Limit { per_payment: self.per_payment, per_day: self.per_day },
            effective_at: self.effective_at.map(jiff_sqlx::Timestamp::to_jiff),
            decision: decision.map(|(agreed, at)| Decision { agreed, at: at.to_jiff() }),
        }
    }

    pub fn standing(&self, now: Timestamp) -> Standing {
        self.change().standing(now)
    }
}

const ROW: &str = "select c.*, d.agreed, d.decided_by, d.decided_at
                   from refund_limit_change c left join refund_limit_decision d on d.change_id = c.id";

fn row(rest: &str) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(format!("{ROW} {rest}"))
}

/// What operators set, as far as it holds or waits.
pub struct Limits(Vec<ChangeRow>);

impl Limits {
    /// The limit that holds now.
    pub fn of(&self, (desk, currency): (Desk, &str), default: Limit, now: Timestamp) -> Limit {
        let those = self.0.iter().filter(|it| it.desk == desk.as_str() && it.currency == currency);
        let changes: Vec<Change> = those.map(ChangeRow::change).collect();
        in_force(default, changes.iter(), now)
    }

    /// The one that waits there for a second person or its time.
    pub fn waiting(&self, (desk, currency): (Desk, &str), now: Timestamp) -> Option<&ChangeRow> {
        let mut those = self.0.iter().rev();
        let last = those.find(|it| it.desk == desk.as_str() && it.currency == currency)?;
        (last.standing(now) == Standing::Waiting).then_some(last)
    }

    /// The currencies in which something was set.
    pub fn currencies(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|row| row.currency.as_str())
    }
}

/// The last two of each desk and currency that nobody declined: at most one of them waits, so that the
/// one that holds is among them.
pub async fn limits(db: impl PgExecutor<'_>) -> sqlx::Result<Limits> {
    let rows = sqlx::query_as(
        "select * from (
             select c.*, d.agreed, d.decided_by, d.decided_at,
                    row_number() over (partition by desk, currency order by seq desc) as back
             from refund_limit_change c left join refund_limit_decision d on d.change_id = c.id
             where d.agreed is not false) last
         where back <= 2 order by seq limit 1200",
    )
    .fetch_all(db)
    .await?;
    Ok(Limits(rows))
}

/// Newest first, before this one.
pub async fn changes(db: &Db, before: Option<i64>, limit: i64) -> sqlx::Result<Vec<ChangeRow>> {
    sqlx::query_as(row("where $1::bigint is null or c.seq < $1 order by c.seq desc limit $2"))
        .bind(before)
        .bind(limit)
        .fetch_all(db)
        .await
}

pub async fn find(db: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<Option<ChangeRow>> {
    sqlx::query_as(row("where c.id = $1")).bind(id).fetch_optional(db).await
}

/// Whoever else asks for a change or decides of one waits.
pub async fn lock(tx: &mut Tx<'_>) -> sqlx::Result<()> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('limits of refunds', 0))")
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// A change to be.
pub struct NewChange<'a> {
    pub id: Uuid,
    pub of: (Desk, &'a str),
    pub from: Limit,
    pub to: Limit,
    pub asked_by: PersonId,
    pub asked_at: Timestamp,
    pub effective_at: Option<Timestamp>,
}

pub async fn insert(tx: &mut Tx<'_>, new: &NewChange<'_>) -> sqlx::Result<()> {
    sqlx::query(
        "insert into refund_limit_change (id, desk, currency, from_per_payment, from_per_day,
                                          per_payment, per_day, asked_by, asked_at, effective_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(new.id)
    .bind(new.of.0.as_str())
    .bind(new.of.1)
    .bind(new.from.per_payment)
    .bind(new.from.per_day)
    .bind(new.to.per_payment)
    .bind(new.to.per_day)
    .bind(new.asked_by.uuid())
    .bind(store::instant(new.asked_at))
    .bind(new.effective_at.map(store::instant))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn decide(
    tx: &mut Tx<'_>,
    change: &ChangeRow,
    (by, agreed): (PersonId, bool),
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into refund_limit_decision (change_id, asked_by, agreed, decided_by, decided_at)
         values ($1, $2, $3, $4, $5)",
    )
    .bind(change.id)
    .bind(change.asked_by)
    .bind(agreed)
    .bind(by.uuid())
    .bind(store::instant(at))
    .execute(&mut **tx)
    .await?;
    Ok(())
}
