//! Passwords: argon2id, off the threads that serve requests, a few at once.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;

use crate::Config;

/// The longest password that is looked at, in characters.
pub const LONGEST: usize = 200;
/// The shortest that a new one may be.
pub const SHORTEST: usize = 10;

/// How long a password waits for its turn before the service says that it is busy.
const PATIENCE: Duration = Duration::from_secs(5);

/// Hashes and compares passwords.
#[derive(Clone)]
pub struct Passwords {
    argon2: Argon2<'static>,
    turns: Arc<Semaphore>,
}

impl Passwords {
    pub fn new(config: &Config) -> anyhow::Result<Self> {
        let (memory, rounds, lanes) =
            (config.argon2_memory_kib, config.argon2_rounds, config.argon2_lanes);
        let params = Params::new(memory, rounds, lanes, None)
            .map_err(|error| anyhow::anyhow!("the settings accounts.argon2_…: {error}"))?;
        Ok(Self {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            turns: Arc::new(Semaphore::new(config.argon2_at_once.max(1))),
        })
    }

    /// The hash of a new password, with its salt and parameters; none when too many wait.
    pub async fn hash(&self, password: String) -> anyhow::Result<Option<String>> {
        self.in_turn(move |argon2| {
            argon2
                .hash_password(password.as_bytes())
                .map(|hash| hash.to_string())
                .map_err(|error| anyhow::anyhow!("hash a password: {error}"))
        })
        .await
    }

    /// Whether the password is the one that was hashed; none when too many wait. Takes as long
    /// without a hash, so that nobody can tell an unknown e-mail address by the time.
    pub async fn verify(
        &self,
        hash: Option<String>,
        password: String,
    ) -> anyhow::Result<Option<bool>> {
        self.in_turn(move |argon2| {
            let Some(hash) = hash else {
                let _ = argon2.hash_password(password.as_bytes());
                return Ok(false);
            };
            argon2::PasswordHash::new(&hash)
                .map(|hash| argon2.verify_password(password.as_bytes(), &hash).is_ok())
                .map_err(|error| anyhow::anyhow!("read a password hash: {error}"))
        })
        .await
    }

    /// Whether a hash was made with other parameters than a new one would be.
    pub fn is_outdated(&self, hash: &str) -> bool {
        let params = argon2::PasswordHash::new(hash).ok();
        let params = params.and_then(|hash| Params::try_from(&hash).ok());
        params.is_none_or(|params| {
            let ours = self.argon2.params();
            (params.m_cost(), params.t_cost(), params.p_cost())
                != (ours.m_cost(), ours.t_cost(), ours.p_cost())
        })
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Argon2<'static>) -> anyhow::Result<T> + Send + 'static,
    ) -> anyhow::Result<Option<T>> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned()).await;
        let Ok(turn) = turn else { return Ok(None) };
        let turn = turn.context("the turns are never closed")?;
        let argon2 = self.argon2.clone();
        let done = tokio::task::spawn_blocking(move || {
            let done = work(&argon2);
            drop(turn);
            done
        });
        done.await?.map(Some)
    }
}
