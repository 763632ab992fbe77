use anyhow::{Context, bail};
use sqlx::{
    SqlSafeStr,
    migrate::{MigrationType, Migrator},
};

/// One file of SQL, named `V<number>__<what>.sql`.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    pub file: &'static str,
    pub sql: &'static str,
}

/// The tables of one service.
#[derive(Debug, Clone)]
pub struct Schema {
    /// The service's name: also the schema's, and the end of its role's.
    pub name: &'static str,
    pub migrations: Vec<Migration>,
}

impl Schema {
    /// Runs what has not run yet, in order, under a lock; refuses when a file that has run differs
    /// from what is embedded here.
    pub(crate) async fn migrate(&self, pool: &sqlx::PgPool) -> anyhow::Result<()> {
        let migrations =
            self.migrations.iter().map(Migration::read).collect::<anyhow::Result<Vec<_>>>()?;
        let mut migrator = Migrator::with_migrations(migrations);
        migrator.dangerous_set_table_name("_migrations");
        migrator.run(pool).await.with_context(|| format!("migrate the schema {}", self.name))
    }

    /// The files that have not run yet.
    pub async fn pending(&self, pool: &sqlx::PgPool) -> anyhow::Result<Vec<&'static str>> {
        let run: Vec<i64> = sqlx::query_scalar("select version from _migrations where success")
            .fetch_all(pool)
            .await
            .with_context(|| format!("read what has run of the schema {}", self.name))?;
        let mut pending = Vec::new();
        for migration in &self.migrations {
            if !run.contains(&migration.read()?.version) {
                pending.push(migration.file);
            }
        }
        Ok(pending)
    }
}

impl Migration {
    fn read(&self) -> anyhow::Result<sqlx::migrate::Migration> {
        let parts = self.file.strip_prefix('V').and_then(|rest| {
            let (version, what) = rest.strip_suffix(".sql")?.split_once("__")?;
            Some((version.parse::<i64>().ok()?, what))
        });
        let Some((version, what)) = parts else {
            bail!("{} is not named like V1__orders.sql", self.file);
        };
        Ok(sqlx::migrate::Migration::new(
            version,
            what.replace('_', " ").into(),
            MigrationType::Simple,
            self.sql.into_sql_str(),
            false,
        ))
    }
}
