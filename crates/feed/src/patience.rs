//! Nothing here waits for ever: a connection to the database may fall silent in the middle of a
//! question, and then what asked is to begin anew on another one.

use std::time::Duration;

use anyhow::{Context as _, bail};

/// How long a round of questions to the database may take, and how long a broker over what is sent in it.
pub(crate) const ROUND: Duration = Duration::from_secs(20);
/// The same for what may have to delete much.
pub(crate) const LONG_ROUND: Duration = Duration::from_mins(1);
/// How long the few questions about one event may take.
pub(crate) const QUESTIONS: Duration = Duration::from_secs(10);

/// What `work` comes to, unless it takes too long.
pub(crate) async fn within<T, E>(
    patience: Duration,
    what: &str,
    work: impl Future<Output = Result<T, E>>,
) -> anyhow::Result<T>
where
    Result<T, E>: anyhow::Context<T, E>,
{
    match tokio::time::timeout(patience, work).await {
        Ok(done) => done.with_context(|| what.to_owned()),
        Err(_) => bail!("{what}: no answer within {} s", patience.as_secs()),
    }
}
