//! Stripe's codes of declines and errors, as our own reasons. Pure.

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
        | "amount_too_large" => Why::Limit,
        "card_not_supported"
        | "currency_not_supported"
        | "transaction_not_allowed"
        | "not_permitted"
        | "restricted_card"
        | "service_not_allowed"
        | "invalid_account"
        | "invalid_amount"
        | "new_account_information_available" => Why::NotAccepted,
        "fraudulent" | "merchant_blacklist" | "security_violation" => Why::Suspected,
        "lost_card" | "stolen_card" | "pickup_card" => Why::LostOrStolen,
        "processing_error"
        | "issuer_not_available"
        | "try_again_later"
        | "reenter_transaction"
        | "approve_with_id"
        | "payment_method_provider_timeout" => Why::TryAgain,
        "payment_intent_payment_attempt_expired"
        | "payment_method_customer_decline"
        | "payment_intent_redirect_confirmation_without_return_url" => Why::Abandoned,
        _ => Why::Other,
    }
}
