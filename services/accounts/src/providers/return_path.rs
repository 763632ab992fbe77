/// Where the app takes people who come back from a provider, unless it asked for another path.
pub const USUAL: &str = "/signed-in";

/// The longest that may be asked for, in bytes.
pub const LONGEST: usize = 300;

/// A garde rule: a path of our own pages. Whatever a browser could read as another host is not one.
pub fn ours(path: &str, _: &()) -> garde::Result {
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\#".contains(&byte));
    if plain && path.starts_with('/') && !path.starts_with("//") {
        return Ok(());
    }
    Err(garde::Error::new("is not a path of this site, such as /cart"))
}

/// The address of a path of ours with these values in its query.
pub fn with(public_url: &str, path: &str, values: &[(&str, &str)]) -> String {
    let query: String =
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(values).finish();
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{public_url}{path}{joint}{query}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::*;

    const SITE: &str = "https://shop.example";

    #[test]
    fn a_path_is_ours_or_refused() {
        for good in ["/", "/signed-in", "/cart?step=2&x=%2F", "/a//b", "/@other.example"] {
            assert!(ours(good, &()).is_ok(), "{good}");
        }
        for bad in [
            "",
            "cart",
            "//other.example",
            "/\\other.example",
            "\\\\other.example",
            "https://other.example",
            "javascript:alert(1)",
            "/\t/other.example",
            "/\n/other.example",
            "/ /other.example",
            "/cart#token",
            ".other.example",
            "@other.example",
        ] {
            assert!(ours(bad, &()).is_err(), "{bad}");
        }
        assert_eq!(with(SITE, "/a?b=c", &[("d", "e f")]), "https://shop.example/a?b=c&d=e+f");
    }

    proptest! {
        /// Both as it is put together here and as a browser would resolve it.
        #[test]
        fn nobody_is_sent_to_another_host(
            path in prop_oneof!["[/\\\\.:@a-z\\t ]{0,20}", "/[!-~]{0,20}", ".*"],
        ) {
            if ours(&path, &()).is_ok() {
                let site = Url::parse(SITE).unwrap();
                let whole = Url::parse(&with(SITE, &path, &[("ticket", "t")])).unwrap();
                prop_assert_eq!(whole.origin(), site.origin());
                prop_assert_eq!(site.join(&path).unwrap().origin(), site.origin());
            }
        }
    }
}
