//! The checkout page, as whoever has its link sees it.

mod choose;
pub mod counter;
mod stages;

use kernel::{OrderId, PaymentId};
use serde_json::{Value, json};
use testkit::{Pays, StandIn};

use counter::Counter;

const PAYPAL: &str = "https://*.paypal.com https://*.paypalobjects.com https://*.venmo.com";

/// What the page of each provider's component may load; `N` is its nonce.
fn policy(way: &str) -> String {
    let (connect, rest) = match way {
        "stripe:main" => (
            " https://api.stripe.com".to_owned(),
            "; frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com; \
             script-src 'self' https://js.stripe.com https://*.js.stripe.com; style-src 'self'"
                .to_owned(),
        ),
        "razorpay:main" => (
            " https://api.razorpay.com https://lumberjack.razorpay.com \
             https://lumberjack-cx.razorpay.com"
                .to_owned(),
            "; frame-src https://api.razorpay.com https://checkout.razorpay.com; img-src \
             https://cdn.razorpay.com; script-src 'self' https://checkout.razorpay.com; style-src \
             'self'"
                .to_owned(),
        ),
        _ => (
            format!(" {PAYPAL}"),
            format!(
                "; frame-src {PAYPAL}; img-src {PAYPAL} data:; script-src 'self' {PAYPAL} \
                 'nonce-N'; style-src 'self' {PAYPAL} 'nonce-N'"
            ),
        ),
    };
    format!(
        "base-uri 'none'; connect-src 'self'{connect}; default-src 'none'; form-action 'self'; \
         frame-ancestors 'none'{rest}"
    )
}

#[tokio::test]
async fn each_provider_has_a_page_with_its_component_and_exactly_its_policy() {
    let counter = Counter::open().await;
    let secrets = [
        counter.stripe.secret_key(),
        counter.stripe.webhook_secret(),
        counter.paypal.client().1,
        counter.cards.client().1,
        &counter.razorpay.key_secret,
        &counter.razorpay.webhook_secret,
        testkit::SECRET,
        "Ann Lee",
        "2 Elm Street",
        &counter.customer.person.to_string(),
    ]
    .map(str::to_owned);
    for (way, kind) in [
        ("stripe:main", "stripe_payment_element"),
        ("paypal:card", "paypal_card_fields"),
        ("razorpay:main", "razorpay_checkout"),
        ("paypal:main", "paypal_buttons"),
    ] {
        let path = if way == "paypal:main" {
            // PayPal has a page of its own; that of ours is reached by choosing.
            let started = counter.start(way, OrderId::new()).await;
            assert!(started.pay_url.starts_with(counter.paypal.base_url()));
            let other = counter.start("stripe:main", OrderId::new()).await;
            counter.choose(&Counter::path(&other), way).await
        } else {
            Counter::path(&counter.start(way, OrderId::new()).await)
        };
        let answer = counter.browser().get(&path).await;
        let page = answer.body.as_str().unwrap();
        let nonce = page.split("data-nonce=\"").nth(1).unwrap().split('"').next().unwrap();
        let header = |name: &str| answer.headers[name].to_str().unwrap();
        assert_eq!(header("content-security-policy"), policy(way).replace('N', nonce), "{way}");
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("referrer-policy"), "strict-origin");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("cross-origin-opener-policy"), "same-origin-allow-popups");
        assert!(header("permissions-policy").starts_with("payment=(self \"https://"));
        assert!(header("permissions-policy").contains("camera=(), "));
        assert!(page.contains(&format!("data-kind=\"{kind}\"")), "{page}");
        for shown in [">$25.99<", "Corner Cellar", "Order &lt;K7Q2-9F&gt;", "30 minutes left"] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        for secret in &secrets {
            assert!(!page.contains(secret.as_str()), "{secret} in {page}");
        }
        for inline in ["<style", " style=", " onclick=", "javascript:", "<script>"] {
            assert!(!page.contains(inline), "{inline} in {page}");
        }
    }
}

/// What a person reads on a page: no tags, no script's facts.
fn read(page: &str) -> String {
    let body = page.split("<body>").nth(1).unwrap();
    let mut text = String::new();
    for part in body.split('<') {
        text.push(' ');
        text.push_str(part.split_once('>').map_or(part, |(_, text)| text));
    }
    text
}

#[tokio::test]
async fn a_page_is_in_the_language_of_who_reads_it() {
    let counter = Counter::open().await;
    let started = counter.start("stripe:main", OrderId::new()).await;
    let path = Counter::path(&started);
    let hebrew = counter.browser().with("accept-language", "he-IL,he;q=0.9,en;q=0.8");
    let chosen = counter.browser().with("accept-language", "en").with("cookie", "language=he");
    let missing = format!("/pay/{}/x", PaymentId::new());
    let cancelled = OrderId::new();
    let over = Counter::path(&counter.start("stripe:main", cancelled).await);
    counter.cancel(cancelled).await;
    let gone = || async { (counter.stage(&over).await == "cancelled").then_some(()) };
    counter.bench.eventually("cancelled", gone).await;
    counter.stripe.pay(&started.provider_payment, Pays::Declined).await;
    counter.back(&path, &json!({})).await.ok::<Value>();
    for browser in [hebrew, chosen] {
        for (path, said) in [
            (&path, "תשלום עבור הזמנה"),
            (&path, "\u{200f}25.99\u{a0}\u{200f}$"),
            (&path, "אין די כסף בכרטיס"),
            (&path, "נותרו 29 דקות לתשלום"),
            (&missing, "אין תשלום כזה"),
            (&over, "התשלום הזה בוטל"),
        ] {
            let answer = browser.get(path).await;
            let page = answer.body.as_str().unwrap();
            assert!(page.contains("<html lang=\"he\" dir=\"rtl\">"), "{page}");
            let policy = answer.headers["content-security-policy"].to_str().unwrap();
            assert!(!policy.contains("unsafe"), "{policy}");
            let mut text = read(page);
            assert!(text.contains(said), "{said}: {text}");
            // Names, and what operators call ways to pay, stay as they are.
            for name in ["Corner Cellar", "K7Q2-9F", "UPI", "PayPal", "Card at PayPal"].iter().rev()
            {
                text = text.replace(name, "");
            }
            let text = text.replace("JavaScript", "").replace("&lt;", "").replace("&gt;", "");
            assert!(!text.contains(|c: char| c.is_ascii_alphabetic()), "{text}");
        }
    }
    let english = counter.browser().with("accept-language", "fr-FR").get(&path).await;
    let english = english.body.as_str().unwrap().to_owned();
    assert!(
        english.contains("<html lang=\"en\" dir=\"ltr\">") && english.contains("Not paid yet.")
    );
}

#[tokio::test]
async fn what_the_script_says_comes_with_the_page() {
    let counter = Counter::open().await;
    let path = Counter::path(&counter.start("stripe:main", OrderId::new()).await);
    let page = counter.browser().with("accept-language", "he").get(&path).await;
    let page = page.body.as_str().unwrap();
    let words = page.split("data-words=\"").nth(1).unwrap().split('"').next().unwrap();
    let words = words.replace("&quot;", "\"").replace("&#x27;", "'").replace("&#x2f;", "/");
    let words: Value = serde_json::from_str(&words).unwrap();
    assert_eq!(words["number"], "מספר כרטיס");
    let script = page.split("src=\"").nth(1).unwrap().split('"').next().unwrap();
    let script = counter.browser().get(&script.replace("&#x2f;", "/")).await;
    let script = script.body.as_str().unwrap();
    let mut asked = 0;
    for (at, _) in script.match_indices("t(\"") {
        // Of no longer name, such as `part`.
        if script[..at].ends_with(|c: char| c.is_alphanumeric()) {
            continue;
        }
        let key = script[at + 3..].split('"').next().unwrap();
        asked += 1;
        assert!(words[key].is_string(), "{key} in {words}");
    }
    assert!(asked > 8);
}

#[tokio::test]
async fn what_a_web_app_needs_for_the_same_is_in_the_contract() {
    let counter = Counter::open().await;
    let started = counter.start("paypal:card", OrderId::new()).await;
    let script = started.component.script.unwrap();
    let id = counter.cards.client().0;
    assert_eq!(
        script,
        format!(
            "https://www.paypal.com/sdk/js?client-id={id}&currency=USD&intent=authorize\
             &components=card-fields"
        )
    );
    let mut theirs: Vec<&str> = PAYPAL.split(' ').collect();
    assert_eq!(started.component.csp["frame-src"], theirs);
    theirs.push("'nonce-{nonce}'");
    assert_eq!(started.component.csp["script-src"], theirs);
}

#[tokio::test]
async fn a_wrong_key_and_a_payment_that_never_was_look_alike() {
    let counter = Counter::open().await;
    let started = counter.start("stripe:main", OrderId::new()).await;
    let other = counter.start("stripe:main", OrderId::new()).await;
    let (path, others) = (Counter::path(&started), Counter::path(&other));
    let (before, key) = path.rsplit_once('/').unwrap();
    let others_key = others.rsplit('/').next().unwrap();
    let missing = counter.browser().get(&format!("/pay/{}/{key}", PaymentId::new())).await;
    assert_eq!(missing.status, 404);
    assert_eq!(missing.headers["content-type"], "text/html; charset=utf-8");
    for wrong in [
        format!("{before}/x"),
        format!("{before}/{others_key}"),
        format!("{before}/{key}A"),
        format!("{before}/{}", &key[..42]),
        format!("{before}/%00"),
        "/pay/nothing/nothing".to_owned(),
    ] {
        let answer = counter.browser().get(&wrong).await;
        assert_eq!((answer.status, &answer.body), (missing.status, &missing.body), "{wrong}");
        let answer = counter.form(&wrong, "way=razorpay:main").await;
        assert_eq!((answer.status, &answer.body), (missing.status, &missing.body), "{wrong}");
        let state = format!("{wrong}/state");
        counter.browser().get(&state).await.refused(404, "not-found");
        counter.back(&wrong, &json!({})).await.refused(404, "not-found");
    }
    assert_eq!(counter.stage(&path).await, "waiting", "nothing was chosen");
}

#[tokio::test]
async fn a_page_is_found_where_several_services_answer_at_one_address() {
    let mut counter = Counter::open().await;
    let path = Counter::path(&counter.start("stripe:main", OrderId::new()).await);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}{path}", listener.local_addr().unwrap());
    counter.bench.process.listen(listener);
    let answer = reqwest::get(&url).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.text().await.unwrap().contains("$25.99"));
}

#[tokio::test]
async fn style_and_script_may_be_kept_for_good() {
    let counter = Counter::open().await;
    let path = Counter::path(&counter.start("stripe:main", OrderId::new()).await);
    let page = counter.page(&path).await;
    for (ending, kind) in [(".css\"", "text/css"), (".js\"", "text/javascript")] {
        let name = page.split(ending).next().unwrap().rsplit('"').next().unwrap();
        let name = format!("{name}{}", ending.trim_end_matches('"'));
        assert!(name.starts_with("/pay/files/page-"), "{name}");
        let answer = counter.browser().get(&name).await;
        assert_eq!(answer.status, 200);
        assert!(answer.headers["content-type"].to_str().unwrap().starts_with(kind));
        assert_eq!(answer.headers["cache-control"], "public, max-age=31536000, immutable");
    }
    counter.browser().get("/pay/files/page.js").await.refused(404, "not-found");
}
