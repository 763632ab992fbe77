use wire::{Problem, StatusCode};

/// Why a provider's word does not sign anyone in. The code is for the app, the reason for our own
/// log and the flow's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The person said no at the provider.
    Denied,
    /// The provider says that it cannot, or that what we sent is wrong.
    ErrorAnswer,
    /// No answer, not in time, or none that can be understood.
    Unavailable(&'static str),
    /// What is set of the provider and what it says of itself do not go together.
    Misconfigured(&'static str),
    /// The identity token does not hold.
    Token(TokenFault),
    /// Two answers of the provider are not about the same person, app or provider.
    Mismatch(&'static str),
    /// The state that came back is not that of a sign-in under way.
    Ended,
}

/// What is wrong with a token that a provider has signed, or has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenFault {
    Missing,
    Malformed,
    Algorithm,
    UnknownKey,
    Signature,
    Issuer,
    Audience,
    Expired,
    FromFuture,
    Nonce,
    Subject,
}

impl Failure {
    /// Stable, in `kebab-case`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Denied => "access-denied",
            Self::ErrorAnswer => "provider-error",
            Self::Unavailable(_) => "provider-unavailable",
            Self::Misconfigured(_) => "provider-misconfigured",
            Self::Token(_) => "identity-token-refused",
            Self::Mismatch(_) => "identity-mismatch",
            Self::Ended => "sign-in-ended",
        }
    }

    /// More than the app is told.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Denied | Self::ErrorAnswer | Self::Ended => "",
            Self::Unavailable(why) | Self::Misconfigured(why) | Self::Mismatch(why) => why,
            Self::Token(fault) => fault.name(),
        }
    }
}

impl TokenFault {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Malformed => "malformed",
            Self::Algorithm => "algorithm",
            Self::UnknownKey => "unknown key",
            Self::Signature => "signature",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::Expired => "expired",
            Self::FromFuture => "from the future",
            Self::Nonce => "nonce",
            Self::Subject => "subject",
        }
    }
}

/// For operations that ask a provider while the app waits.
impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let detail = "The provider cannot be used right now. Try again, or sign in another way.";
        let mut problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, failure.code(), detail);
        problem.retry_after = Some(10);
        problem
    }
}
