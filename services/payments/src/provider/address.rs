//! Where a provider, or its script, is spoken with. Pure.

use anyhow::ensure;
use url::Url;

/// An address that is safe to speak with, for setting `name`: nobody on the way can read or change what
/// goes there. Without TLS that is this machine alone, and none where it has to be `live`.
pub fn check(name: &str, address: &str, live: bool) -> anyhow::Result<()> {
    let url = Url::parse(address).ok();
    let safe = url.as_ref().is_some_and(|url| {
        let plain = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        let near = !live && address.starts_with("http://127.0.0.1:") && is_near(url);
        plain && (near || address.starts_with("https://"))
    });
    ensure!(safe, "{name} must begin with https://, and name nobody and have no query");
    Ok(())
}

/// Whether it is spoken with without TLS, and is this machine.
pub fn is_near(url: &Url) -> bool {
    url.scheme() == "http" && url.host_str() == Some("127.0.0.1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spoken_of_money_goes_on_a_safe_way() {
        for good in ["https://api.stripe.com", "https://js.stripe.com/v3/"] {
            check("x", good, true).unwrap();
            check("x", good, false).unwrap();
        }
        check("x", "http://127.0.0.1:4000/v3/", false).unwrap();
        for bad in [
            "",
            "js.stripe.com",
            "http://127.0.0.1:4000/v3/",
            "http://js.stripe.com/v3/",
            "data:text/javascript,1",
            "javascript:1",
            "https://u@a.example/",
            "https://:p@a.example/",
            "https://a.example/?b",
            "https://a.example/#b",
            "http://127.0.0.1.example/",
            "http://127.0.0.1:80@a.example/",
            "http://localhost:80/",
            "http://[::1]:80/",
        ] {
            check("x", bad, true).unwrap_err();
            assert!(bad == "http://127.0.0.1:4000/v3/" || check("x", bad, false).is_err(), "{bad}");
        }
    }
}
