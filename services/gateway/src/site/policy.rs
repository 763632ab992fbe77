//! What a page may fetch and run: what comes from here, and what the map needs that is set.

use crate::config::Map;

/// What Google asks for its map (its guide for JavaScript maps names these): it makes code and
/// styles as it goes.
const GOOGLE_SCRIPTS: &str = " https://*.googleapis.com https://*.gstatic.com 'unsafe-eval' blob:";
/// Where browsers are told of single styles they allow no others, so ours is not named beside it.
const GOOGLE_STYLES: &str = "'unsafe-inline' https://fonts.googleapis.com";
const GOOGLE_FONTS: &str = " https://fonts.gstatic.com";
const GOOGLE_PICTURES: &str = " https://*.googleapis.com https://*.gstatic.com \
                               https://*.google.com https://*.googleusercontent.com";
const GOOGLE_CALLS: &str =
    " https://*.googleapis.com https://*.google.com https://*.gstatic.com data: blob:";
const GOOGLE_FRAMES: &str = "; frame-src https://*.google.com";
const GOOGLE_WORKERS: &str = " blob:";

/// The policy of a page with this map; the rest is what it calls the styles, and the script, that are in
/// the page itself.
pub fn policy(map: &Map, (rules, begin): (&str, &str)) -> anyhow::Result<String> {
    let google = |what: &'static str| if map.google() { what } else { "" };
    let styles: String = map.style_origins()?.iter().map(|origin| format!(" {origin}")).collect();
    Ok(format!(
        "default-src 'none'; script-src 'self' {begin}{}; style-src 'self' {}; font-src 'self'{}; \
         img-src 'self' data:{}; connect-src 'self'{styles}{}; worker-src 'self'{}; \
         manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'{}",
        google(GOOGLE_SCRIPTS),
        if map.google() { GOOGLE_STYLES } else { rules },
        google(GOOGLE_FONTS),
        google(GOOGLE_PICTURES),
        google(GOOGLE_CALLS),
        google(GOOGLE_WORKERS),
        google(GOOGLE_FRAMES),
    ))
}

/// Who makes the map learns which house's page shows it (keys and tiles are given to some houses
/// alone), and never which page; nobody else learns anything.
pub fn referrer(map: &Map) -> &'static str {
    if map.google() || !map.style_url.is_empty() { "strict-origin" } else { "no-referrer" }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INLINE: (&str, &str) = ("'sha256-abc='", "'sha256-def='");

    #[test]
    fn nothing_of_others_is_allowed_where_nothing_is_set() {
        let policy = policy(&Map::default(), INLINE).expect("a policy");
        assert!(policy.contains("style-src 'self' 'sha256-abc=';"), "{policy}");
        assert!(!policy.contains("http") && !policy.contains("unsafe"), "{policy}");
    }

    #[test]
    fn what_is_set_is_allowed_and_nothing_else() {
        let map = Map {
            style_url: "https://maps.example:8443/styles/a.json?key=1".into(),
            style_hosts: vec!["https://tiles.example".into()],
            ..Map::default()
        };
        let policy = policy(&map, INLINE).expect("a policy");
        let calls = "connect-src 'self' https://maps.example:8443 https://tiles.example;";
        assert!(policy.contains(calls) && policy.matches("https:").count() == 2, "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("google"), "{policy}");
    }
}
