use kernel::PersonId;
use serde::{Deserialize, Serialize};

/// How to reach a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub person: PersonId,
    pub email: String,
    pub given_name: String,
    /// BCP 47, such as `en-US`.
    pub language: String,
}

/// What a code or link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To open an account.
    SignUp,
    /// To set a new password.
    ResetPassword,
    /// To take another e-mail address.
    ChangeEmail,
    /// To show that a phone is one's own.
    ConfirmPhone,
    /// To take a role that someone offers.
    Invitation,
    /// No code: something changed that its owner should know of.
    Notice,
}

/// A letter as it is to be sent now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    pub to: Recipient,
    /// BCP 47, such as `en-US`.
    pub language: String,
    /// Empty where it is not known.
    pub given_name: String,
    pub content: Content,
}

/// Where a letter goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    Email(String),
    /// E.164.
    Sms(String),
}

/// What a letter says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "says", rename_all = "snake_case")]
pub enum Content {
    /// The code, such as `7KQ2-M9XD`, and the page that takes it.
    Code { purpose: Purpose, code: String, link: String, minutes: i64 },
    /// Someone wants to open an account with an address that has one.
    HasAccount { link: String },
    /// Who offers which role.
    Invitation { by: String, role: String, link: String, days: i64 },
    /// Something changed: `password_changed`, `email_changed`, `second_factor_added`,
    /// `second_factor_removed`, `provider_linked`, `refresh_token_reused`, `erased`.
    Notice { what: String },
}
