//! Double entry: which accounts a movement of money touches. Pure.
//!
//! | account               | holds                                                      |
//! | --------------------- | ---------------------------------------------------------- |
//! | `authorisations`      | what providers have set aside for us (memorandum)          |
//! | `authorised_funds`    | the customers' side of that                                |
//! | `provider_receivable` | what providers owe us: captured less refunded              |
//! | `order_clearing`      | what we owe for it: goods, taxes, fees, tips of the orders |
//! | `refunds`             | what of that went back to customers                        |
//! | `provider_fees`       | what providers keep for their work                         |
//! | `disputes`            | what customers' banks took back, until it is decided       |
//! | `dispute_losses`      | what was decided against us                                |

/// An account of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    Authorisations,
    AuthorisedFunds,
    ProviderReceivable,
    OrderClearing,
    Refunds,
    ProviderFees,
    Disputes,
    DisputeLosses,
}

impl Account {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authorisations => "authorisations",
            Self::AuthorisedFunds => "authorised_funds",
            Self::ProviderReceivable => "provider_receivable",
            Self::OrderClearing => "order_clearing",
            Self::Refunds => "refunds",
            Self::ProviderFees => "provider_fees",
            Self::Disputes => "disputes",
            Self::DisputeLosses => "dispute_losses",
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
    /// A refund came to us again.
    RefundReturned(i64),
    /// The provider keeps so much more, or less.
    Fee(i64),
    Disputed {
        amount: i64,
        fee: i64,
    },
    DisputeWon(i64),
    DisputeLost(i64),
}

impl Movement {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authorised(_) => "authorised",
            Self::Captured { .. } => "captured",
            Self::Voided(_) => "voided",
            Self::Refunded(_) => "refunded",
            Self::RefundReturned(_) => "refund_returned",
            Self::Fee(_) => "fee",
            Self::Disputed { .. } => "disputed",
            Self::DisputeWon(_) => "dispute_won",
            Self::DisputeLost(_) => "dispute_lost",
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
            Self::RefundReturned(amount) => pair(ProviderReceivable, Refunds, amount),
            Self::Fee(amount) => pair(ProviderFees, ProviderReceivable, amount),
            Self::Disputed { amount, fee: 0 } => pair(Disputes, ProviderReceivable, amount),
            Self::Disputed { amount, fee } => [
                pair(Disputes, ProviderReceivable, amount),
                pair(ProviderFees, ProviderReceivable, fee),
            ]
            .concat(),
            Self::DisputeWon(amount) => pair(ProviderReceivable, Disputes, amount),
            Self::DisputeLost(amount) => pair(DisputeLosses, Disputes, amount),
        }
    }
}

fn pair(debit: Account, credit: Account, amount: i64) -> Vec<(Account, i64)> {
    vec![(debit, amount), (credit, -amount)]
}
