//! Growing delays for what may be a guess. They are counted in the database, so they hold over all
//! processes, and are charged before the guess is looked at, so that guessing in parallel gains
//! nothing.
//!
//! Nobody can lock someone out: what strangers try counts against their own network and device;
//! only against a flood from very many networks an account slows strangers down as a whole, and
//! then the devices that it knows go on as before, and a letter lets its owner in.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use kernel::PersonId;
use wire::{Problem, StatusCode};

use crate::{
    App,
    db::{PersonRow, attempt as db},
    session::Device,
};

/// How fast delays grow.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Tries without delay.
    pub free: i32,
    /// The first delay; each further try doubles it.
    pub first: SignedDuration,
    pub longest: SignedDuration,
    /// Without a try for so long all is forgotten.
    pub memory: SignedDuration,
}

const fn pace(free: i32, first: i64, longest: i64, memory: i64) -> Pace {
    Pace {
        free,
        first: SignedDuration::from_secs(first),
        longest: SignedDuration::from_secs(longest),
        memory: SignedDuration::from_secs(memory),
    }
}

/// One account from one network.
const ACCOUNT_FROM_NETWORK: Pace = pace(5, 1, 900, 3_600);
/// One account from a device that it knows.
const ACCOUNT_ON_DEVICE: Pace = pace(10, 1, 900, 3_600);
/// One account from wherever, but on devices that it does not know.
const ACCOUNT_OF_STRANGERS: Pace = pace(100, 10, 900, 3_600);
/// Whatever accounts from one network.
const NETWORK: Pace = pace(60, 1, 300, 3_600);
/// Letters to one address or phone, asked for by one person or from one network.
const LETTERS: Pace = pace(4, 60, 3_600, 7_200);
/// Letters to one address or phone, asked for by whoever is not signed in. Ever fewer, but some: or
/// whoever asks for letters to someone's address keeps them from signing up.
const LETTERS_OF_STRANGERS: Pace = pace(12, 60, 600, 7_200);
/// Letters asked for from one network.
const LETTERS_FROM_NETWORK: Pace = pace(30, 5, 600, 3_600);

/// How long whoever set a new password by letter gets in from a network where others guess.
const LET_IN: SignedDuration = SignedDuration::from_mins(15);

/// What was charged, to be given back when it was no guess.
#[derive(Debug, Clone, Default)]
pub struct Charge {
    /// Of the account from here: forgotten.
    own: Vec<[u8; 32]>,
    /// Of others too: one less. Their delay stays, or one password that is known would open the way
    /// to guess others.
    shared: Vec<[u8; 32]>,
}

/// Charges one try at an account, by its e-mail address, whether or not there is one.
pub async fn try_account(app: &App, email: &str, device: &Device) -> Result<Charge, Slow> {
    let token = device.token.as_deref().unwrap_or_default();
    let hash = device_hash(app, token);
    // Asked for in any case, so that it takes the same time.
    let known = db::knows_device(&app.db, &hash, email).await?;
    let network = network(&device.address);
    let by_letter = let_in_key(app, &network, email);
    let by_letter = db::is_let_in(&app.db, &by_letter, app.clock.now()).await?;
    let counts = if known {
        vec![(format!("device/{token}"), ACCOUNT_ON_DEVICE)]
    } else {
        vec![
            (format!("network/{network}"), NETWORK),
            (format!("here/{network}/{email}"), ACCOUNT_FROM_NETWORK),
            (format!("account/{email}"), ACCOUNT_OF_STRANGERS),
        ]
    };
    let passes = !known && (by_letter || is_unlimited(app, device));
    charge(app, &counts[usize::from(passes)..]).await
}

/// Charges one try at a machine's secret, which nobody guesses: strangers' tries do not keep the
/// machine from its tokens.
pub async fn try_machine(app: &App, machine: PersonId, device: &Device) -> Result<Charge, Slow> {
    let network = network(&device.address);
    charge(app, &[(format!("here/machine/{network}/{machine}"), ACCOUNT_FROM_NETWORK)]).await
}

/// Charges one try at the second factor of someone who showed the first one. As with passwords,
/// whoever tries elsewhere does not slow down the network and the devices of the account's owner.
pub async fn try_second_factor(
    app: &App,
    person: &PersonRow,
    device: &Device,
) -> Result<Charge, Slow> {
    let token = device.token.as_deref().unwrap_or_default();
    let hash = device_hash(app, token);
    let email = person.email.as_deref().unwrap_or_default();
    let (id, network) = (person.id, network(&device.address));
    let counts = if db::knows_device(&app.db, &hash, email).await? {
        vec![(format!("device/second factor/{token}"), ACCOUNT_ON_DEVICE)]
    } else {
        vec![
            (format!("here/second factor/{network}/{id}"), ACCOUNT_FROM_NETWORK),
            (format!("account/second factor/{id}"), ACCOUNT_OF_STRANGERS),
        ]
    };
    charge(app, &counts).await
}

/// Charges one letter to an e-mail address that someone who is not signed in wants.
pub async fn send_letter(app: &App, to: &str, device: &Device) -> Result<Charge, Slow> {
    let network = network(&device.address);
    let counts = [
        (format!("letters/from/{network}"), LETTERS_FROM_NETWORK),
        (format!("letters/to/{to}/from/{network}"), LETTERS),
        (format!("letters/to/{to}"), LETTERS_OF_STRANGERS),
    ];
    charge(app, &counts[usize::from(is_unlimited(app, device))..]).await
}

/// Charges one letter to an e-mail address or phone number that someone who is signed in wants.
/// What strangers ask for does not slow them down, and moving to another network does not help.
pub async fn send_letter_for(app: &App, to: &str, person: PersonId) -> Result<Charge, Slow> {
    let counts = [
        (format!("letters/by/{person}"), LETTERS_FROM_NETWORK),
        (format!("letters/to/{to}/by/{person}"), LETTERS),
    ];
    charge(app, &counts).await
}

/// Charges one try at something of a person's own: a second factor, their password once more.
pub async fn try_own(app: &App, what: &str, person: PersonId) -> Result<Charge, Slow> {
    charge(app, &[(format!("own/{what}/{person}"), ACCOUNT_FROM_NETWORK)]).await
}

/// Forgets what strangers tried at an account whose owner has shown by a letter that it is theirs, and
/// lets them in from where they are, whatever others try from there.
pub async fn forgive(app: &App, email: &str, device: &Device) -> sqlx::Result<()> {
    let (now, network) = (app.clock.now(), network(&device.address));
    let keys = [format!("account/{email}"), format!("here/{network}/{email}")]
        .map(|what| app.vault.keyed_hash("attempt", what.as_bytes()));
    db::give_back(&app.db, &keys, &[]).await?;
    db::let_in(&app.db, &let_in_key(app, &network, email), now, now + LET_IN).await
}

fn let_in_key(app: &App, network: &str, email: &str) -> [u8; 32] {
    app.vault.keyed_hash("attempt", format!("let in/{network}/{email}").as_bytes())
}

/// What is kept of a device's token.
pub fn device_hash(app: &App, token: &str) -> [u8; 32] {
    app.vault.keyed_hash("device", token.as_bytes())
}

/// Whether what comes from there is counted by account only.
fn is_unlimited(app: &App, device: &Device) -> bool {
    let address = device.address.parse::<IpAddr>();
    address.is_ok_and(|address| app.config.unlimited_addresses.contains(&address))
}

async fn charge(app: &App, counts: &[(String, Pace)]) -> Result<Charge, Slow> {
    let now = app.clock.now();
    let mut charged = Charge::default();
    for (what, pace) in counts {
        let key = app.vault.keyed_hash("attempt", what.as_bytes());
        if let Some(free_at) = db::charge(&app.db, &key, pace, now).await? {
            return Err(Slow::Down { free_at, now });
        }
        let own = matches!(what.split('/').next(), Some("here" | "device" | "own"));
        let keys = if own { &mut charged.own } else { &mut charged.shared };
        keys.push(key);
    }
    Ok(charged)
}

impl Charge {
    /// It was no guess: as if it had not been tried.
    pub async fn give_back(&self, app: &App) -> sqlx::Result<()> {
        db::give_back(&app.db, &self.own, &self.shared).await
    }
}

/// Why there is no try now.
#[derive(Debug)]
pub enum Slow {
    Down { free_at: Timestamp, now: Timestamp },
    Broken(sqlx::Error),
}

impl From<sqlx::Error> for Slow {
    fn from(error: sqlx::Error) -> Self {
        Self::Broken(error)
    }
}

impl<R: wire::Refusal> From<Slow> for wire::Fault<R> {
    fn from(slow: Slow) -> Self {
        match slow {
            Slow::Down { free_at, now } => {
                let seconds = free_at.duration_since(now).as_secs().max(1).cast_unsigned();
                let detail = format!(
                    "Too many tries. Wait {seconds} s, or have a letter sent that lets you in."
                );
                Problem::new(StatusCode::TOO_MANY_REQUESTS, "slow-down", detail)
                    .with_retry_after(seconds)
                    .into()
            }
            Slow::Broken(error) => error.into(),
        }
    }
}

/// The part of an address that one asker has to themselves: all of IPv4's, the first half of IPv6's.
fn network(address: &str) -> String {
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V6(v6)) => match v6.to_ipv4_mapped() {
            Some(v4) => v4.to_string(),
            None => format!("{:x?}", &v6.segments()[..4]),
        },
        Ok(IpAddr::V4(v4)) => v4.to_string(),
        Err(_) => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_what_one_asker_has() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }
}
