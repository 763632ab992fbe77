//! Passwords: argon2id, off the threads that serve requests, a few at once.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;
use wire::{Fault, Problem, Refusal, StatusCode};
use zxcvbn::{Score, zxcvbn};

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

    /// The hash of a password that someone wants to have, if it is [strong enough](weakness): `own`
    /// are words that belong to them, such as name and e-mail address, and `field` is where it was
    /// said.
    pub async fn hash_new<R: Refusal>(
        &self,
        field: &str,
        password: String,
        own: Vec<String>,
    ) -> Result<String, Fault<R>> {
        self.refuse_weak(field, &password, own).await?;
        let hash = self.hash(password).await?;
        Ok(hash.ok_or_else(|| Problem::unavailable("accounts"))?)
    }

    /// Refuses a password that is easy to guess, 422 `weak-password`.
    pub async fn refuse_weak<R: Refusal>(
        &self,
        field: &str,
        password: &str,
        own: Vec<String>,
    ) -> Result<(), Fault<R>> {
        let password = password.to_owned();
        let weak = self.in_turn(move |_| Ok(weakness(&password, &own))).await?;
        if let Some(sentence) = weak.ok_or_else(|| Problem::unavailable("accounts"))? {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return Err(Problem::new(status, "weak-password", sentence).with_field(field).into());
        }
        Ok(())
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

/// Why a password is easy to guess and what to do about it; none when it will do. Words of `own`,
/// and parts of them, are what a guesser tries first. Only the first hundred characters count, and
/// what is longer is no weaker for it.
pub fn weakness(password: &str, own: &[String]) -> Option<String> {
    let own: Vec<&str> = own
        .iter()
        .flat_map(|text| {
            let words = text.split(|char: char| !char.is_alphanumeric());
            std::iter::once(text.as_str()).chain(words)
        })
        .filter(|word| word.chars().count() > 2)
        .chain(["tipple"])
        .collect();
    let judged = zxcvbn(password, &own);
    if judged.score() >= Score::Three {
        return None;
    }
    let mut sentence = "This password is easy to guess.".to_owned();
    if let Some(feedback) = judged.feedback() {
        let warning = feedback.warning().map(|warning| warning.to_string());
        let suggestions = feedback.suggestions().iter().map(ToString::to_string);
        for part in warning.into_iter().chain(suggestions) {
            sentence.push(' ');
            sentence.push_str(&part);
        }
    }
    Some(sentence)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn ann() -> Vec<String> {
        ["ann.xilvorbanthe@example.com", "Ann", "Xilvorbanthe"].map(str::to_owned).to_vec()
    }

    #[test]
    fn what_is_easy_to_guess_is_refused_with_what_to_do() {
        for weak in [
            "password12",
            "1234567890",
            "qwertyuiop",
            "aaaaaaaaaaaaaaa",
            "abcabcabcabc",
            "letmein2026",
            "P@ssw0rd2026",
            "01/04/1990",
            "xilvorbanthe",
            "Xilvorbanthe1",
            "ann.xilvorbanthe@example.com",
            "tippletipple",
        ] {
            let why = weakness(weak, &ann()).unwrap_or_else(|| panic!("{weak} is weak"));
            assert!(why.len() > 40, "{weak}: {why}");
        }
    }

    #[test]
    fn what_nobody_guesses_will_do() {
        for strong in [
            "correct horse battery",
            "a demo password",
            "a long password",
            "tipple-demo-2026",
            "kx7Wq-2mPvz",
            "пароль из пяти слов",
            "\u{1f377}\u{1f37a}\u{1f943}\u{1f378}\u{1f9c9}\u{1f376}\u{1f379}\u{1f37e}\u{1f942}\u{1f95b}\u{2615}",
        ] {
            assert_eq!(weakness(strong, &ann()), None, "{strong}");
        }
        assert!(weakness("Xilvorbanthe1", &[]).is_none(), "it is somebody else's name");
    }

    #[test]
    fn judging_takes_a_moment_whatever_the_password() {
        let costly = ["a", "1", "p@", "4@3!", "qwerty", "19901990", "aA", "password", "\u{df}"];
        for part in costly {
            let password: String = part.repeat(200).chars().take(LONGEST).collect();
            let began = Instant::now();
            let _ = weakness(&password, &ann());
            assert!(began.elapsed() < Duration::from_secs(2), "{part}: {:?}", began.elapsed());
        }
    }
}
