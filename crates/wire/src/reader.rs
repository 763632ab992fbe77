//! In whose language a page is.

use http::{HeaderMap, header};

const COOKIE: &str = "language=";

/// Languages that the web app speaks, their direction, and the countries whose ways to write numbers it
/// knows besides (web/src/server/intl.ts): those of others are written as the language alone has them.
const LANGUAGES: [(&str, &str, &[&str]); 2] =
    [("en", "ltr", &["AU", "CA", "GB", "IE", "IN", "NZ", "US", "ZA"]), ("he", "rtl", &["IL"])];

/// In which language, direction and country's manner somebody reads.
#[derive(Debug, Clone)]
pub struct Reader {
    pub language: &'static str,
    pub direction: &'static str,
    /// With the country, so that dates are written as at home: `en-GB`.
    pub locale: String,
}

impl Reader {
    /// What they chose, else the first that their browser asks for and we speak, else English.
    pub fn of(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
        let chosen = text(header::COOKIE)
            .split("; ")
            .find_map(|cookie| cookie.strip_prefix(COOKIE))
            .into_iter();
        let accepted = text(header::ACCEPT_LANGUAGE);
        let accepted = accepted.split(',').filter_map(|one| one.split(';').next()).map(str::trim);
        chosen.chain(accepted).take(10).find_map(Self::speaking).unwrap_or(Self {
            language: "en",
            direction: "ltr",
            locale: "en".into(),
        })
    }

    fn speaking(tag: &str) -> Option<Self> {
        let (language, country) = tag.split_once('-').unwrap_or((tag, ""));
        let (language, direction, countries) =
            LANGUAGES.into_iter().find(|(one, ..)| one.eq_ignore_ascii_case(language))?;
        let country = countries.iter().find(|one| one.eq_ignore_ascii_case(country));
        let locale =
            country.map_or_else(|| language.to_owned(), |country| format!("{language}-{country}"));
        Some(Self { language, direction, locale })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locale(accept: &str, cookie: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, accept.parse().expect("a header"));
        headers.insert(header::COOKIE, cookie.parse().expect("a header"));
        Reader::of(&headers).locale
    }

    #[test]
    fn the_first_language_that_we_speak_counts_and_the_chosen_one_before_all() {
        assert_eq!(locale("fr-FR,he-IL;q=0.9,en;q=0.8", ""), "he-IL");
        assert_eq!(locale("fr", ""), "en");
        assert_eq!(locale("en-gb", "other=1; language=he"), "he");
        assert_eq!(locale("en-gb", "language=tlh"), "en-GB");
        assert_eq!(locale("en-DE", ""), "en");
        assert_eq!(locale("en-\"><script>", ""), "en");
    }
}
