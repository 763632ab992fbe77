//! PayPal's reasons for not taking a payment, as ours.

use crate::decline::Why;

/// An issue of an error; none where it is not the payer's or their bank's no.
pub fn of_issue(issue: &str) -> Option<Why> {
    Some(match issue {
        "INSTRUMENT_DECLINED"
        | "PAYMENT_SOURCE_DECLINED_BY_PROCESSOR"
        | "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING"
        | "PAYER_CANNOT_PAY" => Why::Other,
        "CARD_EXPIRED" | "REFERENCED_CARD_EXPIRED" => Why::Expired,
        "PAYER_ACTION_REQUIRED" => Why::NotAuthenticated,
        "TRANSACTION_LIMIT_EXCEEDED" | "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED" => Why::Limit,
        "CARD_BRAND_NOT_SUPPORTED"
        | "CARD_TYPE_NOT_SUPPORTED"
        | "DOMESTIC_TRANSACTION_REQUIRED"
        | "PAYER_ACCOUNT_RESTRICTED"
        | "PAYER_ACCOUNT_LOCKED_OR_CLOSED"
        | "TRANSACTION_BLOCKED_BY_PAYEE" => Why::NotAccepted,
        "TRANSACTION_REFUSED" | "COMPLIANCE_VIOLATION" | "DECLINED_DUE_TO_RELATED_TXN" => {
            Why::Suspected
        }
        _ => return None,
    })
}

/// The processor's code of a card that was refused.
/// <https://developer.paypal.com/api/rest/reference/orders/v2/processor-response-codes/>
pub fn of_processor(code: &str) -> Why {
    match code {
        "5120" => Why::InsufficientFunds,
        "5400" | "1317" | "PPCE" => Why::Expired,
        "5110" | "00N7" | "5180" | "1330" => Why::WrongCode,
        "5150" | "5650" | "5700" | "1340" => Why::NotAuthenticated,
        "5200" | "5210" | "PCNR" => Why::Limit,
        "5170" | "5190" | "5800" | "5910" => Why::NotAccepted,
        "9500" | "9510" | "9540" | "0R00" => Why::Suspected,
        "9520" | "9530" => Why::LostOrStolen,
        "5130" | "6300" | "0880" | "0890" | "0960" | "7600" => Why::TryAgain,
        _ => Why::Other,
    }
}
