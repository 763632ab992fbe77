//! Connections that are kept, and how one that has fallen silent is told from one that works.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::FutureExt as _;
use sqlx::{Connection as _, PgConnection, postgres::PgPoolOptions};
use tokio::time::{Instant, timeout};

/// How long a connection may take to say that it is there: longer than a database that is late.
const ANSWER: Duration = Duration::from_secs(5);
/// A connection that has rested for so long is asked whether it is there before it is given out.
const RESTED: Duration = Duration::from_secs(5);

/// A pool none of whose places is lost to a connection that has fallen silent. The driver asks each
/// connection that comes back whether it works, and would wait for ever for one that does not say.
pub(crate) fn of(size: u32, patience: Duration) -> PgPoolOptions {
    let given = Silence::default();
    let returned = given.clone();
    PgPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(patience)
        .test_before_acquire(false)
        .before_acquire(move |connection, about| {
            let given = given.clone();
            let rested = about.idle_for >= RESTED;
            async move { given.asks(connection, about.age, rested).await }.boxed()
        })
        .after_release(move |connection, about| {
            let returned = returned.clone();
            async move { returned.asks(connection, about.age, true).await }.boxed()
        })
}

/// When a connection of a pool was last found to be silent: those that are older are not asked, one
/// patience after the other, but let go of.
#[derive(Clone, Default)]
struct Silence(Arc<Mutex<Option<Instant>>>);

impl Silence {
    async fn asks(
        &self,
        connection: &mut PgConnection,
        age: Duration,
        asks: bool,
    ) -> sqlx::Result<bool> {
        if self.is_older(age) {
            return Err(silent());
        }
        if !asks {
            return Ok(true);
        }
        let Ok(answered) = timeout(ANSWER, connection.ping()).await else {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
            return Err(silent());
        };
        answered.map(|()| true)
    }

    fn is_older(&self, age: Duration) -> bool {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|last| age > last.elapsed())
    }
}

fn silent() -> sqlx::Error {
    io::Error::new(io::ErrorKind::TimedOut, "a connection has fallen silent").into()
}
