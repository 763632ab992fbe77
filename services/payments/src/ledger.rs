//! What can happen to the money of one payment, as its provider shows it.

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
    /// The provider charges so much more, or less, for a dispute.
    DisputeFee(i64),
    /// So much more, or less, is held back by a dispute, or was lost by one that has ended.
    DisputeChanged {
        amount: i64,
        lost: bool,
    },
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
            Self::DisputeFee(_) => "dispute_fee",
            Self::DisputeChanged { .. } => "dispute_changed",
        }
    }
}
