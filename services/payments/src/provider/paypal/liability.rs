//! Who bears the loss when a card payment turns out to be fraud, and whether it is gone on with.
//! Pure.

use serde::Deserialize;

/// What the card's issuer said, as PayPal passes it on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Authentication {
    pub liability_shift: Option<String>,
    pub three_d_secure: Option<ThreeDSecure>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ThreeDSecure {
    pub enrollment_status: Option<String>,
    pub authentication_status: Option<String>,
}

/// Whether the money may be asked for, by the table of recommended actions in PayPal's documentation
/// “3D Secure response parameters”:
///
/// | enrolled | authenticated | liability shift | go on |
/// | --- | --- | --- | --- |
/// | Y | Y, A | POSSIBLE | yes |
/// | N, U, B | – | NO | yes: the card does not take part |
/// | U | – | UNKNOWN | no |
/// | Y | N, R, U, C, –, … | NO, UNKNOWN | no |
/// | – | – | UNKNOWN | no |
///
/// All that the table does not name is a no. `None`, no authentication at all, is a yes: PayPal
/// asks for it where the law wants it (`SCA_WHEN_REQUIRED`), and it was not asked for.
pub fn goes_on(authentication: Option<&Authentication>) -> bool {
    let Some(said) = authentication else { return true };
    let secure = said.three_d_secure.as_ref();
    let enrolled = secure.and_then(|secure| secure.enrollment_status.as_deref());
    let authenticated = secure.and_then(|secure| secure.authentication_status.as_deref());
    matches!(
        (enrolled, authenticated, said.liability_shift.as_deref()),
        (Some("Y"), Some("Y" | "A"), Some("POSSIBLE")) | (Some("N" | "U" | "B"), None, Some("NO"))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every combination that the specification allows, and none at all of each.
    #[test]
    fn only_what_the_table_names_goes_on() {
        let none_and = |values: &[&str]| {
            let some = values.iter().map(|value| Some((*value).to_owned()));
            std::iter::once(None).chain(some).collect::<Vec<_>>()
        };
        let enrolled = none_and(&["Y", "N", "U", "B"]);
        let authenticated = none_and(&["Y", "N", "U", "A", "C", "R", "D", "I"]);
        let shifts = none_and(&["NO", "POSSIBLE", "UNKNOWN", "YES"]);
        let mut going = Vec::new();
        let mut all = 0;
        for enrollment_status in &enrolled {
            for authentication_status in &authenticated {
                for liability_shift in &shifts {
                    let said = Authentication {
                        liability_shift: liability_shift.clone(),
                        three_d_secure: Some(ThreeDSecure {
                            enrollment_status: enrollment_status.clone(),
                            authentication_status: authentication_status.clone(),
                        }),
                    };
                    all += 1;
                    if goes_on(Some(&said)) {
                        let text = |one: &Option<String>| one.clone().unwrap_or_default();
                        going.push(format!(
                            "{},{},{}",
                            text(enrollment_status),
                            text(authentication_status),
                            text(liability_shift)
                        ));
                    }
                }
            }
        }
        assert_eq!(all, 5 * 9 * 5);
        assert_eq!(going, ["Y,Y,POSSIBLE", "Y,A,POSSIBLE", "N,,NO", "U,,NO", "B,,NO"]);
        for shift in ["NO", "POSSIBLE", "UNKNOWN"] {
            let said = Authentication { liability_shift: Some(shift.into()), three_d_secure: None };
            assert!(!goes_on(Some(&said)), "{shift} without 3-D Secure");
        }
        assert!(goes_on(None));
    }
}
