//! Payment providers: what is asked of each, and what each is understood to have said.

mod address;
pub mod http;
mod method;
pub mod paypal;
pub mod razorpay;
pub mod sandbox;
mod signature;
pub mod stripe;
pub mod webhook_secret;

use axum::http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use kernel::{Currency, Money, OrderId, PaymentId};
use payments_api::Component;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

pub use self::method::{Keeping, SeenMethod, month};
use crate::decline::Why;

/// What one provider can do that another cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abilities {
    /// Takes a part of what is set aside and frees the rest. Where not, all is taken and the rest
    /// is given back.
    pub captures_in_part: bool,
    /// Ends a payment that waits for its customer. Where not, it is watched until nothing can come
    /// of it any more.
    pub cancels_open: bool,
    /// Frees what is set aside. Where not, it is taken and given back.
    pub voids: bool,
    /// How long after its time a payment may still bring money.
    pub horizon: SignedDuration,
}

/// A provider's interface, for one account of ours. Clients keep no state of payments.
#[async_trait::async_trait]
pub trait Provider: Send + Sync {
    fn abilities(&self) -> Abilities;

    /// Whether it can be paid in this currency there.
    fn takes(&self, currency: Currency) -> bool;

    /// What a page needs so that the customer can pay in this currency.
    fn component(&self, currency: Currency) -> Component;

    /// Whether it keeps what customers pay with, for later.
    fn saves(&self) -> bool {
        false
    }

    /// Its own customer for one of ours, made once per key, which is as old as `since`; none where
    /// the provider makes it with the first payment that saves.
    async fn customer(&self, _key: Uuid, _since: Timestamp) -> Result<Option<String>, CallFailed> {
        Ok(None)
    }

    /// Lets go of what a customer kept. Looks first: done again, it is done.
    async fn detach(&self, _kept: &Kept<'_>) -> Result<(), CallFailed> {
        Err(CallFailed::Refused("this provider keeps nothing".into()))
    }

    /// Whether it still keeps that.
    async fn keeps(&self, _kept: &Kept<'_>) -> Result<bool, CallFailed> {
        Ok(false)
    }

    /// Makes a payment, once per id.
    async fn create(&self, new: &NewPayment<'_>) -> Result<Created, CallFailed>;

    /// Finds a payment that nobody wants any more and that may have been made although nobody heard of
    /// it; none where nothing is there now. Its payer agrees to nothing by that, but it may be made,
    /// for its key tells for certain: then it can be ended.
    async fn find(&self, new: &NewPayment<'_>) -> Result<Option<Created>, CallFailed> {
        self.create(new).await.map(Some)
    }

    /// Asks how a payment stands: this alone is believed.
    async fn retrieve(&self, known: &Known<'_>) -> Result<Seen, CallFailed>;

    /// Sets aside what the payer has agreed to, once per key; where the provider does not do that
    /// by itself.
    async fn authorise(&self, _key: Uuid, _name: &str) -> Result<(), CallFailed> {
        Err(CallFailed::Refused("this provider authorises by itself".into()))
    }

    /// Takes what was set aside, once per key.
    async fn capture(&self, key: Uuid, of: Of<'_>, amount: Money) -> Result<(), CallFailed>;

    /// Ends a payment that has not been captured, once per key.
    async fn cancel(&self, key: Uuid, name: &str) -> Result<(), CallFailed>;

    /// Gives captured money back, once per key.
    async fn refund(&self, key: Uuid, of: Of<'_>, amount: Money) -> Result<(), CallFailed>;

    /// Gives back a stray, once per key, until so much of it in minor units has gone back in all: money
    /// that lies at the provider beyond the payment's own.
    async fn give_back(
        &self,
        _key: Uuid,
        _of: Of<'_>,
        _stray: (&str, i64),
    ) -> Result<(), CallFailed> {
        Err(CallFailed::Refused("this provider takes money for a payment once".into()))
    }

    /// At least the disputes that were opened or changed since then.
    async fn disputes(&self, _since: Timestamp) -> Result<Vec<Disputed>, CallFailed> {
        Ok(Vec::new())
    }

    /// By which of the provider's ids a payment may be known here for which this was taken; none where
    /// what is taken is known by itself.
    async fn taken_for(&self, _object: &str) -> Result<Option<String>, CallFailed> {
        Ok(None)
    }

    /// Reads a webhook whose signature holds at `now`.
    async fn notice(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Notice, NotTaken>;

    /// Looks at what the browser brought back from the provider, where that can be proved. It only
    /// ever leads to asking.
    fn come_back(&self, _name: &str, _brought: &Value) -> Result<(), NotTaken> {
        Ok(())
    }
}

/// Money to be asked for.
pub struct NewPayment<'a> {
    /// Also the idempotency key.
    pub id: PaymentId,
    pub order: OrderId,
    pub amount: Money,
    pub description: &'a str,
    /// When it was asked for first.
    pub since: Timestamp,
    pub pay_by: Timestamp,
    /// Where the browser goes afterwards.
    pub return_url: &'a str,
    pub keeping: Keeping<'a>,
}

/// What a customer kept.
pub struct Kept<'a> {
    /// The provider's customer, and its id of the method.
    pub customer: &'a str,
    pub token: &'a str,
}

/// A payment as the provider has just made it.
pub struct Created {
    /// The provider's id, to which our payment is bound from now on.
    pub provider_payment: String,
    /// What the browser needs to pay; empty where nothing.
    pub client_secret: String,
    /// The provider's own page; empty where it has none.
    pub pay_url: String,
}

/// A payment whose money is moved.
#[derive(Clone, Copy)]
pub struct Of<'a> {
    /// The provider's id of it.
    pub name: &'a str,
    /// All of the provider's ids that are known to be its own.
    pub own: &'a [String],
}

/// What we know of a payment that the provider is asked about.
pub struct Known<'a> {
    pub provider_payment: &'a str,
    pub payment: PaymentId,
    pub order: OrderId,
    pub amount: Money,
    /// Whether nothing has come of it yet, as far as we know.
    pub waits: bool,
    /// The provider's customer that it was told of.
    pub customer: Option<&'a str>,
    /// Whether its money was set aside once and is free again: what comes now is not its own.
    pub ended: bool,
    /// The provider's ids that are known to be this payment's.
    pub own: &'a [String],
    /// Whether we are having its money taken.
    pub capturing: bool,
    /// Disputes that are known or that notices named.
    pub disputes: &'a [String],
}

/// A payment as the provider shows it now. Amounts are minor units of ISO 4217.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seen {
    pub id: String,
    /// What we told the provider it is for.
    pub order: Option<String>,
    pub payment: Option<String>,
    pub amount: i64,
    pub currency: String,
    /// Real money where real money is meant.
    pub mode_fits: bool,
    /// It lies in our account.
    pub account_fits: bool,
    pub state: SeenState,
    pub refunds: Vec<SeenRefund>,
    pub disputes: Vec<SeenDispute>,
    /// What the provider keeps for its work, disputes apart; none where it has not said, or in
    /// another currency.
    pub fee: Option<i64>,
    /// All other ids of the provider that belong to it: charges, captures, refunds, disputes.
    pub objects: Vec<String>,
    /// Money there beyond the payment's own.
    pub strays: Vec<Stray>,
    /// What it was paid with, where the provider keeps that.
    #[serde(skip)]
    pub method: Option<SeenMethod>,
}

/// Money that lies at the provider for a payment beyond its own, or lay there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stray {
    /// The provider's id.
    pub id: String,
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
    pub state: StrayState,
    /// What the provider keeps for its work on it; none where it has not said, or in another
    /// currency.
    pub fee: Option<i64>,
    pub refunds: Vec<SeenRefund>,
    pub disputes: Vec<SeenDispute>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum StrayState {
    /// Set aside.
    Held,
    /// Taken, whether or not it has gone back since.
    Taken,
    /// It went back by itself, without ever having been taken.
    Gone,
}

/// A dispute as a list names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disputed {
    /// The provider's id of it.
    pub dispute: String,
    /// The provider's id of what was taken.
    pub object: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum SeenState {
    /// Waits for the customer, perhaps after an attempt that did not succeed.
    Open {
        decline: Option<Decline>,
    },
    /// An attempt did not succeed, and no other can follow: whoever still wants to pay needs another
    /// payment.
    Spent {
        decline: Decline,
    },
    /// The payer has agreed: now we must have it set aside.
    Approved,
    /// The provider looks at it, perhaps for days, before it is set aside or not.
    Reviewed,
    Authorised {
        amount: i64,
    },
    Captured {
        amount: i64,
    },
    Cancelled {
        reason: String,
    },
}

/// An attempt that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decline {
    /// The provider's id of it: another attempt has another.
    pub attempt: String,
    pub why: Why,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeenRefund {
    pub id: String,
    /// Our own row that asked for it; none where somebody else did.
    pub operation: Option<Uuid>,
    pub amount: i64,
    pub state: SeenRefundState,
}

/// How far a refund has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum SeenRefundState {
    /// The provider has it in hand: not to be asked for again, and not yet certain.
    Pending,
    Done,
    /// It could not be given back, now or after all.
    Failed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeenDispute {
    pub id: String,
    pub amount: i64,
    /// What the provider charges for it.
    pub fee: i64,
    pub state: DisputeState,
}

/// How a dispute stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum DisputeState {
    Open,
    Won,
    Lost,
}

/// Why a call to a provider did not give what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CallFailed {
    /// Understood and refused: nothing was done, and asking again will not help.
    #[error("refused: {0}")]
    Refused(String),
    /// The bank or the provider said no to this attempt: nothing was done.
    #[error("declined: {}", .0.as_str())]
    Declined(Why),
    /// The same, and no other attempt can follow.
    #[error("declined for good: {}", .0.as_str())]
    Over(Why),
    /// An answer that cannot be understood: it may or may not have happened.
    #[error("unknown: {0}")]
    Unknown(String),
    /// No answer, or trouble there: it may or may not have happened.
    #[error("no answer: {0}")]
    Silent(String),
    /// Too many calls: nothing was done. With what it says of when to ask again.
    #[error("too many calls")]
    Crowded { retry_after: Option<String> },
}

impl CallFailed {
    /// A list of disputes has not ended after [`MOST_PAGES`](crate::disputes::MOST_PAGES).
    fn endless() -> Self {
        Self::Unknown("more disputes than can be counted".into())
    }

    /// Whether it may have happened all the same.
    pub const fn is_unknown(&self) -> bool {
        !matches!(self, Self::Refused(_) | Self::Declined(_) | Self::Over(_))
    }
}

/// A webhook whose signature holds: something may have happened to a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What is the same when the provider repeats itself.
    pub event_id: String,
    pub kind: String,
    /// The id that is most likely our payment's.
    pub object: String,
    /// Our payment, as the provider's copy of our own note says.
    pub payment: Option<PaymentId>,
    /// The dispute that it is about.
    pub dispute: Option<String>,
}

/// Why a webhook, or what a browser brought, is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTaken {
    /// Not signed with our secret, or long ago, or in the future.
    Signature,
    /// Signed, but not in the form that was agreed.
    Form,
    /// What proves the signature cannot be fetched now.
    Later,
}
