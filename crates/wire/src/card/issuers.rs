//! Which numbers are payment cards' (ISO/IEC 7812: the first six to eight digits are the issuer's,
//! the last one is a check digit).

/// The first and last issuer number, cut to six digits, and the fewest and most digits of the whole.
type Range = (u32, u32, usize, usize);

/// Visa, Mastercard, American Express, Diners Club, Discover, JCB, UnionPay, Maestro, RuPay, Mir, Elo,
/// Hiper, Hipercard, Verve, Troy. Source: the table of Braintree's library credit-card-type, and for
/// RuPay and Troy the list of issuer numbers in Wikipedia's “Payment card number”. Visa's of 13 digits
/// and JCB's of 15 are no longer issued, and still turn up; Maestro's of 12 are no longer than
/// barcodes and telephone numbers, and are not looked for.
const RANGES: &[Range] = &[
    (180_000, 180_099, 15, 15), // JCB
    (213_100, 213_199, 15, 15), // JCB
    (220_000, 220_499, 16, 19), // Mir
    (222_100, 272_099, 16, 16), // Mastercard
    (300_000, 305_999, 14, 19), // Diners Club
    (309_500, 309_599, 14, 19), // Diners Club
    (340_000, 349_999, 15, 15), // American Express
    (352_800, 358_999, 16, 19), // JCB, and RuPay by JCB
    (360_000, 369_999, 14, 19), // Diners Club
    (370_000, 379_999, 15, 15), // American Express
    (380_000, 399_999, 14, 19), // Diners Club
    (400_000, 499_999, 13, 13), // Visa
    (400_000, 499_999, 16, 16), // Visa, and Elo in part
    (400_000, 499_999, 18, 19), // Visa
    (500_000, 509_999, 13, 19), // Maestro, Elo, Verve, RuPay
    (510_000, 559_999, 16, 16), // Mastercard
    (560_000, 599_999, 13, 19), // Maestro
    (600_000, 609_999, 16, 19), // Discover, RuPay, Hipercard
    (620_000, 629_999, 16, 19), // UnionPay, Elo
    (630_000, 639_999, 13, 19), // Maestro, Elo, Hiper
    (644_000, 659_999, 16, 19), // Discover, RuPay, Elo, Troy
    (670_000, 679_999, 13, 19), // Maestro
    (810_000, 829_999, 16, 19), // UnionPay, RuPay
    (979_200, 979_299, 16, 16), // Troy
];

/// Whether digits, 13 to 19 of them, are a card's number: a known issuer, a length that it uses, and
/// a check digit that is right (ISO/IEC 7812-1, annex B, known as Luhn's).
pub fn is_card(digits: &[u8]) -> bool {
    let issuer = digits.iter().take(6).fold(0, |sum, digit| sum * 10 + u32::from(*digit));
    let known = RANGES.iter().any(|(first, last, fewest, most)| {
        (*first..=*last).contains(&issuer) && (*fewest..=*most).contains(&digits.len())
    });
    known && luhn(digits)
}

fn luhn(digits: &[u8]) -> bool {
    let places = digits.iter().rev().enumerate();
    let sum: u32 = places
        .map(|(place, digit)| match u32::from(*digit) {
            digit if place % 2 == 0 => digit,
            digit if digit > 4 => digit * 2 - 9,
            digit => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Whether digits are a barcode's: their check digit is right by the other rule, that of GS1
/// (General Specifications, 7.9), which weighs every second digit by three.
pub fn is_barcode(digits: &[u8]) -> bool {
    let places = digits.iter().rev().enumerate();
    let sum: u32 =
        places.map(|(place, digit)| u32::from(*digit) * if place % 2 == 0 { 1 } else { 3 }).sum();
    sum.is_multiple_of(10)
}
