//! PayPal's reasons for not taking a payment, as ours.

use crate::decline::Why;

/// An issue of an error; none where it is not the payer's or their bank's no. Source: the issues of
/// 422 in PayPal's specification of Orders v2.
pub fn of_issue(issue: &str) -> Option<Why> {
    Some(match issue {
        "INSTRUMENT_DECLINED"
        | "ALIAS_DECLINED_BY_PROCESSOR"
        | "PAYMENT_SOURCE_DECLINED_BY_PROCESSOR"
        | "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING"
        | "PAYER_CANNOT_PAY" => Why::Other,
        "CARD_EXPIRED" | "REFERENCED_CARD_EXPIRED" => Why::Expired,
        "PAYER_ACTION_REQUIRED" => Why::NotAuthenticated,
        "TRANSACTION_LIMIT_EXCEEDED" | "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED" => Why::Limit,
        "CARD_BRAND_NOT_SUPPORTED"
        | "CARD_TYPE_NOT_SUPPORTED"
        | "CURRENCY_NOT_SUPPORTED_FOR_CARD_TYPE"
        | "DOMESTIC_TRANSACTION_REQUIRED"
        | "PAYER_ACCOUNT_RESTRICTED"
        | "PAYER_ACCOUNT_LOCKED_OR_CLOSED"
        | "PAYEE_BLOCKED_TRANSACTION"
        | "TRANSACTION_BLOCKED_BY_PAYEE" => Why::NotAccepted,
        "TRANSACTION_REFUSED" | "COMPLIANCE_VIOLATION" | "DECLINED_DUE_TO_RELATED_TXN" => {
            Why::Suspected
        }
        _ => return None,
    })
}

/// Whether nothing more can be paid with the order after that: the specification says of these that
/// another is to be made, or that no attempt of it will ever be taken.
pub fn is_over(issue: &str) -> bool {
    matches!(
        issue,
        "ALIAS_DECLINED_BY_PROCESSOR"
            | "PAYMENT_SOURCE_DECLINED_BY_PROCESSOR"
            | "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED"
            | "TRANSACTION_REFUSED"
            | "COMPLIANCE_VIOLATION"
            | "DECLINED_DUE_TO_RELATED_TXN"
    )
}

/// The processor's code of a card that was refused. Source: `ProcessorResponseCode` in the
/// documentation of PayPal's server SDKs, which has a name for each code of the specification of
/// Orders v2; codes for what only we or PayPal can have done wrong are left out.
pub fn of_processor(code: &str) -> Why {
    match code {
        "5120" => Why::InsufficientFunds,
        "5400" | "PPEF" => Why::Expired,
        // Security code, PIN, expiry date, number, address.
        "00N7" | "5110" | "1382" | "PCVV" | "PPC2" | "0890" | "5130" | "5500" | "7900" | "1380"
        | "PPEX" | "1330" | "5170" | "5190" | "PPAD" | "PPAV" => Why::WrongCode,
        // Strong authentication was wanted, or did not succeed.
        "5650" | "7700" | "7710" | "PPD3" => Why::NotAuthenticated,
        // Too many attempts, too much, too often.
        "5135" | "5710" | "PPAX" | "PPDT" | "PPEL" | "PPNL" => Why::Limit,
        // No such account, closed, blocked, not activated, restricted; not for this kind of
        // payment, country, currency or card.
        "0390" | "1320" | "1352" | "5140" | "5180" | "5700" | "5930" | "5950" | "6300" | "7800"
        | "PP06" | "PPAB" | "PPAE" | "PPCO" | "PPCT" | "PPCU" | "PPDI" | "PPFI" | "PPFR"
        | "PPMC" | "PPPM" | "PPTT" | "PPUC" => Why::NotAccepted,
        "9500" | "9510" | "PPSC" => Why::Suspected,
        "5150" | "9520" => Why::LostOrStolen,
        // The bank, the network or a system between did not answer.
        "0800" | "0880" | "0960" | "5920" | "8000" | "8100" | "8110" | "8220" | "9100" | "PPER"
        | "PPNT" => Why::TryAgain,
        _ => Why::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_mean_what_paypal_calls_them() {
        for (code, name, why) in [
            ("5120", "INSUFFICIENT_FUNDS", Why::InsufficientFunds),
            ("5400", "EXPIRED_CARD", Why::Expired),
            ("5110", "CVV2_FAILURE", Why::WrongCode),
            ("5650", "DECLINED_SCA_REQUIRED", Why::NotAuthenticated),
            ("5710", "TX_ATTEMPTS_EXCEED_LIMIT", Why::Limit),
            ("5180", "INVALID_OR_RESTRICTED_CARD", Why::NotAccepted),
            ("5150", "PICKUP_CARD_SPECIAL_CONDITIONS", Why::LostOrStolen),
            ("9500", "SUSPECTED_FRAUD", Why::Suspected),
            ("5920", "ISSUER_NOT_AVAILABLE_RETRIABLE", Why::TryAgain),
            ("5910", "ISSUER_NOT_AVAILABLE_NOT_RETRIABLE", Why::Other),
            ("5200", "DUPLICATE_TRANSACTION", Why::Other),
            ("0500", "DO_NOT_HONOR", Why::Other),
            ("PCNR", "CONTINGENCIES_NOT_RESOLVED", Why::Other),
            ("", "nothing", Why::Other),
        ] {
            assert_eq!(of_processor(code), why, "{name}");
        }
        assert_eq!(of_issue("CARD_EXPIRED"), Some(Why::Expired));
        assert_eq!(of_issue("INVALID_RESOURCE_ID"), None);
    }
}
