//! What is Apple's own: the client secret that we sign ourselves, the name that comes once, and
//! the notices that its servers send.

use anyhow::{Context as _, ensure};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Failure, TokenFault, clean_name,
    openid::{OpenId, Party, token},
};

/// How long a client secret of ours holds. Each is made for one call.
const SECRET_LIFE: SignedDuration = SignedDuration::from_mins(5);

/// The longest `user` that is read, in bytes.
const LONGEST_USER: usize = 4 * 1024;

/// From here on a number of an instant is one of milliseconds: as seconds it is the year 5138.
const FIRST_MILLISECONDS: i64 = 100_000_000_000;

/// The key that Apple has given to a team.
pub struct Key {
    team: String,
    id: String,
    key: EncodingKey,
}

#[derive(Serialize)]
struct SecretClaims<'a> {
    iss: &'a str,
    iat: i64,
    exp: i64,
    aud: &'a str,
    sub: &'a str,
}

impl Key {
    pub fn new(team: &str, id: &str, pem: &SecretString) -> anyhow::Result<Self> {
        ensure!(!team.is_empty() && !id.is_empty(), "set team_id and key_id");
        let key = EncodingKey::from_ec_pem(pem.expose_secret().trim().as_bytes());
        let key = key.context("private_key is not the text of a .p8 file")?;
        let key = Self { team: team.into(), id: id.into(), key };
        // Whether it can sign shows only when it does: now, rather than at the first sign-in.
        key.sign("", "", Timestamp::UNIX_EPOCH).context("private_key cannot sign")?;
        Ok(key)
    }

    /// What proves that we are the client: an ES256 token of ours, new each time.
    pub fn client_secret(&self, party: &Party, now: Timestamp) -> Result<String, Failure> {
        self.sign(&party.issuer, &party.client_id, now)
            .map_err(|_| Failure::Misconfigured("the private key does not sign"))
    }

    fn sign(
        &self,
        audience: &str,
        client: &str,
        now: Timestamp,
    ) -> jsonwebtoken::errors::Result<String> {
        let claims = SecretClaims {
            iss: &self.team,
            iat: now.as_second(),
            exp: (now + SECRET_LIFE).as_second(),
            aud: audience,
            sub: client,
        };
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(self.id.clone());
        jsonwebtoken::encode(&header, &claims, &self.key)
    }
}

#[derive(Deserialize)]
struct User {
    name: Option<UserName>,
}

#[derive(Deserialize)]
struct UserName {
    #[serde(rename = "firstName")]
    first: Option<String>,
    #[serde(rename = "lastName")]
    last: Option<String>,
}

/// The name in the `user` field of the form. It is not signed: anyone could have written it, so
/// nothing but a name is taken from it.
pub fn first_name_and_last(user: &str) -> Option<(String, String)> {
    if user.len() > LONGEST_USER {
        return None;
    }
    let name = serde_json::from_str::<User>(user).ok()?.name?;
    Some((clean_name(name.first.as_deref()), clean_name(name.last.as_deref())))
}

/// What one of Apple's servers tells about someone.
#[derive(Debug, PartialEq, Eq)]
pub struct Notice {
    pub subject: String,
    pub what: What,
    /// When it happened there.
    pub at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Our app has been removed from the account there, or the account itself has ended.
    Gone,
    /// Whether mail to the relay address arrives.
    EmailReachable(bool),
    /// A kind of notice that came into being later.
    Other,
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    sub: String,
    event_time: i64,
}

/// Reads a notice that Apple has signed for us.
pub async fn notice(apple: &OpenId, payload: &str, now: Timestamp) -> Result<Notice, Failure> {
    let claims = apple.signed(payload, now).await?;
    token::check_parties(&claims, &apple.expected(None, now))?;
    token::check_issued(&claims, now)?;
    // The events are JSON within text within JSON.
    let events = match claims.events {
        Some(Value::String(text)) => serde_json::from_str(&text).ok(),
        events => events,
    };
    let event: Option<Event> = events.and_then(|events| serde_json::from_value(events).ok());
    let event = event.ok_or(TokenFault::Malformed)?;
    let at = if event.event_time >= FIRST_MILLISECONDS {
        Timestamp::from_millisecond(event.event_time)
    } else {
        Timestamp::from_second(event.event_time)
    };
    let at = at.map_err(|_| TokenFault::Malformed)?;
    if !token::is_subject(&event.sub) {
        return Err(TokenFault::Subject.into());
    }
    let what = match event.kind.as_str() {
        "consent-revoked" | "account-delete" | "account-deleted" => What::Gone,
        "email-disabled" => What::EmailReachable(false),
        "email-enabled" => What::EmailReachable(true),
        _ => What::Other,
    };
    // What was in the future for us is over by the time that it is told.
    Ok(Notice { subject: event.sub, what, at: at.min(now) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_and_nothing_else() {
        let user = r#"{"name":{"firstName":" Ann\u0000","lastName":"Lee"},"email":"x@y.example"}"#;
        assert_eq!(first_name_and_last(user), Some(("Ann".into(), "Lee".into())));
        assert_eq!(first_name_and_last(r#"{"name":{}}"#), Some((String::new(), String::new())));
        let long = format!("{{\"name\":{{\"firstName\":\"{}\"}}}}", "a".repeat(LONGEST_USER));
        for bad in ["", "{}", "[]", "{\"name\":1}", &long] {
            assert_eq!(first_name_and_last(bad), None, "{bad}");
        }
    }
}
