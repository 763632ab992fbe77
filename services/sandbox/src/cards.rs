//! The test cards: what a number does. Pure.

use jiff::civil::Date;

/// What a card does when it is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    Succeeds,
    Declines(&'static str),
    /// Asks the customer to confirm on the bank's page first.
    Challenges,
    /// Takes effect and then keeps the caller waiting.
    Stalls,
}

/// A test card, as the pay page explains it.
pub struct TestCard {
    pub number: &'static str,
    pub about: &'static str,
    pub behaviour: Behaviour,
}

pub const TEST_CARDS: &[TestCard] = &[
    TestCard {
        number: "4242424242424242",
        about: "Succeeds at once.",
        behaviour: Behaviour::Succeeds,
    },
    TestCard {
        number: "4000000000003220",
        about: "Asks you to confirm on your bank’s page (3-D Secure).",
        behaviour: Behaviour::Challenges,
    },
    TestCard {
        number: "4000000000000002",
        about: "Is declined by the bank.",
        behaviour: Behaviour::Declines("generic_decline"),
    },
    TestCard {
        number: "4000000000009995",
        about: "Is declined: insufficient funds.",
        behaviour: Behaviour::Declines("insufficient_funds"),
    },
    TestCard {
        number: "4000000000000119",
        about: "Takes effect, and then the answer never comes.",
        behaviour: Behaviour::Stalls,
    },
];

/// Why a card is refused before its bank is asked: the error's code and the field.
pub type BadCard = (&'static str, &'static str);

/// A card as the customer typed it, checked.
pub struct Card {
    pub behaviour: Behaviour,
    pub last4: String,
}

/// Reads a card. `expiry` is `MM/YY` or `MM/YYYY`.
pub fn read(number: &str, expiry: &str, cvc: &str, today: Date) -> Result<Card, BadCard> {
    let digits: String = number.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let shaped = (12..=19).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if !shaped || !luhn(&digits) {
        return Err(("incorrect_number", "number"));
    }
    let (year, month) = expires(expiry).ok_or(("invalid_expiry_month", "exp"))?;
    if (year, month) < (today.year(), today.month()) {
        return Err(("expired_card", "exp"));
    }
    if !(3..=4).contains(&cvc.len()) || !cvc.bytes().all(|b| b.is_ascii_digit()) {
        return Err(("incorrect_cvc", "cvc"));
    }
    let known = TEST_CARDS.iter().find(|card| card.number == digits);
    let behaviour = known.map_or(Behaviour::Declines("test_mode_live_card"), |card| card.behaviour);
    Ok(Card { behaviour, last4: digits[digits.len() - 4..].to_owned() })
}

fn expires(text: &str) -> Option<(i16, i8)> {
    let (month, year) = text.split_once('/')?;
    let (month, year) = (month.trim(), year.trim());
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(month) || !all_digits(year) {
        return None;
    }
    let year = match year.len() {
        2 => 2000 + year.parse::<i16>().ok()?,
        4 => year.parse().ok()?,
        _ => return None,
    };
    let month = month.parse().ok().filter(|month| (1..=12).contains(month))?;
    Some((year, month))
}

/// The check digit that every card number ends in.
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0');
            match (place % 2, digit * 2) {
                (0, _) => digit,
                (_, double) if double > 9 => double - 9,
                (_, double) => double,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn every_test_card_reads_as_what_it_says() {
        for card in TEST_CARDS {
            let read = read(card.number, "12/30", "123", date(2026, 6, 15)).ok().unwrap();
            assert_eq!(read.behaviour, card.behaviour);
            assert!(card.number.ends_with(&read.last4));
        }
    }

    #[test]
    fn a_card_lasts_to_the_end_of_its_month() {
        let on = |expiry| read("4242 4242 4242 4242", expiry, "123", date(2026, 6, 30)).err();
        assert_eq!(on("06/26"), None);
        assert_eq!(on("06/2026"), None);
        assert_eq!(on("05/26"), Some(("expired_card", "exp")));
        for bad in ["13/26", "0/26", "", "6", "é/26", "06/+6", "06/226"] {
            assert_eq!(on(bad), Some(("invalid_expiry_month", "exp")), "{bad}");
        }
    }

    #[test]
    fn nonsense_is_no_card() {
        let number = |number| read(number, "12/30", "123", date(2026, 6, 15)).err();
        for bad in ["", "4242", "4242424242424241", "４２４２424242424242", "abcdabcdabcdabcd"]
        {
            assert_eq!(number(bad), Some(("incorrect_number", "number")), "{bad}");
        }
    }
}
