//! The keys that sign access tokens: made here, sealed in the database, changed by themselves.

use std::sync::{Arc, PoisonError, RwLock};

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use store::{Db, Tx};
use wire::SigningKey;

use crate::{Config, db::key as db, secret::Vault};

/// A new key is told of for so long before it signs, so that every process knows it by then.
const AHEAD: SignedDuration = SignedDuration::from_secs(60);
/// What a token may live longer than its time, by clocks that differ.
const SLACK: SignedDuration = SignedDuration::from_secs(60);

/// The keys of this process, as they were last read.
#[derive(Clone, Default)]
pub struct Keys {
    kept: Arc<RwLock<Vec<Key>>>,
}

#[derive(Clone)]
struct Key {
    signing: SigningKey,
    signs_from: Timestamp,
}

impl Keys {
    /// The key that signs now.
    pub fn signing(&self, now: Timestamp) -> anyhow::Result<SigningKey> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let newest = kept.iter().rev().find(|key| key.signs_from <= now);
        newest.map(|key| key.signing.clone()).context("there is no key to sign with")
    }

    /// The keys whose tokens hold or will hold.
    pub fn all(&self) -> Vec<SigningKey> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.iter().map(|key| key.signing.clone()).collect()
    }

    /// Reads them anew.
    pub async fn read(&self, database: &Db, vault: &Vault) -> anyhow::Result<()> {
        let mut keys = Vec::new();
        for row in db::keys(database).await? {
            keys.push(open(&row, vault)?);
        }
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
    }
}

fn open(row: &db::KeyRow, vault: &Vault) -> anyhow::Result<Key> {
    let seed = vault.open("signing key", &row.sealed)?;
    let seed = seed.as_slice().try_into().context("a seed has 32 bytes")?;
    let signing = SigningKey::from_seed(seed)?;
    Ok(Key { signing, signs_from: row.signs_from() })
}

/// What is to be done with the keys at `now`, oldest first by when they sign.
#[derive(Debug, PartialEq, Eq)]
struct Plan {
    /// When a new key signs, if one is due.
    make: Option<Timestamp>,
    /// How many of the oldest nobody needs any more.
    forget: usize,
}

fn plan(
    signs_from: &[Timestamp],
    newest_made: Option<Timestamp>,
    config: &Config,
    now: Timestamp,
) -> Plan {
    let life = SignedDuration::from_mins(config.access_token_minutes) + SLACK;
    let age = SignedDuration::from_hours(24 * config.key_days);
    let make = match newest_made {
        None => Some(now),
        Some(made) if now.duration_since(made) >= age => Some(now + AHEAD),
        Some(_) => None,
    };
    // A key's last token was signed when the next key took over.
    let over = |next: &Timestamp| now.duration_since(*next) > life;
    let forget = signs_from.iter().skip(1).take_while(|next| over(next)).count();
    Plan { make, forget }
}

/// Makes the first key, makes the next one when it is time, and forgets those that are over.
pub async fn tend(
    database: &Db,
    vault: &Vault,
    config: &Config,
    now: Timestamp,
) -> anyhow::Result<()> {
    let known = db::keys(database).await?;
    if settled(&known, config, now) {
        return Ok(());
    }
    let mut tx = database.begin().await?;
    let known = db::lock_keys(&mut tx).await?;
    let Plan { make, forget } = plan_of(&known, config, now);
    if let Some(signs_from) = make {
        make_key(&mut tx, vault, now, signs_from).await?;
    }
    let over: Vec<String> = known.iter().take(forget).map(|key| key.kid.clone()).collect();
    db::forget(&mut tx, &over).await?;
    tx.commit().await?;
    Ok(())
}

fn plan_of(known: &[db::KeyRow], config: &Config, now: Timestamp) -> Plan {
    let signs_from: Vec<Timestamp> = known.iter().map(db::KeyRow::signs_from).collect();
    plan(&signs_from, known.iter().map(db::KeyRow::made_at).max(), config, now)
}

fn settled(known: &[db::KeyRow], config: &Config, now: Timestamp) -> bool {
    plan_of(known, config, now) == Plan { make: None, forget: 0 }
}

/// Makes a key that signs from then on; gives its id.
async fn make_key(
    tx: &mut Tx<'_>,
    vault: &Vault,
    now: Timestamp,
    signs_from: Timestamp,
) -> anyhow::Result<String> {
    let seed = kernel::random_bytes::<32>();
    let key = SigningKey::from_seed(&seed)?;
    let public = key.verifying_key();
    let new = db::NewKey {
        kid: &public.kid,
        sealed: &vault.seal("signing key", &seed)?,
        public: &public.bytes,
        made_at: now,
        signs_from,
    };
    db::insert(tx, &new).await?;
    Ok(public.kid.clone())
}

/// Changes the key by hand: the next one signs in a minute and no live token is refused; or, where
/// the old ones may have been stolen, at once, and what those signed holds no longer.
pub async fn change(
    tx: &mut Tx<'_>,
    vault: &Vault,
    now: Timestamp,
    stolen: bool,
) -> anyhow::Result<()> {
    db::lock_keys(tx).await?;
    let kid = make_key(tx, vault, now, if stolen { now } else { now + AHEAD }).await?;
    if stolen {
        db::revoke_others(tx, &kid, now).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_key_signs_at_once() {
        let now = Timestamp::UNIX_EPOCH;
        let plan = plan(&[], None, &Config::default(), now);
        assert_eq!(plan, Plan { make: Some(now), forget: 0 });
    }

    proptest! {
        /// Whatever the ages of the keys: the one that signed a token that is not over is kept.
        #[test]
        fn no_live_token_loses_its_key(
            gaps in prop::collection::vec(1_i64..5_000_000, 1..6),
            later in 0_i64..5_000_000,
            age in 0_i64..600,
        ) {
            let config = Config::default();
            let mut at = Timestamp::UNIX_EPOCH;
            let signs_from: Vec<Timestamp> = gaps
                .iter()
                .map(|gap| {
                    at += SignedDuration::from_secs(*gap);
                    at
                })
                .collect();
            let now = at + SignedDuration::from_secs(later);
            let plan = plan(&signs_from, Some(at), &config, now);
            // A token signed within the last token's life, by whichever key signed then.
            let signed = now - SignedDuration::from_secs(age % (60 * config.access_token_minutes));
            if let Some(key) = signs_from.iter().rposition(|from| *from <= signed) {
                prop_assert!(key >= plan.forget);
            }
            prop_assert!(plan.forget < signs_from.len());
        }
    }
}
