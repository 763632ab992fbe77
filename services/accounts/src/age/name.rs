//! Whether the name on a document may be that of an account. Documents write capitals without
//! accents, cut what is long, and know names that people leave out.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::aamva::Named;

/// Whether the person may be whom the document names: one family name is all of the other or its
/// beginning words, and a given name is the same.
pub fn plausible(document: &Named, given_name: &str, family_name: &str) -> bool {
    spellings(family_name)
        .any(|name| family(&words(&document.family.text), &name, document.family.cut))
        && spellings(given_name).any(|name| given(document, &name))
}

fn family(document: &[String], account: &[String], cut: bool) -> bool {
    let (shown, stated) = (document.concat(), account.concat());
    if shown.is_empty() || stated.is_empty() {
        return false;
    }
    // Someone with two family names may go by one, and a space or hyphen more is no other name.
    let part = |whole: &[String], part: &[String]| {
        !part.is_empty() && whole.windows(part.len()).any(|words| words == part)
    };
    shown == stated
        || (cut && stated.starts_with(&shown))
        || part(document, account)
        || part(account, document)
}

fn given(document: &Named, account: &[String]) -> bool {
    let shown = words(&document.given.text);
    let Some(last) = shown.last() else { return false };
    let stated = account.concat();
    let same = |word: &String| {
        shown.contains(word) || (document.given.cut && word.starts_with(last.as_str()))
    };
    stated == shown.concat() || account.iter().any(same)
}

/// The words of a name as documents may spell it: with accents left out, and in the German way.
fn spellings(name: &str) -> impl Iterator<Item = Vec<String>> {
    let german: String = name
        .to_lowercase()
        .nfc()
        .map(|char| match char {
            'ä' => "ae".to_owned(),
            'ö' | 'ø' => "oe".to_owned(),
            'ü' => "ue".to_owned(),
            'å' => "aa".to_owned(),
            other => other.to_string(),
        })
        .collect();
    [words(name), words(&german)].into_iter()
}

/// Lower case, without accents and apostrophes, cut at everything else that is no letter.
fn words(name: &str) -> Vec<String> {
    let plain: String = name
        .to_lowercase()
        .nfkd()
        .filter(|char| !is_combining_mark(*char) && !matches!(char, '\'' | '’' | '`' | 'ʼ'))
        .map(|char| match char {
            'ß' => "ss".to_owned(),
            'ø' => "o".to_owned(),
            'ł' => "l".to_owned(),
            'æ' => "ae".to_owned(),
            'œ' => "oe".to_owned(),
            'đ' | 'ð' => "d".to_owned(),
            other => other.to_string(),
        })
        .collect();
    let words = plain.split(|char: char| !char.is_alphabetic());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::aamva::Part, *};

    fn on_document(given: &str, family: &str) -> Named {
        let part = |text: &str| Part {
            text: text.trim_end_matches('…').into(),
            cut: text.ends_with('…'),
        };
        Named { given: part(given), family: part(family) }
    }

    #[test]
    fn a_name_that_a_document_spells_its_own_way_is_the_same() {
        for (document, account) in [
            (("ANN MARIE", "LEE"), ("Ann", "Lee")),
            (("ANN", "LEE"), ("Ann Marie", "Lee")),
            (("ANNMARIE", "LEE"), ("Ann-Marie", "Lee")),
            (("JURGEN", "MULLER"), ("Jürgen", "Müller")),
            (("JUERGEN", "MUELLER"), ("Jürgen", "Müller")),
            (("SOREN", "STROM"), ("Søren", "Strøm")),
            (("SEAN", "OBRIEN"), ("Seán", "O’Brien")),
            (("SEAN", "O'BRIEN"), ("Sean", "OBrien")),
            (("MARIA", "DE LA CRUZ"), ("María", "Delacruz")),
            (("MARIA", "GARCIA-LOPEZ"), ("Maria", "Garcia")),
            (("MARIA", "GARCIA"), ("Maria", "García López")),
            (
                ("CHRISTO…", "WOLFESCHLEGELSTEINHAUSENB…"),
                ("Christopher", "Wolfeschlegelsteinhausenbergerdorff"),
            ),
            (("ВЕРА", "ИВАНОВА"), ("Вера", "Иванова")),
        ] {
            let named = on_document(document.0, document.1);
            assert!(plausible(&named, account.0, account.1), "{document:?} {account:?}");
        }
    }

    #[test]
    fn another_name_is_another() {
        for (document, account) in [
            (("ANN", "LEE"), ("Bob", "Lee")),
            (("ANN", "LEE"), ("Ann", "Leeson")),
            (("ANN", "LEESON"), ("Ann", "Lee")),
            (("ANNA", "LEE"), ("Ann", "Lee")),
            (("LEE", "ANN"), ("Ann", "Lee")),
            (("", "LEE"), ("Ann", "Lee")),
            (("ANN", ""), ("Ann", "Lee")),
            (("ANN", "LEE"), ("…", "Lee")),
            (("ANN", "LEE"), ("Ann", "-")),
            (("…", "LEE"), ("Ann", "Lee")),
        ] {
            let named = on_document(document.0, document.1);
            assert!(!plausible(&named, account.0, account.1), "{document:?} {account:?}");
        }
    }
}
