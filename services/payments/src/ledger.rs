//! Double entry: which accounts a movement of money touches. Pure.
//!
//! | account               | holds                                                      |
//! | --------------------- | ---------------------------------------------------------- |
//! | `authorisations`      | what providers have set aside for us (memorandum)          |
//! | `authorised_funds`    | the customers' side of that                                |
//! | `provider_receivable` | what providers owe us: captured less refunded              |
//! | `order_clearing`      | what we owe for it: goods, taxes, fees, tips of the orders |
//! | `refunds`             | what of that went back to customers                        |

/// An account of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    Authorisations,
    AuthorisedFunds,
    ProviderReceivable,
    OrderClearing,
    Refunds,
}

impl Account {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authorisations => "authorisations",
            Self::AuthorisedFunds => "authorised_funds",
            Self::ProviderReceivable => "provider_receivable",
            Self::OrderClearing => "order_clearing",
            Self::Refunds => "refunds",
        }
    }
}

/// One movement of one payment's money, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movement {
    Authorised(i64),
    /// What was set aside is used up: captured in part, the rest is free again.
    Captured {
        authorised: i64,
        captured: i64,
    },
    Voided(i64),
    Refunded(i64),
}

impl Movement {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authorised(_) => "authorised",
            Self::Captured { .. } => "captured",
            Self::Voided(_) => "voided",
            Self::Refunded(_) => "refunded",
        }
    }

    /// Its entries: debits above zero, credits below. They always add up to zero.
    pub fn entries(self) -> Vec<(Account, i64)> {
        use Account::*;
        match self {
            Self::Authorised(amount) => pair(Authorisations, AuthorisedFunds, amount),
            Self::Voided(amount) => pair(AuthorisedFunds, Authorisations, amount),
            Self::Captured { authorised, captured } => [
                pair(AuthorisedFunds, Authorisations, authorised),
                pair(ProviderReceivable, OrderClearing, captured),
            ]
            .concat(),
            Self::Refunded(amount) => pair(Refunds, ProviderReceivable, amount),
        }
    }
}

fn pair(debit: Account, credit: Account, amount: i64) -> Vec<(Account, i64)> {
    vec![(debit, amount), (credit, -amount)]
}
