//! Stripe's codes of declines and errors, as our own reasons. Pure.
//!
//! Sources: Stripe's documentation “Decline codes”, all fifty for cards but those of card readers,
//! and “Error codes” for what never reached a bank. Codes that Stripe describes as “declined for an
//! unknown reason” stay [`Why::Other`].

use crate::decline::Why;

/// `code` is the bank's where there is one, else Stripe's own.
pub fn why(code: &str) -> Why {
    match code {
        "insufficient_funds" => Why::InsufficientFunds,
        "expired_card" => Why::Expired,
        "incorrect_cvc"
        | "invalid_cvc"
        | "incorrect_number"
        | "invalid_number"
        | "invalid_expiry_month"
        | "invalid_expiry_year"
        | "incorrect_zip"
        | "incorrect_address"
        | "incorrect_pin"
        | "invalid_pin" => Why::WrongCode,
        "authentication_required"
        | "authentication_not_handled"
        | "payment_intent_authentication_failure"
        | "mobile_device_authentication_required" => Why::NotAuthenticated,
        "card_velocity_exceeded"
        | "withdrawal_count_limit_exceeded"
        | "pin_try_exceeded"
        | "card_decline_rate_limit_exceeded"
        | "invalid_amount"
        | "amount_too_large" => Why::Limit,
        "card_not_supported"
        | "currency_not_supported"
        | "not_permitted"
        | "invalid_account"
        | "new_account_information_available" => Why::NotAccepted,
        "fraudulent" | "merchant_blacklist" => Why::Suspected,
        // Of the last two Stripe says that they may have been reported lost or stolen.
        "lost_card" | "stolen_card" | "pickup_card" | "restricted_card" => Why::LostOrStolen,
        "processing_error"
        | "issuer_not_available"
        | "try_again_later"
        | "reenter_transaction"
        | "approve_with_id"
        | "payment_method_provider_timeout" => Why::TryAgain,
        "payment_intent_payment_attempt_expired" | "payment_method_customer_decline" => {
            Why::Abandoned
        }
        _ => Why::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stripe_does_not_explain_is_not_explained() {
        for code in ["generic_decline", "do_not_honor", "call_issuer", "transaction_not_allowed"] {
            assert_eq!(why(code), Why::Other);
        }
        assert_eq!(why("restricted_card").told(), Why::Other);
        assert_eq!(why("invalid_amount"), Why::Limit);
    }
}
