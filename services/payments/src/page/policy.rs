//! What a browser may do with the checkout page, in headers. Pure.

use axum::http::{HeaderName, HeaderValue, header};
use payments_api::{Component, ComponentKind};

use crate::component::{Csp, NONCE};

/// The policy of a page of ours: nothing but what it brings, and what the component needs.
pub fn policy(component: &Csp, nonce: &str) -> String {
    let own: [(&str, &[&str]); 7] = [
        ("base-uri", &["'none'"]),
        ("connect-src", &["'self'"]),
        ("default-src", &["'none'"]),
        ("form-action", &["'self'"]),
        ("frame-ancestors", &["'none'"]),
        ("script-src", &["'self'"]),
        ("style-src", &["'self'"]),
    ];
    let mut all: Csp = own
        .into_iter()
        .map(|(name, own)| (name.to_owned(), own.iter().map(|one| (*one).to_owned()).collect()))
        .collect();
    for (name, sources) in component {
        let sources = sources.iter().map(|one| match one.as_str() {
            NONCE => format!("'nonce-{nonce}'"),
            one => one.to_owned(),
        });
        all.entry(name.clone()).or_default().extend(sources);
    }
    let directives = all.into_iter().map(|(name, sources)| format!("{name} {}", sources.join(" ")));
    directives.collect::<Vec<_>>().join("; ")
}

/// All headers of the page. Whoever it loads from or leads to learns by them no more than our host;
/// the address with its key is told to the provider alone, as where the payer comes back to.
pub fn headers(component: &Component, nonce: &str) -> Vec<(HeaderName, HeaderValue)> {
    let opener = match component.kind {
        // Wallets and banks may open windows that speak with the page.
        ComponentKind::StripePaymentElement
        | ComponentKind::PaypalButtons
        | ComponentKind::PaypalCardFields
        | ComponentKind::RazorpayCheckout => "same-origin-allow-popups",
        ComponentKind::Redirect => "same-origin",
    };
    let whole = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy(&component.csp, nonce)),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::REFERRER_POLICY, "strict-origin".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (HeaderName::from_static("cross-origin-opener-policy"), opener.to_owned()),
        (HeaderName::from_static("permissions-policy"), permissions(&component.csp)),
        (HeaderName::from_static("x-robots-tag"), "noindex, nofollow".to_owned()),
    ];
    let value = |text: String| HeaderValue::try_from(text).ok();
    whole.into_iter().filter_map(|(name, text)| Some((name, value(text)?))).collect()
}

/// Who may ask the browser for what: paying is for us and the provider's frames, the rest for nobody.
fn permissions(component: &Csp) -> String {
    let frames = component.get("frame-src").into_iter().flatten();
    let frames: String = frames.map(|origin| format!(" \"{origin}\"")).collect();
    format!(
        "payment=(self{frames}), publickey-credentials-get=(self{frames}), camera=(), \
         display-capture=(), geolocation=(), microphone=(), usb=()"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::csp;

    #[test]
    fn each_component_has_exactly_this_policy() {
        let own = "base-uri 'none'; connect-src 'self'{c}; default-src 'none'; form-action 'self'; \
                   frame-ancestors 'none'";
        let stripe = csp(ComponentKind::StripePaymentElement, "https://js.stripe.com/v3/");
        assert_eq!(
            policy(&stripe, "n"),
            own.replace("{c}", " https://api.stripe.com")
                + "; frame-src https://js.stripe.com https://*.js.stripe.com \
                   https://hooks.stripe.com; script-src 'self' \
                   https://js.stripe.com https://*.js.stripe.com; style-src 'self'"
        );
        let paypal =
            csp(ComponentKind::PaypalButtons, "https://www.paypal.com/sdk/js?currency=USD");
        let theirs = " https://*.paypal.com https://*.paypalobjects.com https://*.venmo.com";
        assert_eq!(
            policy(&paypal, "n"),
            own.replace("{c}", theirs)
                + &format!(
                    "; frame-src{theirs}; img-src{theirs} data:; script-src \
                     'self'{theirs} 'nonce-n'; style-src 'self'{theirs} 'nonce-n'"
                )
        );
        let razorpay =
            csp(ComponentKind::RazorpayCheckout, "https://checkout.razorpay.com/v1/checkout.js");
        assert_eq!(
            policy(&razorpay, "n"),
            own.replace(
                "{c}",
                " https://api.razorpay.com https://lumberjack.razorpay.com \
                 https://lumberjack-cx.razorpay.com"
            ) + "; frame-src https://api.razorpay.com https://checkout.razorpay.com; img-src \
                 https://cdn.razorpay.com; script-src 'self' \
                 https://checkout.razorpay.com; style-src 'self'"
        );
        assert_eq!(
            policy(&Csp::new(), "n"),
            own.replace("{c}", "") + "; script-src 'self'; style-src 'self'"
        );
    }
}
