//! PostgreSQL: one schema and one role per service, migrations, what may be read from a replica, and
//! what a violated constraint means.

pub mod cluster;
pub mod erased;
mod pool;
mod replicas;
mod schema;
mod server;

pub use replicas::{Lagging, Reads};
pub use schema::{Migration, Schema};
pub use server::{Follower, Server};
pub use sqlx::PgPool as Db;

/// A transaction on the service's own schema.
pub type Tx<'a> = sqlx::Transaction<'a, sqlx::Postgres>;

/// The constraint that a statement ran into, by name; none for every other error.
pub fn violated(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error().and_then(|error| error.constraint())
}

/// Embeds the files of a service's `migrations/` folder, in order.
#[macro_export]
macro_rules! migrations {
    ($($file:literal),* $(,)?) => {
        &[$($crate::Migration {
            file: $file,
            sql: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/", $file)),
        }),*]
    };
}

/// An instant as sqlx binds and reads it.
pub fn instant(at: jiff::Timestamp) -> jiff_sqlx::Timestamp {
    jiff_sqlx::ToSqlx::to_sqlx(at)
}

/// Asks the database for nothing, to know that it answers.
pub async fn reach(db: &Db) -> sqlx::Result<()> {
    sqlx::query("select 1").execute(db).await.map(drop)
}
