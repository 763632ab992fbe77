//! Why an attempt to pay did not succeed: what the customer is told, and what to do next. Pure.
//!
//! Issuers ask that nobody tells a cardholder that a card is thought to be stolen or an attempt
//! to be fraud: those reasons are kept for us and told as any other refusal.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why an attempt to pay did not succeed, whichever provider said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    InsufficientFunds,
    Expired,
    /// The security code, the number or the expiry date was mistyped.
    WrongCode,
    /// The bank asked whether it is really them, and did not get that answer.
    NotAuthenticated,
    /// More than the card or account may spend at once, in a day, or so often.
    Limit,
    /// This card or account cannot be used for this: its kind, its country, the currency.
    NotAccepted,
    /// So many attempts were declined that this payment takes no other.
    TooOften,
    /// The bank or the provider suspects fraud. Never told.
    Suspected,
    /// Never told.
    LostOrStolen,
    /// Trouble on the way to the bank: the same may succeed in a moment.
    TryAgain,
    /// The customer left the provider's page.
    Abandoned,
    /// Refused without a reason that is known.
    Other,
}

/// What the customer can best do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Next {
    /// The same way again, now.
    TryAgain,
    /// Another card or another way to pay.
    OtherMethod,
    /// Only their bank can say more.
    ContactBank,
    /// The same way again, in some minutes.
    Wait,
}

impl Why {
    pub const ALL: [Self; 12] = [
        Self::InsufficientFunds,
        Self::Expired,
        Self::WrongCode,
        Self::NotAuthenticated,
        Self::Limit,
        Self::NotAccepted,
        Self::TooOften,
        Self::Suspected,
        Self::LostOrStolen,
        Self::TryAgain,
        Self::Abandoned,
        Self::Other,
    ];

    /// As it is kept; some of it only for us: see [`Self::told`].
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InsufficientFunds => "insufficient_funds",
            Self::Expired => "expired",
            Self::WrongCode => "wrong_code",
            Self::NotAuthenticated => "not_authenticated",
            Self::Limit => "limit",
            Self::NotAccepted => "not_accepted",
            Self::TooOften => "too_often",
            Self::Suspected => "suspected",
            Self::LostOrStolen => "lost_or_stolen",
            Self::TryAgain => "try_again",
            Self::Abandoned => "abandoned",
            Self::Other => "other",
        }
    }

    /// What may be told of it outside the house.
    pub const fn told(self) -> Self {
        match self {
            Self::Suspected | Self::LostOrStolen => Self::Other,
            other => other,
        }
    }

    /// One sentence for the customer.
    pub const fn detail(self) -> &'static str {
        match self.told() {
            Self::InsufficientFunds => {
                "There is not enough money on the card or account: pay in another way, or top it \
                 up and try again."
            }
            Self::Expired => "The card has expired: pay with another one.",
            Self::WrongCode => {
                "The number, the expiry date or the security code was not right: check them and \
                 try again."
            }
            Self::NotAuthenticated => {
                "Your bank could not confirm that it is you: try again and answer its question, \
                 or pay in another way."
            }
            Self::Limit => {
                "This is more than the card or account may spend at present: pay in another way, \
                 or ask your bank to raise the limit."
            }
            Self::NotAccepted => "This card or account cannot be used here: pay in another way.",
            Self::TooOften => {
                "This was declined so often that it cannot be tried again: pay in another way."
            }
            Self::TryAgain => {
                "The bank could not be reached and nothing was taken: try again in a few minutes."
            }
            Self::Abandoned => "The payment was not finished and nothing was taken: try again.",
            // Suspected and LostOrStolen are told as this one.
            _ => {
                "The bank refused the payment without saying why: pay in another way, or ask your \
                 bank."
            }
        }
    }

    pub const fn next(self) -> Next {
        match self.told() {
            Self::WrongCode | Self::NotAuthenticated | Self::Abandoned => Next::TryAgain,
            Self::InsufficientFunds
            | Self::Expired
            | Self::NotAccepted
            | Self::TooOften
            | Self::Limit => Next::OtherMethod,
            Self::TryAgain => Next::Wait,
            _ => Next::ContactBank,
        }
    }
}

impl FromStr for Why {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|why| why.as_str() == text);
        found.ok_or_else(|| format!("unknown reason of a decline: {text}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_kept_under_a_name_of_its_own() {
        for why in Why::ALL {
            assert_eq!(why.as_str().parse(), Ok(why));
            assert_eq!(serde_json::to_value(why).unwrap(), why.as_str());
        }
        assert!("fraud".parse::<Why>().is_err());
    }

    #[test]
    fn each_is_one_clear_sentence() {
        for why in Why::ALL {
            let detail = why.detail();
            assert!(detail.ends_with('.') && detail.matches(". ").count() == 0, "{detail}");
            assert!(detail.len() <= 200 && detail.starts_with(char::is_uppercase), "{detail}");
        }
    }

    #[test]
    fn the_documentation_says_the_same() {
        let documented = include_str!("../../../docs/payments.md");
        for why in Why::ALL {
            let next = serde_json::to_value(why.next()).unwrap();
            let (code, next) = (why.told().as_str(), next.as_str().unwrap());
            let row = format!("| `{code}` | {} | `{next}` |", why.detail());
            assert!(documented.contains(&row), "{row}");
        }
    }

    #[test]
    fn suspicion_cannot_be_told_from_any_other_refusal() {
        for why in [Why::Suspected, Why::LostOrStolen] {
            assert_eq!((why.told(), why.detail()), (Why::Other, Why::Other.detail()));
            assert_eq!(why.next(), Why::Other.next());
        }
        let telling = ["fraud", "stolen", "lost", "suspect", "risk", "security reason", "blocked"];
        for why in Why::ALL {
            let said = why.detail().to_lowercase();
            assert!(telling.iter().all(|word| !said.contains(word)), "{said}");
            assert!(!telling.iter().any(|word| why.told().as_str().contains(word)));
        }
    }
}
