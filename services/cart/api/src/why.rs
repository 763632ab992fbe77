use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a coupon cannot be used, or a total not be worked out: for people, and for whoever says it in
/// another language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// A clause: `has ended`.
    pub why: String,
    /// None of what nobody has words for but these, and from whoever did not tell it yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
}

/// The causes that a customer may meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Of a coupon: it is for another store, or in another currency.
    OtherStore,
    Ended,
    NotYetValid,
    UsedByYou,
    UsedUp,
    /// The goods cost less than it asks for.
    TooLittle,
    /// Of a total: the store has no tariff of taxes and fees.
    NoTariff,
    /// Of a total: the store sells in another currency by now.
    OtherCurrency,
    /// One that this process does not know.
    #[serde(other)]
    Other,
}

impl Why {
    pub fn new(cause: Cause, why: impl Into<String>) -> Self {
        Self { why: why.into(), cause: Some(cause) }
    }
}

impl From<String> for Why {
    fn from(why: String) -> Self {
        Self { why, cause: None }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ClaimRefusal;

    #[test]
    fn it_stands_beside_the_coupon_with_its_code_or_without() {
        let refusal =
            |told: serde_json::Value| serde_json::from_value::<ClaimRefusal>(told).unwrap();
        let why = Why::new(Cause::UsedUp, "has been used up");
        let told = ClaimRefusal::CouponRefused { coupon: "X".into(), why };
        let json = json!({
            "code": "coupon-refused", "coupon": "X", "why": "has been used up", "cause": "used-up",
        });
        assert_eq!(serde_json::to_value(&told).unwrap(), json);
        assert_eq!(refusal(json), told);
        let old = json!({ "code": "coupon-refused", "coupon": "X", "why": "has ended" });
        let why = Why::from("has ended".to_owned());
        assert_eq!(refusal(old), ClaimRefusal::CouponRefused { coupon: "X".into(), why });
        let new = json!({ "code": "not-priced", "why": "of the moon", "cause": "moon" });
        let why = Why::new(Cause::Other, "of the moon");
        assert_eq!(refusal(new), ClaimRefusal::NotPriced { why });
    }
}
