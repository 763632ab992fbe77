//! Its reasons for a failed attempt, in our words. Pure.

use crate::decline::Why;

/// From `error_reason` of a payment.
pub fn why(reason: &str) -> Why {
    match reason {
        "insufficient_funds" | "insufficient_account_balance" => Why::InsufficientFunds,
        "card_expired" | "debit_instrument_expired" => Why::Expired,
        "incorrect_cvv"
        | "incorrect_card_details"
        | "incorrect_card_expiry_date"
        | "incorrect_cardholder_name"
        | "card_number_invalid"
        | "incorrect_pin"
        | "invalid_vpa" => Why::WrongCode,
        "authentication_failed"
        | "incorrect_otp"
        | "invalid_otp"
        | "otp_expired"
        | "otp_attempts_exceeded"
        | "incorrect_atm_pin" => Why::NotAuthenticated,
        "transaction_limit_exceeded"
        | "transaction_daily_limit_exceeded"
        | "transaction_daily_count_exceeded"
        | "card_transaction_limit_exceeded"
        | "amount_exceeds_maximum_limit"
        | "pin_attempts_exceeded" => Why::Limit,
        "card_not_enrolled"
        | "card_type_invalid"
        | "card_network_not_supported"
        | "card_issuer_invalid"
        | "international_transaction_not_allowed"
        | "transaction_not_permitted"
        | "debit_instrument_inactive"
        | "currency_not_supported"
        | "bank_account_invalid" => Why::NotAccepted,
        "payment_risk_check_failed" | "suspected_fraud" => Why::Suspected,
        "debit_instrument_blocked" | "card_lost_or_stolen" => Why::LostOrStolen,
        "payment_cancelled"
        | "payment_timed_out"
        | "payment_session_expired"
        | "payment_collect_request_expired" => Why::Abandoned,
        "bank_technical_error"
        | "gateway_technical_error"
        | "issuer_technical_error"
        | "server_error"
        | "bank_not_available"
        | "payment_pending" => Why::TryAgain,
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
        assert_eq!(why("never heard of"), Why::Other);
        assert_eq!(why(""), Why::Other);
    }
}
