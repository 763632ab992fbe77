//! Second factors: who has which, who must have one, and the step of signing in that asks for one.
//! Every way of signing in that shows one factor only goes on through [`go_on`].

use anyhow::Context as _;
use garde::Validate;
use jiff::{SignedDuration, Timestamp};
use kernel::{PersonId, SessionId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::Tx;
use webauthn_rs::prelude::PublicKeyCredential;
use wire::{Fault, Problem, Refusal, Signed, StatusCode};

use crate::{
    App,
    db::{self, PersonRow, factor::Factors, passkey::PasskeyRow},
    password::LONGEST,
    proof, recovery,
    session::{self, Beginning, Device, SignedIn},
    totp,
};

/// How long a second step, or a passkey's ceremony, may take.
pub const PATIENCE: SignedDuration = SignedDuration::from_mins(5);

/// What the first factor opens: a session, or the question for a second one.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(untagged)]
#[schema(as = SignInAnswer)]
pub enum Entry {
    SignedIn(SignedIn),
    SecondFactorWanted(SecondFactorWanted),
}

/// There is no session yet: a second factor is to be shown.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SecondFactorWanted {
    second_factor: Challenge,
}

/// Which second factor, and until when.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Challenge {
    /// To be sent with the second factor; works once.
    challenge: String,
    expires_at: Timestamp,
    /// Whether the code of an authenticator app is one; a recovery code always is.
    authenticator: bool,
    /// What the browser needs to ask for a passkey, as `navigator.credentials.get` takes it, its
    /// bytes in unpadded base64url; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>, required = false)]
    passkey: Option<Value>,
}

/// Goes on with someone who has shown one factor: `row` is locked in `tx`.
pub async fn go_on(
    app: &App,
    tx: &mut Tx<'_>,
    row: &PersonRow,
    method: &str,
    device: &Device,
) -> anyhow::Result<Entry> {
    let factors = db::factor::of(tx, row.id).await?;
    if !factors.any() {
        let beginning = Beginning { method, device, strong: false };
        return Ok(Entry::SignedIn(session::begin(app, tx, row, beginning).await?));
    }
    let passkeys = db::passkey::of(tx, row.id).await?;
    let begun = match passkeys.as_slice() {
        [] => None,
        _ if !app.passkeys.available() => None,
        known => Some(app.passkeys.begin_showing(known)?),
    };
    let (challenge, until) = (kernel::random_token(), app.clock.now() + PATIENCE);
    let state = begun.as_ref().map(|begun| &begun.state);
    db::second_step::begin(tx, row, (&step_hash(app, &challenge), method), state, until).await?;
    Ok(Entry::SecondFactorWanted(SecondFactorWanted {
        second_factor: Challenge {
            challenge,
            expires_at: until,
            authenticator: factors.authenticator,
            passkey: begun.map(|begun| begun.options),
        },
    }))
}

/// What is kept of a challenge.
pub fn step_hash(app: &App, challenge: &str) -> [u8; 32] {
    app.vault.keyed_hash("second step", challenge.as_bytes())
}

/// Uses a code of the person's, who is locked: one of an authenticator app or a recovery code.
/// Which it was, or none when it is neither or has been used.
pub async fn use_code(
    app: &App,
    tx: &mut Tx<'_>,
    person: PersonId,
    code: &str,
) -> anyhow::Result<Option<&'static str>> {
    let now = app.clock.now();
    if let Some(plain) = recovery::plain(code) {
        let hash = recovery_hash(app, person, &plain);
        let used = db::factor::use_recovery_code(tx, person, &hash, now).await?;
        return Ok(used.then_some("recovery code"));
    }
    let row = db::factor::authenticator(tx, person).await?;
    let Some(sealed) = row.and_then(|row| row.secret) else { return Ok(None) };
    let secret = app.vault.open("totp", &sealed)?;
    let Some(step) = totp::step_of(&secret, code.trim(), now)? else { return Ok(None) };
    let used = db::factor::use_step(tx, person, step).await?;
    Ok(used.then_some("authenticator"))
}

/// Whether a passkey of the person's, who is locked, has answered the ceremony.
pub async fn use_passkey(
    app: &App,
    tx: &mut Tx<'_>,
    person: PersonId,
    shown: &PublicKeyCredential,
    state: Value,
) -> sqlx::Result<bool> {
    let row = db::passkey::by_credential(tx, person, shown.get_credential_id()).await?;
    let Some(mut row) = row else { return Ok(false) };
    if app.passkeys.finish_showing(shown, state, &mut row).is_err() {
        return Ok(false);
    }
    db::passkey::used(tx, &row, app.clock.now()).await?;
    Ok(true)
}

/// New recovery codes in place of all others.
pub async fn renew_recovery_codes(
    app: &App,
    tx: &mut Tx<'_>,
    person: PersonId,
) -> anyhow::Result<Vec<String>> {
    let codes = recovery::new_codes();
    let hashes = codes.iter().map(|code| {
        let plain = recovery::plain(code).context("a code is read as it is written")?;
        Ok(recovery_hash(app, person, &plain).to_vec())
    });
    let hashes = hashes.collect::<anyhow::Result<Vec<_>>>()?;
    db::factor::set_recovery_codes(tx, person, &hashes).await?;
    Ok(codes)
}

fn recovery_hash(app: &App, person: PersonId, plain: &str) -> [u8; 32] {
    app.vault.keyed_hash("recovery code", format!("{person}/{plain}").as_bytes())
}

/// What follows from a factor that was just added: its session is strong from now on, and with the
/// first factor come recovery codes.
pub async fn added(
    app: &App,
    tx: &mut Tx<'_>,
    (person, session): (PersonId, SessionId),
    before: &Factors,
) -> anyhow::Result<Option<Vec<String>>> {
    db::session::strengthen(tx, session).await?;
    if before.any() && before.recovery_codes > 0 {
        return Ok(None);
    }
    renew_recovery_codes(app, tx, person).await.map(Some)
}

/// Why factors stay as they are.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum FactorRefusal {
    /// Whoever has a factor changes factors only in a session that began with one.
    SecondFactorNeeded,
    /// A role of theirs needs one.
    LastFactor,
    /// A code that is wrong or was used.
    CodeRefused,
    /// Nothing was begun, or too long ago.
    NotBegun,
    TooManyPasskeys {
        most: usize,
    },
    /// The authenticator's answer does not hold.
    PasskeyRefused,
    /// The public address has no name.
    PasskeysUnavailable,
}

impl Refusal for FactorRefusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::SecondFactorNeeded => StatusCode::FORBIDDEN,
            Self::LastFactor | Self::NotBegun | Self::TooManyPasskeys { .. } => {
                StatusCode::CONFLICT
            }
            Self::CodeRefused | Self::PasskeyRefused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::PasskeysUnavailable => StatusCode::NOT_FOUND,
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::SecondFactorNeeded => {
                "Sign out, and in again with your second factor, to change second factors.".into()
            }
            Self::LastFactor => {
                "Your role needs a second factor. Add another one before you remove this.".into()
            }
            Self::CodeRefused => {
                "The code is wrong or has been used. Wait for the next one and try that.".into()
            }
            Self::NotBegun => "It was not begun, or too long ago. Begin again.".into(),
            Self::TooManyPasskeys { most } => {
                format!("There are {most} passkeys already. Remove one first.")
            }
            Self::PasskeyRefused => "The passkey could not be verified. Begin again.".into(),
            Self::PasskeysUnavailable => {
                "There are no passkeys here, for the public address is no name.".into()
            }
        }
    }

    fn field(&self) -> Option<String> {
        match self {
            Self::CodeRefused => Some("code".into()),
            Self::PasskeyRefused => Some("credential".into()),
            _ => None,
        }
    }
}

/// The person's row and factors, locked, if this session may change factors.
pub async fn lock_to_change(
    tx: &mut Tx<'_>,
    actor: &Signed,
) -> Result<(PersonRow, Factors), Fault<FactorRefusal>> {
    let row = db::lock_person(tx, actor.person).await?.ok_or_else(crate::routes::gone)?;
    let factors = db::factor::of(tx, row.id).await?;
    if factors.any() && !db::factor::is_strong(tx, row.id, actor.pass.session).await? {
        return Err(FactorRefusal::SecondFactorNeeded.into());
    }
    Ok((row, factors))
}

/// The same for what is not asked for with a password: only where the second factor was shown a
/// moment ago, so that whoever got hold of an access token does not live on by what it gave them.
pub async fn lock_to_give_up(
    app: &App,
    tx: &mut Tx<'_>,
    actor: &Signed,
) -> Result<(PersonRow, Factors), Fault<FactorRefusal>> {
    let (row, factors) = lock_to_change(tx, actor).await?;
    let since = app.clock.now() - proof::FRESH;
    if factors.any() && !db::session::began_since(tx, actor.pass.session, since).await? {
        return Err(FactorRefusal::SecondFactorNeeded.into());
    }
    Ok((row, factors))
}

/// Refuses whoever holds an access token but is not its person.
pub async fn prove(
    app: &App,
    actor: &Signed,
    password: Option<String>,
) -> Result<(), Fault<FactorRefusal>> {
    match proof::of_asker(app, actor, password).await {
        Ok(_) => Ok(()),
        Err(Fault::Refused(refusal)) => Err(Problem::from(refusal).into()),
        Err(Fault::Problem(problem)) => Err(Fault::Problem(problem)),
        Err(Fault::Broken(error)) => Err(Fault::Broken(error)),
    }
}

/// The password once more.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Again {
    /// The account's; left out where there is none, for whoever signed in just now.
    #[garde(length(chars, max = LONGEST))]
    #[schema(max_length = 200)]
    pub password: Option<String>,
}

/// Refuses to leave someone without a factor whose role needs one. Where the last one goes, so do
/// the recovery codes, and what sessions gained by a factor.
pub async fn after_removal(
    app: &App,
    tx: &mut Tx<'_>,
    row: &PersonRow,
) -> Result<(), Fault<FactorRefusal>> {
    if db::factor::of(tx, row.id).await?.any() {
        return Ok(());
    }
    if is_needed(app, row) {
        return Err(FactorRefusal::LastFactor.into());
    }
    db::factor::set_recovery_codes(tx, row.id, &[]).await?;
    // Or a role that needs a factor, given to them later, would be in force without one.
    db::session::weaken(tx, row.id).await?;
    Ok(())
}

/// Whether a role of the person's needs a second factor.
pub fn is_needed(app: &App, row: &PersonRow) -> bool {
    let policy = app.config.second_factor;
    row.roles().iter().any(|role| session::needs_second_factor(role.kind(), policy))
}

/// Rows for [`Passkeys`](crate::passkey::Passkeys), as many as a person may have.
pub const MOST_PASSKEYS: usize = 20;

/// Whether there is room for one more.
pub fn room_for_passkey(known: &[PasskeyRow]) -> Result<(), FactorRefusal> {
    if known.len() < MOST_PASSKEYS {
        return Ok(());
    }
    Err(FactorRefusal::TooManyPasskeys { most: MOST_PASSKEYS })
}
