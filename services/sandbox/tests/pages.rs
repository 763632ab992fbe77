use axum::http::Method;
use serde_json::Value;
use testkit::Answer;

use crate::{Provider, id};

async fn send(provider: &Provider, path: &str, fields: &str) -> Answer {
    let form = "application/x-www-form-urlencoded";
    let browser = provider.browser().with("content-type", form);
    browser.send(Method::POST, path, fields.to_owned().into()).await
}

fn text(answer: &Answer) -> &str {
    answer.body.as_str().unwrap()
}

fn secret(intent: &Value) -> &str {
    intent["client_secret"].as_str().unwrap()
}

#[tokio::test]
async fn the_customer_pays_on_the_providers_page() {
    let provider = Provider::start().await;
    let intent = provider.create().await;
    let url = intent["pay_url"].as_str().unwrap();
    let path = &url[url.find("/sandbox/").unwrap()..];
    let page = provider.browser().get(path).await;
    assert!(text(&page).contains("25.99 USD"));
    assert!(text(&page).contains("&lt;b&gt;Order"), "what comes from outside is escaped");
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    assert!(policy.contains("form-action 'self' https://shop.example;"), "{policy}");
    assert_eq!(page.headers["referrer-policy"], "no-referrer");

    let pay = format!("/sandbox/pay/{}", id(&intent));
    let card = |number: &str| {
        format!("client_secret={}&number={number}&exp=12%2F34&cvc=123", secret(&intent))
    };
    let declined = send(&provider, &pay, &card("4000000000000002")).await;
    assert_eq!(declined.status, 402);
    assert!(text(&declined).contains("role=\"alert\" id=\"error\">The card was declined."));
    let wrong = send(&provider, &pay, &card("1")).await;
    assert!(text(&wrong).contains("The card number is not right."));
    let long = send(&provider, &pay, &card(&"4".repeat(99))).await;
    assert_eq!(long.status, 402);
    let paid = send(&provider, &pay, &card("4242+4242+4242+4242")).await;
    assert_eq!(paid.status, 303);
    let back = format!(
        "https://shop.example/orders/o1?from=pay&payment_intent={}&redirect_status=succeeded",
        id(&intent)
    );
    assert_eq!(paid.headers["location"], back.as_str());
    assert!(text(&provider.browser().get(path).await).contains("This is paid."));
}

#[tokio::test]
async fn the_bank_asks_and_the_customer_answers() {
    let provider = Provider::start().await;
    for (answer, status) in [("refuse", "requires_payment_method"), ("confirm", "requires_capture")]
    {
        let intent = provider.create().await;
        let pay = format!("/sandbox/pay/{}", id(&intent));
        let card = "number=4000000000003220&exp=12%2F34&cvc=123";
        let fields = format!("client_secret={}&{card}", secret(&intent));
        let on = send(&provider, &pay, &fields).await;
        assert_eq!(on.status, 303);
        let challenge = on.headers["location"].to_str().unwrap();
        let page = provider.browser().get(challenge).await;
        assert!(text(&page).contains("ends in 3220"));
        let path = format!("/sandbox/3ds/{}", id(&intent));
        let maybe = format!("client_secret={}&answer=maybe", secret(&intent));
        assert_eq!(send(&provider, &path, &maybe).await.status, 404);
        let fields = format!("client_secret={}&answer={answer}", secret(&intent));
        let back = send(&provider, &path, &fields).await;
        assert_eq!(back.status, 303);
        assert_eq!(provider.retrieve(&intent).await["status"], status);
        // A second press of the button changes nothing.
        send(&provider, &path, &fields).await;
        assert_eq!(provider.retrieve(&intent).await["status"], status);
    }
}

#[tokio::test]
async fn a_link_without_its_secret_shows_nothing() {
    let provider = Provider::start().await;
    let intent = provider.create().await;
    for path in ["pay", "3ds"].map(|page| format!("/sandbox/{page}/{}", id(&intent))) {
        for query in ["", "?client_secret=", "?client_secret=x"] {
            let page = provider.browser().get(&format!("{path}{query}")).await;
            assert_eq!(page.status, 404);
            assert!(!text(&page).contains("25.99"));
        }
        let fields = "client_secret=x&number=4242424242424242&exp=12%2F34&cvc=123&answer=confirm";
        assert_eq!(send(&provider, &path, fields).await.status, 404);
        assert_eq!(send(&provider, &path, "").await.status, 404);
    }
    assert_eq!(provider.retrieve(&intent).await["status"], "requires_payment_method");
}
