//! Barcodes: GTINs of 8, 12, 13 or 14 digits, whose last digit is computed from the others.

/// A number of fewer digits was never a barcode, however many zeros it may have lost.
const SHORTEST: usize = 6;

/// A barcode as it is kept, where it is a right one. Scanners and spreadsheets drop leading
/// zeros: they are filled up to `pad` digits.
pub fn gtin(text: &str, pad: usize) -> Option<String> {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    if !(SHORTEST..=14).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let code = format!("{digits:0>pad$}");
    let zeros = code.bytes().all(|byte| byte == b'0');
    (!zeros && matches!(code.len(), 8 | 12..=14) && check_digit_holds(&code)).then_some(code)
}

/// One number for all spellings of a barcode.
pub fn number(gtin: &str) -> u64 {
    gtin.bytes().fold(0, |number, digit| number * 10 + u64::from(digit - b'0'))
}

fn check_digit_holds(code: &str) -> bool {
    let digits = code.bytes().rev().map(|byte| u32::from(byte - b'0'));
    let weighted =
        digits.enumerate().map(|(place, digit)| digit * if place % 2 == 0 { 1 } else { 3 });
    weighted.sum::<u32>() % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_decides() {
        assert_eq!(gtin("88004022723", 12).as_deref(), Some("088004022723"));
        assert_eq!(gtin("5901234123457", 0).as_deref(), Some("5901234123457"));
        assert_eq!(gtin("96385074", 0).as_deref(), Some("96385074"));
        for bad in
            ["88004022724", "", "12345", "123", "5901234123458", "0", "590123412345X", "١٢٣٤٥٦٧٨"]
        {
            assert_eq!(gtin(bad, 12), None, "{bad}");
        }
    }

    #[test]
    fn spellings_are_one_number() {
        let all = ["088004022723", "0088004022723", "00088004022723"];
        assert!(all.iter().all(|code| number(code) == 88_004_022_723));
    }
}
