//! Codes and links: what is asked for in one step and done in a second one, by whoever got the
//! letter. Each is used once, for one purpose, by one account, for a short time.

use accounts_api::{CodeWanted, FlowId, Letter, LetterChannel, Purpose, Says};
use jiff::SignedDuration;
use kernel::PersonId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::Tx;
use wire::{Refusal, StatusCode};

use crate::{
    App,
    db::{self, PersonRow, flow::FlowRow},
    profile::LANGUAGE,
};

/// What a code is made of: no letters or digits that look alike, and none that make words.
const ALPHABET: &[u8; 28] = b"23456789BCDFGHJKLMNPQRSTVWXZ";
/// Its length: 38 bits, of which a flow lets five be guessed.
const LENGTH: usize = 8;

/// Where a letter goes.
#[derive(Debug, Clone, Copy)]
pub enum To<'a> {
    Email(&'a str),
    Phone(&'a str),
}

/// Begins a flow, and has its letter written, in the transaction of what it is for.
pub async fn begin(
    app: &App,
    tx: &mut Tx<'_>,
    (purpose, to): (Purpose, To<'_>),
    person: Option<PersonId>,
    data: Value,
) -> anyhow::Result<FlowId> {
    let now = app.clock.now();
    let (id, life) = (FlowId::new(), life(app, purpose));
    let (email, phone) = match to {
        To::Email(email) => (Some(email), None),
        To::Phone(phone) => (None, Some(phone)),
    };
    let expires_at = now + life;
    let new = db::flow::NewFlow { id, purpose, email, phone, person, data, at: now, expires_at };
    db::flow::insert(tx, &new).await?;
    feed::append(tx, &CodeWanted { flow: id, purpose }, now).await?;
    Ok(id)
}

fn life(app: &App, purpose: Purpose) -> SignedDuration {
    match purpose {
        Purpose::Invitation => SignedDuration::from_hours(24 * app.config.invitation_days),
        // News of what happened are worth telling for longer than a code holds.
        Purpose::Notice => SignedDuration::from_hours(48),
        _ => SignedDuration::from_mins(app.config.code_minutes),
    }
}

/// Tells the person at an e-mail address of something that happened to their account.
pub async fn tell(
    app: &App,
    tx: &mut Tx<'_>,
    person: PersonId,
    email: &str,
    says: &Says,
) -> anyhow::Result<()> {
    let data = serde_json::to_value(says)?;
    begin(app, tx, (Purpose::Notice, To::Email(email)), Some(person), data).await.map(drop)
}

/// A code that was shown does not open anything. Why is not told.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum CodeRefused {
    CodeRefused,
}

impl Refusal for CodeRefused {
    fn status(&self) -> StatusCode {
        StatusCode::UNPROCESSABLE_ENTITY
    }
    fn detail(&self) -> String {
        "The code is wrong, used or too old. Look at the newest letter, or ask for another.".into()
    }
    fn field(&self) -> Option<String> {
        Some("code".into())
    }
}

/// The flow that this code opens. It is still to be [used up](db::flow::use_up), in the transaction
/// of what it is for.
pub async fn opened_by(
    app: &App,
    flow: FlowId,
    purpose: Purpose,
    code: &str,
) -> sqlx::Result<Option<FlowRow>> {
    let row = db::flow::guess(&app.db, flow, purpose, app.clock.now()).await?;
    let hash = code_hash(app, flow, code);
    Ok(row.filter(|row| bool::from(subtle::ConstantTimeEq::ct_eq(row.code_hash(), &hash[..]))))
}

/// The letter of a flow, with a new code; none when there is nothing to send.
pub async fn letter(app: &App, id: FlowId) -> anyhow::Result<Option<Letter>> {
    let now = app.clock.now();
    let Some(row) = db::flow::open(&app.db, id, now).await? else { return Ok(None) };
    let Some(purpose) = Purpose::named(&row.purpose) else { return Ok(None) };
    let Some((says, has_code)) = says(app, &row, purpose).await? else { return Ok(None) };
    let code = if has_code { Some(new_code()) } else { None };
    if let Some(code) = &code {
        let hash = code_hash(app, id, code);
        if !db::flow::set_code(&app.db, id, &hash, now).await? {
            return Ok(None);
        }
    }
    let person = match row.person() {
        Some(person) => db::person(&app.db, person).await?,
        None => None,
    };
    let language = language(app, &row, person.as_ref()).await?;
    let expires_at = row.expires_at();
    let channel = if row.phone.is_some() { LetterChannel::Sms } else { LetterChannel::Email };
    Ok(Some(Letter {
        to: row.phone.or(row.email).unwrap_or_default(),
        channel,
        language,
        // Whoever signs up says what they are called, and where the letter goes: were the name in
        // it, they could write to anyone in our name.
        given_name: person.map_or_else(String::new, |row| row.given_name),
        says,
        link: code.as_deref().map(|code| link(app, id, purpose, code)),
        code,
        expires_at,
    }))
}

/// In which language somebody is written to: their own; else the one in which they asked; else that of
/// whoever invites them.
async fn language(app: &App, row: &FlowRow, person: Option<&PersonRow>) -> anyhow::Result<String> {
    if let Some(person) = person {
        return Ok(person.language.clone());
    }
    let by_email = match &row.email {
        Some(email) => db::person_by_email(&app.db, email).await?,
        None => None,
    };
    if let Some(person) = by_email {
        return Ok(person.language);
    }
    if let Some(asked) = row.data["language"].as_str() {
        return Ok(asked.to_owned());
    }
    let by = serde_json::from_value::<PersonId>(row.data["by"].clone()).ok();
    let by = match by {
        Some(by) => db::person(&app.db, by).await?,
        None => None,
    };
    Ok(by.map_or_else(|| LANGUAGE.to_owned(), |by| by.language))
}

/// What the letter says, and whether it has a code; none when nobody should get one.
async fn says(app: &App, row: &FlowRow, purpose: Purpose) -> anyhow::Result<Option<(Says, bool)>> {
    let email = row.email.as_deref().unwrap_or_default();
    Ok(match purpose {
        Purpose::SignUp | Purpose::ChangeEmail
            if db::person_by_email(&app.db, email).await?.is_some() =>
        {
            Some((Says::AccountExists, false))
        }
        Purpose::SignUp => Some((Says::SignUp, true)),
        Purpose::ResetPassword => {
            let known = db::person_by_email(&app.db, email).await?;
            known.map(|_| (Says::ResetPassword, true))
        }
        Purpose::VerifyEmail => Some((Says::VerifyEmail, true)),
        Purpose::ChangeEmail => Some((Says::ChangeEmail, true)),
        Purpose::ConfirmPhone => Some((Says::ConfirmPhone, true)),
        Purpose::Invitation | Purpose::Notice => {
            let says = serde_json::from_value(row.data["says"].clone());
            let says = says.or_else(|_| serde_json::from_value(row.data.clone()))?;
            Some((says, purpose == Purpose::Invitation))
        }
    })
}

fn link(app: &App, id: FlowId, purpose: Purpose, code: &str) -> String {
    let page = match purpose {
        Purpose::SignUp => "sign-up",
        Purpose::ResetPassword => "reset-password",
        Purpose::VerifyEmail | Purpose::ChangeEmail => "confirm-email",
        Purpose::ConfirmPhone => "confirm-phone",
        Purpose::Invitation => "invitation",
        Purpose::Notice => "account",
    };
    // After the #, so that no server and no log on the way learns it.
    format!("{}/{page}#flow={id}&code={code}", app.public_url)
}

fn new_code() -> String {
    // 28 does not divide 256: what is beyond its multiples is drawn again.
    let mut code = String::new();
    while code.len() < LENGTH + 1 {
        for byte in kernel::random_bytes::<32>() {
            if code.len() == LENGTH / 2 {
                code.push('-');
            }
            if byte < 252 && code.len() < LENGTH + 1 {
                code.push(char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]));
            }
        }
    }
    code
}

/// Capitals, hyphens and spaces do not matter.
fn code_hash(app: &App, flow: FlowId, code: &str) -> [u8; 32] {
    let plain: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|char| char.to_ascii_uppercase())
        .take(2 * LENGTH)
        .collect();
    app.vault.keyed_hash("flow code", format!("{flow}/{plain}").as_bytes())
}

/// A code as it was typed.
pub fn code_text(text: &str, (): &()) -> garde::Result {
    if (LENGTH..=20).contains(&text.len()) {
        return Ok(());
    }
    Err(garde::Error::new("is not a code such as 7KQ2-M9XD"))
}

/// What beginning a flow answers: the same whether or not there is such an account.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Begun {
    /// To be sent with the code of the letter.
    pub flow: FlowId,
    /// How long the code holds.
    pub minutes: i64,
}

impl Begun {
    pub fn of(app: &App, flow: FlowId) -> Self {
        Self { flow, minutes: app.config.code_minutes }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_differ_and_are_easy_to_read() {
        let codes: BTreeSet<String> = (0..1_000).map(|_| new_code()).collect();
        assert_eq!(codes.len(), 1_000);
        for code in &codes {
            let (front, back) = code.split_once('-').expect("a hyphen in the middle");
            assert_eq!((front.len(), back.len()), (4, 4));
            let plain = code.bytes().filter(|byte| *byte != b'-');
            assert!(plain.clone().all(|byte| ALPHABET.contains(&byte)), "{code}");
        }
    }
}
