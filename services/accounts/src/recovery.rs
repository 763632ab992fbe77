//! Recovery codes: what opens an account when phone and keys are lost. Each opens it once.

/// How many a person gets.
pub const COUNT: usize = 10;
/// Characters of one: 50 bits.
const LENGTH: usize = 10;
/// Crockford's base 32: nothing that looks like something else.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// New ones, such as `7K2QF-M9XDA`.
pub fn new_codes() -> Vec<String> {
    (0..COUNT).map(|_| new_code()).collect()
}

fn new_code() -> String {
    let bytes = kernel::random_bytes::<LENGTH>();
    let text: String =
        bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    format!("{}-{}", &text[..LENGTH / 2], &text[LENGTH / 2..])
}

/// A code as it is hashed, however it was typed; none when it cannot be one.
pub fn plain(typed: &str) -> Option<String> {
    let plain: String = typed
        .chars()
        .filter(|char| !matches!(char, '-' | ' '))
        .map(|char| match char.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    (plain.len() == LENGTH && plain.bytes().all(|byte| ALPHABET.contains(&byte))).then_some(plain)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_differ_and_are_read_however_they_are_typed() {
        let codes: BTreeSet<String> = (0..100).flat_map(|_| new_codes()).collect();
        assert_eq!(codes.len(), 1_000);
        for code in &codes {
            let known = plain(code);
            assert!(known.is_some(), "{code}");
            assert_eq!(plain(&code.to_lowercase().replace('-', " ")), known);
            assert_eq!(plain(&code.replace('0', "o").replace('1', "l")), known);
        }
        for wrong in ["", "123456", "7K2QF-M9XD", "7K2QF-M9XDAA", "7K2QF-M9XDÄ", "7K2QF_M9XDA"] {
            assert_eq!(plain(wrong), None, "{wrong:?}");
        }
    }
}
