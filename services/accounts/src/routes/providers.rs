//! Signing in at a provider.

pub mod apple_notice;
pub mod begin;
pub mod callback;
pub mod deletion;
pub mod list;
pub mod redeem;

use jiff::SignedDuration;
use sha2::{Digest, Sha256};
use wire::Problem;

use crate::{App, providers::Provider};

/// From the beginning of a sign-in to its end.
const FLOW_LIFE: SignedDuration = SignedDuration::from_mins(10);

/// What is kept of a secret of 256 bits: nobody guesses it, so it needs neither salt nor key.
fn hash_of(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

fn provider<'a>(app: &'a App, name: &str) -> Result<&'a Provider, Problem> {
    app.providers.find(name).ok_or_else(|| Problem::not_found("provider"))
}

/// Where providers send browsers back to.
fn redirect_uri(app: &App, provider: &str) -> String {
    format!("{}/v1/accounts/providers/{provider}/callback", app.public_url)
}
