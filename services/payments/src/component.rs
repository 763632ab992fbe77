//! What a page that lets a customer pay with a provider's component has to allow. Pure.
//!
//! As the providers document it: Stripe in its security guide, PayPal in the best practices of its
//! script (with a nonce in the place of `unsafe-inline`). Razorpay documents none: what its script
//! and its window are loaded from and speak to.

use std::collections::BTreeMap;

use payments_api::ComponentKind;
use url::Url;

/// Directives of a content security policy and their sources.
pub type Csp = BTreeMap<String, Vec<String>>;

/// Stands in a source for the nonce of the page, which is new each time it is given out.
pub const NONCE: &str = "'nonce-{nonce}'";

type Directives = &'static [(&'static str, &'static [&'static str])];

const STRIPE: Directives = &[
    ("connect-src", &["https://api.stripe.com"]),
    (
        "frame-src",
        &["https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"],
    ),
    ("script-src", &["https://js.stripe.com", "https://*.js.stripe.com"]),
];

const PAYPALS: &[&str] =
    &["https://*.paypal.com", "https://*.paypalobjects.com", "https://*.venmo.com"];

const PAYPAL: Directives = &[
    ("connect-src", PAYPALS),
    ("frame-src", PAYPALS),
    (
        "img-src",
        &["https://*.paypal.com", "https://*.paypalobjects.com", "https://*.venmo.com", "data:"],
    ),
    ("script-src", PAYPALS),
    ("style-src", PAYPALS),
];

const RAZORPAY: Directives = &[
    (
        "connect-src",
        &[
            "https://api.razorpay.com",
            "https://lumberjack.razorpay.com",
            "https://lumberjack-cx.razorpay.com",
        ],
    ),
    ("frame-src", &["https://api.razorpay.com", "https://checkout.razorpay.com"]),
    ("img-src", &["https://cdn.razorpay.com"]),
    ("script-src", &["https://checkout.razorpay.com"]),
];

/// What the component needs whose script is at `script`. One at an address that is not the
/// provider's own, such as a stand-in's, gets that address alone.
pub fn csp(kind: ComponentKind, script: &str) -> Csp {
    let own = match kind {
        ComponentKind::Redirect => return Csp::new(),
        ComponentKind::StripePaymentElement => ("js.stripe.com", STRIPE),
        ComponentKind::PaypalButtons | ComponentKind::PaypalCardFields => {
            ("www.paypal.com", PAYPAL)
        }
        ComponentKind::RazorpayCheckout => ("checkout.razorpay.com", RAZORPAY),
    };
    let (host, directives) = own;
    let url = Url::parse(script).ok();
    let elsewhere = url.as_ref().filter(|url| url.host_str() != Some(host));
    let sources = |own: &[&str]| match elsewhere {
        Some(url) => vec![url.origin().ascii_serialization()],
        None => own.iter().map(|source| (*source).to_owned()).collect(),
    };
    let mut csp: Csp =
        directives.iter().map(|(name, own)| ((*name).to_owned(), sources(own))).collect();
    if directives == PAYPAL {
        // Its script writes scripts and styles into the page, under the nonce that it is given.
        for name in ["script-src", "style-src"] {
            csp.entry(name.into()).or_default().push(NONCE.into());
        }
    }
    csp
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [(ComponentKind, &str); 4] = [
        (ComponentKind::StripePaymentElement, "https://js.stripe.com/v3/"),
        (ComponentKind::PaypalButtons, "https://www.paypal.com/sdk/js?client-id=a"),
        (ComponentKind::PaypalCardFields, "https://www.paypal.com/sdk/js?client-id=a"),
        (ComponentKind::RazorpayCheckout, "https://checkout.razorpay.com/v1/checkout.js"),
    ];

    #[test]
    fn each_may_load_its_own_script_and_frames_and_nothing_unsafe() {
        for (kind, script) in KINDS {
            let csp = csp(kind, script);
            let all: Vec<&String> = csp.values().flatten().collect();
            let other = [NONCE, "data:"];
            let known = |it: &&&String| it.starts_with("https://") || other.contains(&it.as_str());
            assert_eq!(all.iter().filter(known).count(), all.len(), "{all:?}");
            assert!(all.iter().all(|it| !it.contains("unsafe") && *it != "https:"), "{all:?}");
            assert!(
                csp.iter().all(|(name, it)| name == "img-src" || !it.contains(&"data:".into()))
            );
            for name in ["connect-src", "frame-src", "script-src"] {
                assert!(!csp[name].is_empty(), "{kind:?} {name}");
            }
        }
        assert!(csp(ComponentKind::Redirect, "").is_empty());
    }

    #[test]
    fn a_script_from_elsewhere_has_its_own_address_alone() {
        for (kind, _) in KINDS {
            let csp = csp(kind, "http://127.0.0.1:4000/a/script.js?currency=USD");
            for source in csp.values().flatten().filter(|source| *source != NONCE) {
                assert_eq!(source, "http://127.0.0.1:4000");
            }
        }
    }
}
