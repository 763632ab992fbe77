use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Something that a person does in two steps, the second by a code or a link that was sent to them.
pub enum Flow {}
/// Names a flow.
pub type FlowId = kernel::Id<Flow>;

/// What a flow is for. It is all that others see of it, so it tells nothing of whether there is
/// such a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    SignUp,
    VerifyEmail,
    ChangeEmail,
    ResetPassword,
    ConfirmPhone,
    Invitation,
    /// Only to be read: something happened to an account.
    Notice,
}

impl Purpose {
    pub const ALL: [Self; 7] = [
        Self::SignUp,
        Self::VerifyEmail,
        Self::ChangeEmail,
        Self::ResetPassword,
        Self::ConfirmPhone,
        Self::Invitation,
        Self::Notice,
    ];

    /// As it stands in JSON and in a database column.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::VerifyEmail => "verify_email",
            Self::ChangeEmail => "change_email",
            Self::ResetPassword => "reset_password",
            Self::ConfirmPhone => "confirm_phone",
            Self::Invitation => "invitation",
            Self::Notice => "notice",
        }
    }

    /// The purpose that a column names.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.name() == name)
    }
}

/// A letter as it is to leave now. It has a secret in it: whoever gets it sends it and forgets it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// An e-mail address, or a telephone number in E.164.
    pub to: String,
    pub channel: LetterChannel,
    /// BCP 47, such as `en-US`.
    pub language: String,
    /// Empty where the person has not said.
    pub given_name: String,
    pub says: Says,
    /// What the person is to type, such as `K7Q2-9FXA`; none where there is only something to read.
    pub code: Option<String>,
    /// What does the same at one touch.
    pub link: Option<String>,
    /// Until when code and link hold.
    pub expires_at: Timestamp,
}

/// How a letter reaches its person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterChannel {
    Email,
    Sms,
}

/// A way to sign in, as its person is told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    // As it was told in words before.
    #[serde(alias = "a passkey")]
    Passkey,
    #[serde(alias = "an authenticator app")]
    Authenticator,
    /// Signing in at a provider, by what that is called.
    Provider(String),
}

/// What a letter is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum Says {
    /// The code that ends a sign-up.
    SignUp,
    /// Someone wanted to sign up with an address that has an account.
    AccountExists,
    VerifyEmail,
    /// To the new address.
    ChangeEmail,
    /// To the old address: it has been changed.
    EmailChanged,
    ResetPassword,
    ConfirmPhone,
    Invitation {
        /// Who invites, by name.
        by: String,
        /// To what: the name of the role's kind, such as `manager`.
        role: String,
    },
    /// There is one more way to sign in.
    NewFactor {
        factor: Factor,
    },
    PasswordChanged,
    /// Someone used a copy of a session's token, so the session was ended.
    SessionEnded,
}
