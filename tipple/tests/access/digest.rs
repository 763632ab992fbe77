//! What is in all tables, in short: whether anything changed, and where.

use std::{collections::BTreeMap, time::Duration};

use sqlx::{AssertSqlSafe, PgConnection};
use testkit::Bench;

/// By table, how much is in it and a hash of it.
pub type Digest = BTreeMap<String, String>;

/// Looks into every table of every schema of ours.
pub struct Tables {
    connection: PgConnection,
    query: String,
}

impl Tables {
    pub async fn of(bench: &Bench) -> Self {
        let mut connection = bench.connection().await;
        let names: Vec<String> = sqlx::query_scalar(
            "select schemaname || '.' || quote_ident(tablename) from pg_tables
             where schemaname not in ('pg_catalog', 'information_schema', 'public')",
        )
        .fetch_all(&mut connection)
        .await
        .expect("the tables");
        assert!(names.len() > 50, "only {} tables", names.len());
        let of_one = names.iter().map(|name| {
            let counted = counted(name);
            format!(
                "select '{name}', count(*) || ' ' || md5(coalesce(string_agg(h, '' order by h), ''))
                 from (select md5(x::text) as h from {name} x where {counted}) y"
            )
        });
        let query = of_one.collect::<Vec<_>>().join(" union all ");
        Self { connection, query }
    }

    pub async fn digest(&mut self) -> Digest {
        let rows: Vec<(String, String)> = sqlx::query_as(AssertSqlSafe(self.query.clone()))
            .fetch_all(&mut self.connection)
            .await
            .expect("the digest");
        rows.into_iter().collect()
    }

    /// Waits until nothing changes any more by itself.
    pub async fn quiet(&mut self) -> Digest {
        let mut before = self.digest().await;
        let mut calm = 0;
        for _ in 0..400 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let now = self.digest().await;
            calm = if now == before && waiting(&now) == 0 { calm + 1 } else { 0 };
            if calm == 4 {
                return now;
            }
            before = now;
        }
        panic!("something goes on for ever");
    }
}

/// Which rows of a table count. What was done before reaches the audit trail in its own time.
fn counted(table: &str) -> &'static str {
    match table {
        "accounts.inbox" => "false",
        "accounts.audit" => "not facts ? 'service'",
        "feed.message" => "kind <> 'tipple.house.deed'",
        _ if table.ends_with(".outbox") => "kind <> 'tipple.house.deed'",
        _ => "true",
    }
}

/// How many events are on their way.
fn waiting(digest: &Digest) -> usize {
    let count = digest["feed.message"].split(' ').next().unwrap_or_default();
    count.parse().unwrap_or(usize::MAX)
}

/// The tables in which the two differ.
pub fn changed(before: &Digest, after: &Digest) -> Vec<String> {
    let differs = |name: &&String| before.get(*name) != after.get(*name);
    after.keys().filter(differs).cloned().collect()
}
