//! What is done to text and numbers from files. Pure.

use super::mapping::{Case, Reading};

/// One line: without what surrounds it, runs of blanks as one, no control characters.
pub fn one_line(text: &str) -> String {
    let blank = |c: char| c.is_whitespace() || c.is_control();
    let words = text.split(blank).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// Whether a spreadsheet would compute this instead of showing it.
pub fn would_compute(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// As a spreadsheet may safely open it: an apostrophe before what it would compute, and one more
/// before text that has such an apostrophe already, so that [`unescaped`] gives back the same.
pub fn escaped(text: &str) -> String {
    if would_compute(text.trim_start_matches('\'')) { format!("'{text}") } else { text.to_owned() }
}

/// Undoes [`escaped`].
pub fn unescaped(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if would_compute(rest.trim_start_matches('\'')) => rest,
        _ => text,
    }
}

/// Whether it was written to be computed, not to be read: no name begins so.
pub fn is_formula(text: &str) -> bool {
    let call = |rest: &str| rest.contains(['|', '!', '(']);
    match text.chars().next() {
        Some('=' | '@') => true,
        Some('+' | '-') => call(&text[1..]),
        _ => false,
    }
}

/// As its case is wanted.
pub fn cased(text: &str, reading: &Reading) -> String {
    match reading.case {
        None => text.to_owned(),
        Some(Case::Title) => {
            let words = text.split(' ').enumerate();
            let titled = words.map(|(place, word)| titled(word, place == 0, &reading.keep));
            titled.collect::<Vec<_>>().join(" ")
        }
    }
}

const SMALL: [&str; 8] = ["a", "and", "for", "in", "of", "on", "the", "with"];

/// A word in capitals with only its first letter so. Others stay: somebody thought about them.
fn titled(word: &str, first: bool, keep: &[String]) -> String {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    if word.chars().any(char::is_lowercase) || keep.iter().any(|kept| kept == bare) {
        return word.to_owned();
    }
    let lower = word.to_lowercase();
    if !first && SMALL.contains(&lower.as_str()) {
        return lower;
    }
    let mut titled = String::with_capacity(word.len());
    let mut begins = true;
    for (place, letter) in lower.chars().enumerate() {
        if begins && letter.is_alphabetic() {
            titled.extend(letter.to_uppercase());
        } else {
            titled.push(letter);
        }
        // After O' and D' comes a name; after a digit a unit: 12yr, 50ml.
        begins = matches!(letter, '-' | '/' | '(' | '.' | '&' | '#' | '"' | '*')
            || (letter == '\'' && place <= 1)
            || (begins && !letter.is_alphanumeric());
    }
    titled
}

/// A number as text, times ten to the power of `places`, exactly: `9.38` with two is 938. None
/// when it is no number, does not fit, or has more digits behind the point.
pub fn scaled(text: &str, places: usize, reading: &Reading) -> Option<i64> {
    let point = reading.decimal.unwrap_or('.');
    let plain: String = text.chars().filter(|c| !reading.remove.contains(*c)).collect();
    let plain = plain.trim();
    let (negative, digits) = match plain.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, plain),
    };
    let (whole, part) = digits.split_once(point).unwrap_or((digits, ""));
    let numeric = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && part.is_empty()) || !numeric(whole) || !numeric(part) {
        return None;
    }
    let part = part.trim_end_matches('0');
    if part.len() > places || whole.len() + places > 18 {
        return None;
    }
    let number: i64 = format!("0{whole}{part:0<places$}").parse().ok()?;
    Some(if negative { -number } else { number })
}

/// Whether two names have a word in common; numbers and short words do not count.
pub fn share_a_word(one: &str, other: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let lower = text.to_lowercase();
        let words = lower.split(|c: char| !c.is_alphanumeric());
        words.filter(|word| word.chars().count() > 2).map(str::to_owned).collect()
    };
    let (one, other) = (words(one), words(other));
    one.is_empty() || other.is_empty() || one.iter().any(|word| other.contains(word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain() -> Reading {
        Reading::default()
    }

    #[test]
    fn capitals_become_titles() {
        let keep = ["VSOP", "IA"].map(str::to_owned).to_vec();
        let reading = Reading { case: Some(Case::Title), keep, ..plain() };
        for (text, wanted) in [
            ("FIREBALL CINNAMON WHISKEY", "Fireball Cinnamon Whiskey"),
            ("WHISTLEPIG 12YR W/2 GLASSES", "Whistlepig 12yr W/2 Glasses"),
            ("THE QUEEN OF THE IA VSOP", "The Queen of the IA VSOP"),
            ("O'NEIL'S (COCA-COLA)", "O'Neil's (Coca-Cola)"),
            ("CÎROC vodka", "Cîroc vodka"),
        ] {
            assert_eq!(cased(text, &reading), wanted);
        }
    }

    #[test]
    fn numbers_are_read_exactly_or_not_at_all() {
        assert_eq!(scaled("9.38", 2, &plain()), Some(938));
        assert_eq!(scaled("9.380", 2, &plain()), Some(938));
        assert_eq!(scaled("-92.455796", 6, &plain()), Some(-92_455_796));
        assert_eq!(scaled(".5", 2, &plain()), Some(50));
        let german = Reading { decimal: Some(','), remove: ".€ ".into(), ..plain() };
        assert_eq!(scaled("1.234,5 €", 2, &german), Some(123_450));
        for bad in ["", ".", "-", "9.381", "1e3", "0x10", "1 2", "--1", "12345678901234567", "NaN"]
        {
            assert_eq!(scaled(bad, 2, &plain()), None, "{bad}");
        }
    }

    #[test]
    fn formulas_are_told_from_names() {
        for bad in ["=1+1", "=cmd|' /C calc'!A0", "@SUM(1)", "-2+3+cmd|' /C'!A0", "+HYPERLINK(1)"] {
            assert!(is_formula(bad), "{bad}");
        }
        for good in ["-196 Strong Zero", "+46 Vodka", "A=B", "1800 Silver", ""] {
            assert!(!is_formula(good), "{good}");
        }
    }

    proptest! {
        #[test]
        fn nothing_exported_is_computed_and_everything_comes_back(text in "['=+@a\\-\\t ]{0,6}") {
            let cell = escaped(&text);
            prop_assert!(!would_compute(&cell));
            prop_assert_eq!(unescaped(&cell), text);
        }

        #[test]
        fn scaling_is_exact(number in 0_i64..1_000_000_000) {
            let text = format!("{}.{:02}", number / 100, number % 100);
            prop_assert_eq!(scaled(&text, 2, &plain()), Some(number));
        }

        #[test]
        fn no_text_upsets_it(text in "\\PC{0,30}") {
            let reading = Reading { case: Some(Case::Title), ..plain() };
            let _ = (cased(&one_line(&text), &reading), scaled(&text, 2, &reading));
            let _ = is_formula(&text);
        }
    }
}
