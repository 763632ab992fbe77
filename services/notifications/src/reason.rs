//! Why an order ended, or went back, in words: what is told of it is a code.

use crate::language::Language;

/// Each code, in English and in Hebrew, as it goes on after a colon.
const REASONS: &[(&str, &str, &str)] = &[
    ("payment-not-completed", "it was not paid in time.", "לא שולם בזמן."),
    ("store-did-not-answer", "the store did not answer in time.", "החנות לא ענתה בזמן."),
    ("capture-failed", "the money could not be taken.", "לא ניתן היה לגבות את הכסף."),
    ("payment-differs", "the payment was of another amount.", "התשלום היה בסכום אחר."),
    ("out-of-stock", "it was sold out.", "המלאי אזל."),
    ("stock-given-back", "the stock had gone to others by then.", "המלאי כבר עבר לאחרים."),
    ("picked-anew", "it was packed anew.", "ההזמנה נארזה מחדש."),
    ("not-available", "it could not be had just then.", "לא ניתן היה להשיג אותו באותו רגע."),
    ("customer-cancelled", "you cancelled it.", "ביטלת אותה."),
    ("partly-refused", "a part was not taken.", "חלק לא התקבל."),
    ("lost", "it was lost on the way.", "היא אבדה בדרך."),
    ("under-age", "whoever was at the door was too young.", "מי שהיה בפתח הדלת צעיר מדי."),
    ("no-document", "there was no valid ID.", "לא הייתה תעודה מזהה בתוקף."),
    ("document-not-theirs", "the ID was somebody else's.", "התעודה הייתה של מישהו אחר."),
    ("intoxicated", "whoever was at the door was not sober.", "מי שהיה בפתח הדלת לא היה פיכח."),
    ("nobody-there", "nobody was there.", "לא היה שם איש."),
    ("customer-declined", "it was not wanted at the door.", "לא רצו בה בפתח הדלת."),
    ("damaged", "something was broken.", "משהו היה שבור."),
    ("not-lawful", "it was not lawful there or then.", "זה לא היה חוקי שם או באותה שעה."),
    ("unsafe", "the driver was not safe there.", "השליח לא היה בטוח שם."),
    ("not-delivered", "the driver did not bring it.", "השליח לא הביא אותה."),
];

/// A code in words; what is no code, as somebody wrote it.
pub fn said(told: &str, language: Language) -> &str {
    let known = REASONS.iter().find(|(code, ..)| *code == told);
    known.map_or(told, |(_, english, hebrew)| match language {
        Language::English => english,
        Language::Hebrew => hebrew,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_said_in_words_and_words_as_they_are() {
        assert_eq!(said("no-document", Language::English), "there was no valid ID.");
        assert_eq!(said("no-document", Language::Hebrew), "לא הייתה תעודה מזהה בתוקף.");
        assert_eq!(said("The cellar is flooded", Language::Hebrew), "The cellar is flooded");
    }
}
