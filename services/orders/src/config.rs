use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// `[orders]`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How long the customer has to pay; the provider ends the payment then.
    pub payment_minutes: i64,
    /// How long stock stays held after that: longer than the provider's word takes to come.
    pub hold_beyond_payment_minutes: i64,
    /// How long the store has to accept a paid order.
    pub store_accept_minutes: i64,
    /// How long one attempt to place an order goes undisturbed; it gives up a quarter earlier.
    pub placing_lease_seconds: u32,
    /// How long an interrupted placement is tried again before it is abandoned.
    pub placing_give_up_seconds: i64,
    /// Whether fees and tip are given back when the customer's side refuses at the door. When it
    /// is the store's fault, or unlawful, they always are.
    pub refund_fees_on_refusal: bool,
    /// How long one live stream lasts before the client has to come again, with a token that
    /// still holds.
    pub stream_minutes: u64,
    /// How often a live stream looks for news.
    pub stream_poll_ms: u64,
    /// How often a silent live stream says that it is alive.
    pub stream_heartbeat_seconds: u64,
    /// How long the answer to an `Idempotency-Key` is kept.
    pub keys_kept_days: i64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            payment_minutes: 30,
            hold_beyond_payment_minutes: 5,
            store_accept_minutes: 10,
            placing_lease_seconds: 12,
            placing_give_up_seconds: 120,
            refund_fees_on_refusal: false,
            stream_minutes: 15,
            stream_poll_ms: 300,
            stream_heartbeat_seconds: 15,
            keys_kept_days: 7,
        }
    }
}

impl Config {
    pub fn lease(&self) -> SignedDuration {
        SignedDuration::from_secs(self.placing_lease_seconds.into())
    }
}
