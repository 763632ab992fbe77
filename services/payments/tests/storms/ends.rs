//! Where the payments of an order ended: here, in the books, and at the provider.

use std::collections::BTreeMap;

use kernel::OrderId;
use serde_json::Value;
use sqlx::{FromRow, PgPool, types::Json};
use testkit::Book;
use uuid::Uuid;

/// All that has to be alike in the straight run and in every storm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    pub here: Here,
    /// Of each payment, oldest first.
    pub books: Vec<Book>,
}

#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Here {
    /// Oldest first.
    pub payments: Vec<Value>,
    pub ledger: Json<BTreeMap<String, i64>>,
    /// What the house was told, in words.
    pub told: Vec<String>,
    pub operations: Vec<String>,
    refunds: Vec<String>,
    disputes: Vec<String>,
    /// What people of the house have to look at.
    pub alerts: Vec<String>,
}

/// Of many orders at once, for the events are looked through from the first to the last.
const ENDS: &str = "
    with mine as (select id, order_id from payments.payment where order_id = any($1)),
    told as (
        select body #>> '{data,order}' as order_id,
               array_agg(body #>> '{data,moved,move}' order by id) as moves
        from payments.outbox group by 1)
    select o.id,
        array(select jsonb_build_object('state', state, 'wanted', wanted, 'spent', spent_at is not null,
                  'superseded', superseded_at is not null, 'authorised', authorised,
                  'captured', captured, 'refunded', refunded, 'disputed', disputed, 'fee', fee)
              from payments.payment where order_id = o.id order by id) as payments,
        (select coalesce(jsonb_object_agg(account, sum), '{}') from (
             select account, sum(amount) as sum
             from payments.ledger_entry join mine on mine.id = payment_id
             where mine.order_id = o.id group by account having sum(amount) <> 0) as sums) as ledger,
        coalesce((select moves from told where order_id = o.id::text), '{}') as told,
        array(select kind || ' ' || amount || ' ' || state
              from payments.operation join mine on mine.id = payment_id
              where order_id = o.id order by seq) as operations,
        array(select amount || ' ' || (operation_id is not null) || ' ' || (returned_at is not null)
              from payments.refund join mine on mine.id = payment_id
              where order_id = o.id order by 1) as refunds,
        array(select state || ' ' || amount || ' ' || fee
              from payments.dispute join mine on mine.id = payment_id
              where order_id = o.id order by 1) as disputes,
        array(select split_part(what, ' ', 1)
              from payments.mismatch join mine on mine.id = payment_id
              where order_id = o.id order by 1) as alerts
    from unnest($1::uuid[]) as o (id)";

/// Where all these orders ended here.
pub async fn here(db: &PgPool, orders: &[OrderId]) -> BTreeMap<Uuid, Here> {
    #[derive(FromRow)]
    struct Row {
        id: Uuid,
        #[sqlx(flatten)]
        here: Here,
    }
    let orders: Vec<Uuid> = orders.iter().map(|order| order.uuid()).collect();
    let rows: Vec<Row> = sqlx::query_as(ENDS).bind(orders).fetch_all(db).await.unwrap();
    rows.into_iter().map(|row| (row.id, row.here)).collect()
}

impl End {
    /// That it is the same as `straight`'s; where it was `raced`, that the money is.
    pub fn check(&self, straight: &Self, raced: bool, what: impl Fn() -> String) {
        assert!(self.confirmed() <= 1, "confirmed {} times: {}", self.confirmed(), what());
        if raced {
            let confirmed = |told: &&String| *told != "authorised";
            let told = |end: &Self| {
                end.here.told.iter().filter(confirmed).cloned().collect::<Vec<String>>()
            };
            assert_eq!(told(self), told(straight), "{}", what());
            let money = |end: &Self| {
                let kept = |payment: &Value| {
                    ["state", "captured", "refunded"].map(|name| payment[name].clone())
                };
                let here = &end.here;
                (
                    here.payments.iter().map(kept).collect::<Vec<_>>(),
                    (here.ledger.clone(), here.refunds.clone(), here.disputes.clone()),
                    (here.alerts.clone(), end.books.clone()),
                )
            };
            assert_eq!(money(self), money(straight), "{}", what());
        } else {
            assert_eq!(&self.declined_once(), straight, "{}", what());
        }
    }

    /// Whoever comes back when a webhook has led to a decline already asks once more for what they
    /// agreed to, and is declined once more.
    fn declined_once(&self) -> Self {
        let mut end = self.clone();
        end.here.told.dedup_by(|one, before| one == before && one == "declined");
        let authorised_in_vain =
            |one: &String| one.starts_with("authorise ") && one.ends_with(" failed");
        end.here.operations.dedup_by(|one, before| one == before && authorised_in_vain(one));
        end
    }

    /// How the payments stand and, after a colon, what the house was told.
    pub fn words(&self) -> String {
        let state = |payment: &Value| payment["state"].as_str().expect("a state").to_owned();
        let states: Vec<String> = self.here.payments.iter().map(state).collect();
        format!("{}: {}", states.join(" "), self.here.told.join(" ")).trim_end().to_owned()
    }

    /// What the ledger has to hold when disputes are decided, and money beyond the payments' own has
    /// gone back, if the provider's books are right.
    pub fn ledger_by_their_books(&self) -> BTreeMap<String, i64> {
        let sum = |of: fn(&Book) -> i64| self.books.iter().map(of).sum::<i64>();
        let (disputed, fees) = (sum(|book| book.disputed), sum(|book| book.fees));
        let clearing = sum(|book| book.captured - book.refunded) - disputed - fees;
        let accounts = [
            ("provider_clearing", clearing),
            ("provider_fees", fees),
            ("dispute_losses", disputed),
            ("sales", -self.sum("captured")),
            ("refunds", self.sum("refunded")),
        ];
        let moved = accounts.into_iter().filter(|(_, amount)| *amount != 0);
        moved.map(|(account, amount)| (account.to_owned(), amount)).collect()
    }

    /// How often the house was told that it is paid.
    pub fn confirmed(&self) -> usize {
        self.here.told.iter().filter(|told| *told == "authorised").count()
    }

    /// So much of all payments here.
    pub fn sum(&self, name: &str) -> i64 {
        self.here.payments.iter().map(|payment| payment[name].as_i64().expect("an amount")).sum()
    }
}
