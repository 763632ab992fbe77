//! The provider's own pages: where the customer pays, and where the bank asks.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::{Currency, Money, random_token};
use minijinja::{Environment, Value, context};

use crate::{cards::TEST_CARDS, intent::Intent};

/// The templates, which escape all they are given.
pub struct Pages(Environment<'static>);

impl Pages {
    pub fn new() -> anyhow::Result<Self> {
        let mut templates = Environment::new();
        templates.add_template("base.html", include_str!("../templates/base.html"))?;
        templates.add_template("pay.html", include_str!("../templates/pay.html"))?;
        templates.add_template("challenge.html", include_str!("../templates/challenge.html"))?;
        templates.add_template("notice.html", include_str!("../templates/notice.html"))?;
        Ok(Self(templates))
    }

    /// Where the customer types a card; `error` is what went wrong with the one before.
    pub fn pay(&self, intent: &Intent, status: StatusCode, error: Option<&str>) -> Response {
        let cards: Vec<Value> = TEST_CARDS
            .iter()
            .map(|card| context! { number => spaced(card.number), about => card.about })
            .collect();
        self.page("pay.html", status, intent, context! { cards, error })
    }

    /// Where the bank asks whether it is really the customer.
    pub fn challenge(&self, intent: &Intent) -> Response {
        self.page("challenge.html", StatusCode::OK, intent, context! {})
    }

    /// What has become of the payment, and the way back to the shop.
    pub fn notice(&self, intent: &Intent, status: StatusCode, text: &str) -> Response {
        self.page("notice.html", status, intent, context! { text })
    }

    /// There is nothing at this address.
    pub fn missing(&self) -> Response {
        let text = "There is no such payment, or the link is incomplete.";
        self.render("notice.html", StatusCode::NOT_FOUND, context! { text }, None)
    }

    fn page(&self, name: &str, status: StatusCode, intent: &Intent, more: Value) -> Response {
        let facts = context! {
            id => &intent.id,
            secret => &intent.client_secret,
            amount => amount(intent),
            description => &intent.description,
            last4 => &intent.card_last4,
            return_url => &intent.return_url,
        };
        self.render(name, status, context! { ..more, ..facts }, intent.return_url.as_deref())
    }

    fn render(
        &self,
        name: &str,
        status: StatusCode,
        facts: Value,
        return_url: Option<&str>,
    ) -> Response {
        let nonce = random_token();
        let page = self.0.get_template(name).and_then(|template| {
            let style = nonce.as_str();
            template.render(context! { style, ..facts })
        });
        match page {
            Ok(page) => (status, security(&nonce, return_url), page).into_response(),
            Err(error) => {
                tracing::error!(%error, name, "a page could not be made");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

/// Nothing may run here, frame this, or learn the address with its secret. Sending the form may
/// end at the shop, which the browser counts as the form's target.
fn security(nonce: &str, return_url: Option<&str>) -> [(header::HeaderName, HeaderValue); 5] {
    let shop = return_url
        .and_then(|url| url::Url::parse(url).ok())
        .map(|url| format!(" {}", url.origin().ascii_serialization()))
        .unwrap_or_default();
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'{shop}; \
         frame-ancestors 'none'; base-uri 'none'"
    );
    let policy = HeaderValue::from_str(&policy)
        .unwrap_or(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ]
}

fn amount(intent: &Intent) -> String {
    match intent.currency.to_ascii_uppercase().parse::<Currency>() {
        Ok(currency) => Money::new(intent.amount, currency).to_string(),
        Err(_) => intent.amount.to_string(),
    }
}

fn spaced(number: &str) -> String {
    let groups: Vec<String> =
        number.as_bytes().chunks(4).map(|g| String::from_utf8_lossy(g).into_owned()).collect();
    groups.join(" ")
}
