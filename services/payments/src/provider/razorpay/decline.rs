//! Its reasons for a failed attempt, in our words. Pure.
//!
//! Sources: Razorpay's documentation “Error reasons”, “Cards error codes” and “UPI error codes”.

use crate::decline::Why;

/// From `error_reason` of a payment.
pub fn why(reason: &str) -> Why {
    match reason {
        "insufficient_funds" | "funds_blocked_by_mandate" => Why::InsufficientFunds,
        "card_expired" => Why::Expired,
        "incorrect_cvv"
        | "incorrect_card_details"
        | "incorrect_card_expiry_date"
        | "incorrect_cardholder_name"
        | "card_number_invalid"
        | "incorrect_pin"
        | "incorrect_atm_pin"
        | "invalid_vpa" => Why::WrongCode,
        "authentication_failed"
        | "incorrect_otp"
        | "invalid_otp"
        | "otp_expired"
        | "otp_attempts_exceeded" => Why::NotAuthenticated,
        "transaction_limit_exceeded"
        | "transaction_daily_limit_exceeded"
        | "transaction_daily_count_exceeded"
        | "transaction_frequency_limit_exceeded"
        | "credit_limit_exceeded"
        | "pin_attempts_exceeded" => Why::Limit,
        // Blocked, which is not lost or stolen; not switched on; of the wrong kind.
        "debit_instrument_blocked"
        | "debit_instrument_inactive"
        | "card_not_enrolled"
        | "card_disabled_for_online_payments"
        | "card_type_invalid"
        | "card_network_not_enabled"
        | "bank_not_enabled"
        | "bank_account_invalid"
        | "international_transaction_not_allowed"
        | "invalid_currency"
        | "transaction_on_vpa_restricted"
        | "credit_not_permitted"
        | "credit_limit_expired"
        | "credit_limit_inactive"
        | "pin_not_set"
        | "psp_not_registered"
        | "user_not_registered_for_netbanking"
        | "user_not_eligible" => Why::NotAccepted,
        "payment_risk_check_failed" => Why::Suspected,
        "payment_cancelled"
        | "payment_timed_out"
        | "payment_session_expired"
        | "payment_collect_request_expired" => Why::Abandoned,
        "bank_technical_error"
        | "bank_not_available"
        | "bank_cutoff_in_progress"
        | "gateway_technical_error"
        | "issuer_technical_error"
        | "invalid_response_from_gateway"
        | "request_timed_out"
        | "payment_declined_due_to_high_traffic"
        | "psp_not_available"
        | "psp_app_not_available"
        | "upi_app_technical_error"
        | "vpa_resolution_failed"
        | "server_error" => Why::TryAgain,
        _ => Why::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_reasons_have_our_words_and_others_none() {
        assert_eq!(why("insufficient_funds"), Why::InsufficientFunds);
        assert_eq!(why("payment_timed_out"), Why::Abandoned);
        assert_eq!(why("payment_risk_check_failed").told(), Why::Other);
        assert_eq!(why("debit_instrument_blocked"), Why::NotAccepted);
        assert_eq!(why("card_declined"), Why::Other);
        assert_eq!(why("never heard of"), Why::Other);
        assert_eq!(why(""), Why::Other);
    }
}
