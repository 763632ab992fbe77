//! Passwords: argon2id, off the threads that serve requests.

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

use crate::Config;

/// The hash of a new password, with its salt and parameters.
pub async fn hash(config: &Config, password: String) -> anyhow::Result<String> {
    let argon2 = argon2(config)?;
    tokio::task::spawn_blocking(move || {
        argon2
            .hash_password(password.as_bytes())
            .map(|hash| hash.to_string())
            .map_err(|error| anyhow::anyhow!("hash a password: {error}"))
    })
    .await?
}

/// Whether the password is the one that was hashed. Takes as long for `None`, so that nobody can
/// tell an unknown e-mail address by the time.
pub async fn verify(
    config: &Config,
    hash: Option<String>,
    password: String,
) -> anyhow::Result<bool> {
    let argon2 = argon2(config)?;
    tokio::task::spawn_blocking(move || match hash {
        Some(hash) => argon2::PasswordHash::new(&hash)
            .map(|hash| argon2.verify_password(password.as_bytes(), &hash).is_ok())
            .map_err(|error| anyhow::anyhow!("read a password hash: {error}")),
        None => {
            let _ = argon2.hash_password(password.as_bytes());
            Ok(false)
        }
    })
    .await?
}

fn argon2(config: &Config) -> anyhow::Result<Argon2<'static>> {
    let (memory, rounds, lanes) =
        (config.argon2_memory_kib, config.argon2_rounds, config.argon2_lanes);
    let params = Params::new(memory, rounds, lanes, None)
        .map_err(|error| anyhow::anyhow!("the settings accounts.argon2_…: {error}"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}
