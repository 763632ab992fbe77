//! Which numbers are payment cards' (ISO/IEC 7812: the first six to eight digits are the issuer's,
//! the last one is a check digit).

/// The first and last issuer number, cut to six digits, and the fewest and most digits of the whole.
type Range = (u32, u32, usize, usize);

/// As the card schemes publish them: Visa, Mastercard, American Express, Diners Club, Discover,
/// JCB, UnionPay, Maestro, RuPay, Mir, Elo, Verve, Troy. Visa numbers of 13 digits are no longer
/// issued, and still turn up.
const RANGES: &[Range] = &[
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
    (400_000, 499_999, 19, 19), // Visa
    (501_800, 501_899, 13, 19), // Maestro
    (502_000, 502_099, 13, 19), // Maestro
    (503_800, 503_899, 13, 19), // Maestro
    (506_099, 506_198, 16, 19), // Verve
    (506_699, 509_999, 16, 16), // Elo, RuPay
    (510_000, 559_999, 16, 16), // Mastercard
    (589_300, 589_399, 13, 19), // Maestro
    (600_000, 609_999, 16, 19), // Discover, RuPay
    (620_000, 629_999, 16, 19), // UnionPay
    (630_400, 630_499, 13, 19), // Maestro
    (636_297, 636_368, 16, 16), // Elo
    (644_000, 659_999, 16, 19), // Discover, RuPay, Verve, Troy
    (675_900, 676_399, 13, 19), // Maestro
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
