//! What a payment is.

use jiff::Timestamp;
use kernel::{
    AlcoholClass, Currency, CustomerId, Money, OrderId, PaymentId, SavedMethodId, StoreId, VendorId,
};
use serde::{Deserialize, Serialize};

use crate::decline::Why;

/// Where a payment stands. It only ever moves down this list, and captured money is never
/// cancelled: it is refunded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The provider has not yet answered that it knows of it.
    Starting,
    /// Waits for the customer.
    Open,
    /// The money is set aside for us.
    Authorised,
    /// The money is ours, less what went back.
    Captured,
    /// Ended without money.
    Cancelled,
}

/// What the order wants of its payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    Nothing,
    Capture,
    /// No money: what is set aside is freed, what was captured goes back, whenever it comes.
    Cancel,
}

/// A kind of write to a provider. A new one is not known to the processes of the release before, which
/// leave it to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Has set aside what the payer agreed to.
    Authorise,
    Capture,
    Cancel,
    Refund,
    /// Gives back money that lies there beyond the payment's own.
    GiveBack,
}

impl Kind {
    /// Those that this program can carry out.
    pub const ALL: [Self; 5] =
        [Self::Authorise, Self::Capture, Self::Cancel, Self::Refund, Self::GiveBack];
}

/// A payment as it is kept.
#[derive(Debug, Clone)]
pub struct Payment {
    pub id: PaymentId,
    pub order: OrderId,
    pub customer: CustomerId,
    pub amount: i64,
    pub currency: Currency,
    pub description: String,
    pub store: Option<StoreId>,
    pub vendor: Option<VendorId>,
    /// What kinds of drink are paid for.
    pub classes: Vec<AlcoholClass>,
    /// The provider, and which of our accounts there.
    pub provider: String,
    pub account: String,
    /// Another way to pay was chosen: it brings nothing any more, and nobody is told of it.
    pub superseded: bool,
    /// The customer agreed that what they pay with is kept.
    pub saves: bool,
    /// What it is paid with, where that had been kept.
    pub saved_method: Option<SavedMethodId>,
    /// The provider's own customer that it was told of.
    pub provider_customer: Option<String>,
    pub provider_payment: Option<String>,
    pub client_secret: Option<String>,
    pub pay_url: Option<String>,
    pub state: State,
    pub authorised: i64,
    pub captured: i64,
    pub refunded: i64,
    /// Held back by disputes that are open or lost.
    pub disputed: i64,
    /// What the provider keeps for its work.
    pub fee: i64,
    /// What the order wants taken; all unless told.
    pub capture_amount: Option<i64>,
    pub last_decline: Option<String>,
    pub declined_why: Option<Why>,
    /// Nothing can be paid with it at its provider any more: whoever still wants to pay needs another.
    pub spent: bool,
    pub wanted: Wanted,
    pub wanted_reason: Option<String>,
    pub pay_by: Timestamp,
    pub created_at: Timestamp,
    /// How often what its provider showed has changed something.
    pub changes: i64,
}

impl Payment {
    /// An amount of this payment.
    pub const fn money(&self, amount: i64) -> Money {
        Money::new(amount, self.currency)
    }

    /// What can still be given back, when refunds under way will give back `promised`.
    pub const fn left(&self, promised: i64) -> i64 {
        self.captured - self.refunded - self.disputed - promised
    }
}

/// Text forms for the database.
macro_rules! named {
    ($kind:ident { $($variant:ident $text:literal),* $(,)? }) => {
        impl $kind {
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }
        impl std::str::FromStr for $kind {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    other => Err(format!("unknown {}: {other}", stringify!($kind))),
                }
            }
        }
    };
}

named!(State {
    Starting "starting",
    Open "open",
    Authorised "authorised",
    Captured "captured",
    Cancelled "cancelled",
});
named!(Wanted { Nothing "nothing", Capture "capture", Cancel "cancel" });
named!(Kind {
    Authorise "authorise",
    Capture "capture",
    Cancel "cancel",
    Refund "refund",
    GiveBack "give_back",
});
