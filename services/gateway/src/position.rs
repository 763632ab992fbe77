//! What somebody has written they see: how far the database was then is told in a header, and a cookie
//! brings it back for browsers.

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite, time::Duration};
use wire::{POSITION_HEADER, POSITION_LENGTH};

const COOKIE: &str = "tipple_position";
/// Where all that reads is.
const PATH: &str = "/v1";

/// Whether somebody has written of late, and so sees no answer that was kept for others.
pub fn is_brought(headers: &HeaderMap) -> bool {
    headers.contains_key(POSITION_HEADER) || of_cookie(headers).is_some()
}

/// Puts what the cookie says into the header that services read. The header itself wins.
pub fn bring(headers: &mut HeaderMap) {
    if headers.contains_key(POSITION_HEADER) {
        return;
    }
    if let Some(value) = of_cookie(headers) {
        headers.insert(POSITION_HEADER, value);
    }
}

fn of_cookie(headers: &HeaderMap) -> Option<HeaderValue> {
    let texts = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut cookies = texts.flat_map(|text| Cookie::split_parse(text).filter_map(Result::ok));
    let found = cookies.find(|cookie| cookie.name() == COOKIE);
    let found = found.filter(|cookie| cookie.value().len() <= POSITION_LENGTH);
    found.and_then(|cookie| HeaderValue::from_str(cookie.value()).ok())
}

/// The same as cookies have it; what would be longer than they can say ends with the browser's session.
pub fn lasting(life: std::time::Duration) -> Duration {
    Duration::try_from(life).unwrap_or_default()
}

/// Has browsers bring back what an answer tells.
pub fn keep(headers: &mut HeaderMap, life: Duration, secure: bool) {
    let told = headers.get(POSITION_HEADER).and_then(|value| value.to_str().ok());
    let Some(told) = told else { return };
    let cookie = Cookie::build((COOKIE, told))
        .path(PATH)
        .http_only(true)
        .secure(secure)
        .same_site(SameSite::Strict)
        .max_age(life)
        .build();
    if let Ok(value) = HeaderValue::try_from(cookie.to_string()) {
        headers.append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brought(headers: &[(&'static str, &'static str)]) -> Option<String> {
        let pairs = headers.iter().map(|(name, value)| {
            let name = header::HeaderName::from_static(name);
            (name, HeaderValue::from_static(value))
        });
        let mut headers: HeaderMap = pairs.collect();
        bring(&mut headers);
        Some(headers.get(POSITION_HEADER)?.to_str().ok()?.to_owned())
    }

    #[test]
    fn a_cookie_is_read_where_there_is_no_header() {
        assert_eq!(brought(&[]), None);
        assert_eq!(brought(&[("cookie", "a=b; tipple_position=1f")]), Some("1f".into()));
        let long = format!("tipple_position={}", "0".repeat(POSITION_LENGTH + 1));
        let long: &'static str = Box::leak(long.into_boxed_str());
        assert_eq!(brought(&[("cookie", long)]), None);
        let both = [("tipple-position", "2a"), ("cookie", "tipple_position=1f")];
        assert_eq!(brought(&both), Some("2a".into()));
    }

    #[test]
    fn what_is_told_is_kept_for_a_while() {
        let mut headers = HeaderMap::new();
        keep(&mut headers, Duration::seconds(20), true);
        assert!(headers.is_empty(), "nothing was told");
        headers.insert(POSITION_HEADER, HeaderValue::from_static("1f"));
        keep(&mut headers, Duration::seconds(20), true);
        let cookie = headers[header::SET_COOKIE].to_str().unwrap();
        let wanted = "tipple_position=1f; HttpOnly; SameSite=Strict; Secure; Path=/v1; Max-Age=20";
        assert_eq!(cookie, wanted);
    }
}
