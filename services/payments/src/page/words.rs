//! What the page says, by key, in each language that the web app speaks: data, in `messages/`.

use std::collections::BTreeMap;

use minijinja::{Error, ErrorKind, Value, value::Kwargs};

const LANGUAGES: [(&str, &str); 2] = [
    ("en", include_str!("../../messages/en.json")),
    ("he", include_str!("../../messages/he.json")),
];

/// What the page's script says, by keys that begin with one of these.
const OF_THE_SCRIPT: [&str; 2] = ["script.", "left."];

/// All that is said in one language.
pub struct Words {
    texts: BTreeMap<String, String>,
    /// What the script says, as JSON.
    pub script: String,
}

impl Words {
    /// Those of each language.
    pub fn all() -> anyhow::Result<Vec<(&'static str, Self)>> {
        LANGUAGES.into_iter().map(|(language, json)| Ok((language, Self::read(json)?))).collect()
    }

    fn read(json: &str) -> anyhow::Result<Self> {
        let texts: BTreeMap<String, String> = serde_json::from_str(json)?;
        let of_script = |key: &&String| OF_THE_SCRIPT.iter().any(|start| key.starts_with(start));
        let script: BTreeMap<&str, &String> = texts
            .keys()
            .filter(of_script)
            .map(|key| (key.strip_prefix("script.").unwrap_or(key), &texts[key]))
            .collect();
        let script = serde_json::to_string(&script)?;
        Ok(Self { texts, script })
    }

    /// A message with its values filled in.
    pub fn say(&self, key: &str, values: &Kwargs) -> Result<String, Error> {
        let text = self.texts.get(key);
        let mut text = text
            .ok_or_else(|| Error::new(ErrorKind::UndefinedError, format!("no words for {key}")))?
            .clone();
        for name in values.args() {
            let value: Value = values.get(name)?;
            text = text.replace(&format!("{{{name}}}"), &value.to_string());
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::decline::Why;

    /// Names of what is filled in.
    fn places(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
    }

    #[test]
    fn each_language_says_all_that_the_others_say_with_the_same_values() {
        let all = Words::all().unwrap();
        let (_, english) = &all[0];
        assert!(english.texts.len() > 70);
        for (language, words) in &all {
            let keys = |words: &Words| words.texts.keys().cloned().collect::<Vec<_>>();
            assert_eq!(keys(words), keys(english), "{language}");
            for (key, text) in &words.texts {
                assert!(!text.trim().is_empty(), "{language} {key}");
                if key == "left.two" {
                    continue;
                }
                assert_eq!(places(text), places(&english.texts[key]), "{language} {key}");
            }
        }
    }

    #[test]
    fn nothing_in_hebrew_is_left_in_english_but_names() {
        let all = Words::all().unwrap();
        let (_, hebrew) = all.iter().find(|(language, _)| *language == "he").unwrap();
        for (key, text) in &hebrew.texts {
            let plain = places(text).iter().fold(text.clone(), |text, it| text.replace(it, ""));
            let names = ["JavaScript", "PayPal", "UPI"];
            let plain = names.iter().fold(plain, |text, name| text.replace(name, ""));
            assert!(!plain.contains(|c: char| c.is_ascii_alphabetic()), "{key}: {text}");
        }
    }

    #[test]
    fn each_decline_is_said_as_the_api_says_it() {
        let all = Words::all().unwrap();
        for why in Why::ALL {
            let key = format!("declined.{}", why.told().as_str());
            assert_eq!(all[0].1.texts[&key], why.detail());
        }
    }
}
