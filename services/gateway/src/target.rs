//! Where a path leads. The rule is an allow-list: a path that is not spelt in the one plain way
//! leads nowhere, so no trick of spelling can reach what the plain way does not.

use std::borrow::Cow;

/// What a path asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target<'a> {
    /// A page or document of the gateway's own.
    Own,
    /// A page of the web app.
    Page,
    /// A path of the named service.
    Service(&'a str),
}

/// The first segments of the gateway's own paths.
const OWN: [&str; 17] = [
    "",
    "healthz",
    "readyz",
    "openapi.json",
    "docs",
    "assets",
    "driver.webmanifest",
    "driver-icon.svg",
    "driver-icon-192.png",
    "driver-icon-512.png",
    "driver-icon-whole.png",
    "icon.svg",
    "icon-192.png",
    "icon-512.png",
    "icon-whole.png",
    "site.webmanifest",
    "worker.js",
];

/// The first segments of the web app's pages.
const PAGES: [&str; 22] = [
    "account",
    "basket",
    "c",
    "checkout",
    "confirm-email",
    "confirm-phone",
    "driver",
    "forgotten",
    "help",
    "invitation",
    "offline",
    "operator",
    "orders",
    "p",
    "reset-password",
    "s",
    "search",
    "sign-in",
    "sign-up",
    "signed-in",
    "stores",
    "vendor",
];

/// Where `path`, as it came over the network, leads; `None` leads to a 404.
///
/// `/v1/<service>/…` and `/sandbox/…` lead to services, and `/pay/…` to the checkout pages of
/// payments. Everything else but the gateway's own pages leads nowhere: `/internal` in any spelling,
/// empty segments, dot segments, and whatever an upstream might read as one of these after decoding.
pub fn target(path: &str) -> Option<Target<'_>> {
    let rest = path.strip_prefix('/')?;
    let mut segments = rest.split('/');
    let first = segments.next()?;
    if OWN.contains(&first) {
        let own = matches!(first, "docs" | "assets") || segments.next().is_none();
        return (own && plain(rest.trim_end_matches('/'))).then_some(Target::Own);
    }
    if PAGES.contains(&first) {
        return plain(rest).then_some(Target::Page);
    }
    let service = match first {
        "sandbox" => "sandbox",
        "pay" => "payments",
        "v1" => segments.next().filter(|name| *name != "sandbox" && is_name(name))?,
        _ => return None,
    };
    // The service alone is not a path of it, and `/sandbox/` alone is.
    let some = first == "sandbox" || segments.clone().next().is_some();
    (some && plain(rest)).then_some(Target::Service(service))
}

fn is_name(segment: &str) -> bool {
    segment.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Whether each segment stands for itself, however often somebody decodes it.
fn plain(path: &str) -> bool {
    path.split('/').enumerate().all(|(place, segment)| {
        let whole = !segment.is_empty() || (place == 0 && path.is_empty());
        whole && decoded(segment).is_some_and(|text| !matches!(&*text, b"." | b".."))
    })
}

/// The segment with its percent-encoding taken off; `None` where that is broken or hides a
/// separator, a control character or a second layer of encoding.
fn decoded(segment: &str) -> Option<Cow<'_, [u8]>> {
    let text = if segment.contains('%') {
        Cow::Owned(without_percents(segment)?)
    } else {
        Cow::Borrowed(segment.as_bytes())
    };
    let hides = |byte: &u8| matches!(byte, b'/' | b'\\' | b';') || byte.is_ascii_control();
    (!text.iter().any(hides)).then_some(text)
}

fn without_percents(segment: &str) -> Option<Vec<u8>> {
    let mut bytes = segment.bytes();
    let mut text = Vec::with_capacity(segment.len());
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            text.push(byte);
            continue;
        }
        let hex = [bytes.next()?, bytes.next()?];
        let byte = u8::from_str_radix(std::str::from_utf8(&hex).ok()?, 16).ok()?;
        if byte == b'%' {
            return None;
        }
        text.push(byte);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_plain_way_leads_there() {
        assert_eq!(target("/"), Some(Target::Own));
        assert_eq!(target("/healthz"), Some(Target::Own));
        assert_eq!(target("/docs/swagger-ui.css"), Some(Target::Own));
        assert_eq!(target("/v1/orders/orders"), Some(Target::Service("orders")));
        assert_eq!(
            target("/v1/catalogue/search/caf%C3%A9%20noir"),
            Some(Target::Service("catalogue"))
        );
        assert_eq!(target("/sandbox/pay/1"), Some(Target::Service("sandbox")));
        assert_eq!(target("/pay/1/a-b_c"), Some(Target::Service("payments")));
        assert_eq!(target("/orders/1"), Some(Target::Page));
        assert_eq!(target("/c/spirits/whiskey"), Some(Target::Page));
    }

    #[test]
    fn tricks_lead_nowhere() {
        for path in [
            "",
            "*",
            "//",
            "/internal",
            "/internal/orders/x",
            "//internal/orders/x",
            "/Internal/orders",
            "/INTERNAL/orders",
            "/%69nternal/orders",
            "/./internal/orders",
            "/v1",
            "/v1/",
            "/v1/orders",
            "/v1/orders/",
            "/v1/../internal/orders",
            "/v1/orders/../../internal/orders",
            "/v1/orders/..%2f..%2finternal/orders",
            "/v1/orders/%2e%2e/%2e%2e/internal/orders",
            "/v1/orders/.%2e/x",
            "/v1/orders/%2E%2E/x",
            "/v1/orders/%252e%252e/%252e%252e/internal",
            "/v1/orders/..%5c..%5cinternal",
            "/v1/orders/..\\..\\internal",
            "/v1//internal/orders",
            "/v1/orders//x",
            "/v1/orders/x/",
            "/v1/orders/..;/internal",
            "/v1/orders/%00",
            "/v1/orders/%0d%0a",
            "/v1/orders/%",
            "/v1/orders/%2",
            "/v1/orders/%zz",
            "/v1/orders/%+1",
            "/V1/orders/x",
            "/v1/%6frders/x",
            "/v1/%69nternal/x",
            "/v1/ORDERS/x",
            "/v1/sandbox/x",
            "/pay",
            "/pay/",
            "/Pay/1/k",
            "/pay/../internal/payments/x",
            "/pay/..%2finternal",
            "/pay//internal/x",
            "/pay/1/%2e%2e",
            "/%70ay/1/k",
            "/sandbox/../internal",
            "/docs/../internal",
            "/docs/..%2finternal",
            "/healthz/x",
            "/openapi.json/..",
            "http://here/internal",
        ] {
            let led = target(path);
            assert!(led.is_none(), "{path} led to {led:?}");
        }
    }

    /// As a sloppy upstream may read a path: decoded again and again, backslashes turned, empty
    /// and dot segments resolved.
    fn sloppy(path: &str) -> String {
        let mut text = path.to_owned();
        for _ in 0..4 {
            let bytes = text.replace('%', "%25");
            let url = format!("http://h{}", bytes.replace("%25", "%"));
            text = match url.parse::<http::Uri>() {
                Ok(uri) => decode(uri.path()),
                Err(_) => decode(&text),
            };
        }
        let mut kept: Vec<&str> = Vec::new();
        let text = text.replace('\\', "/").to_lowercase();
        for segment in text.split('/') {
            match segment {
                "" | "." => {}
                ".." => drop(kept.pop()),
                segment => kept.push(segment),
            }
        }
        kept.join("/")
    }

    fn decode(text: &str) -> String {
        let (mut bytes, from) = (Vec::new(), text.as_bytes());
        let mut at = 0;
        while at < from.len() {
            let hex = from.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
            match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
                Some(byte) if from[at] == b'%' => {
                    bytes.push(byte);
                    at += 3;
                }
                _ => {
                    bytes.push(from[at]);
                    at += 1;
                }
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    proptest! {
        /// Whatever is let through still leads to the same service when read sloppily.
        #[test]
        fn no_spelling_reaches_another_place(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "/", "//", ".", "..", "%2e", "%2E%2e", "%2f", "%5c", "\\", "%25", "%252e", "v1",
                    "orders", "internal", "INTERNAL", "%69nternal", "x", "sandbox", ";", "%00", "docs",
                    "pay",
                ]),
                0..12,
            ),
            prefix in prop::sample::select(vec!["/v1/orders/", "/v1/", "/", "/sandbox/", "/docs/", "/pay/"]),
        ) {
            let path = format!("{prefix}{}", parts.concat());
            let read = sloppy(&path);
            match target(&path) {
                Some(Target::Service("sandbox")) => prop_assert!(read.starts_with("sandbox"), "{path}"),
                Some(Target::Service("payments")) if !path.starts_with("/v1/") => {
                    prop_assert!(read.starts_with("pay/"), "{path} is read as {read}");
                }
                Some(Target::Service(name)) => {
                    let there = format!("v1/{}/", name.to_lowercase());
                    prop_assert!(read.starts_with(&there), "{path} is read as {read}");
                }
                Some(Target::Own | Target::Page) => {
                    prop_assert!(!read.starts_with("internal"), "{path}");
                }
                None => {}
            }
        }
    }
}
