//! The page as HTML. Templates escape all they are given.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kernel::random_token;
use minijinja::{Environment, Value, context, value::Serde};
use payments_api::{Component, ComponentKind};
use serde::Serialize;

use super::{
    files::{SCRIPT, STYLE},
    policy,
    stage::Stage,
};

/// The templates.
pub struct Pages(Environment<'static>);

/// What a page shows of a payment: nothing of who pays, and of where it goes only the store.
#[derive(Serialize)]
pub struct Shown {
    pub stage: Stage,
    /// Of what is shown; see [`super::stage::mark`].
    pub mark: String,
    /// Its own address, for the browser and, whole, for providers.
    pub path: String,
    pub address: String,
    pub amount: String,
    /// For scripts: minor units and the code of ISO 4217.
    pub minor: i64,
    pub currency: &'static str,
    pub description: String,
    pub store: Option<String>,
    pub seconds_left: i64,
    /// Why the last attempt did not succeed, and what to do.
    pub declined: Option<&'static str>,
    /// What was wrong with what was just asked for.
    pub error: Option<String>,
    pub ways: Vec<Way>,
    /// Where to go when it is over.
    pub order_url: String,
    /// Only while it can be paid.
    pub component: Component,
    pub provider_payment: String,
    pub client_secret: String,
    /// The provider's own page; empty where it has none.
    pub provider_url: String,
}

/// A way to pay, as a button.
#[derive(Serialize)]
pub struct Way {
    pub way: String,
    pub label: String,
    pub answers: bool,
    /// It is the one that is shown.
    pub current: bool,
    /// It is the one that was tried, and can be tried with a new payment.
    pub again: bool,
    /// It needs no script.
    pub plain: bool,
}

impl Pages {
    pub fn new() -> anyhow::Result<Self> {
        let mut templates = Environment::new();
        templates.add_template("base.html", include_str!("../../templates/base.html"))?;
        templates.add_template("pay.html", include_str!("../../templates/pay.html"))?;
        templates.add_template("over.html", include_str!("../../templates/over.html"))?;
        templates.add_template("missing.html", include_str!("../../templates/missing.html"))?;
        Ok(Self(templates))
    }

    pub fn show(&self, status: StatusCode, shown: &Shown) -> Response {
        let name = if shown.stage.is_over() { "over.html" } else { "pay.html" };
        let inside = matches!(shown.component.kind, ComponentKind::Redirect);
        let facts = context! { page => Value::from(Serde(shown)), redirects => inside };
        self.render((name, status), facts, &shown.component)
    }

    /// There is nothing at this address: it was never a payment, or the key is wrong.
    pub fn missing(&self) -> Response {
        let none = Component::default();
        self.render(("missing.html", StatusCode::NOT_FOUND), context! {}, &none)
    }

    fn render(
        &self,
        (name, status): (&str, StatusCode),
        facts: Value,
        component: &Component,
    ) -> Response {
        let nonce = random_token();
        let files = context! {
            style => STYLE.name.as_str(), script => SCRIPT.name.as_str(), nonce => nonce.as_str(),
        };
        let page =
            self.0.get_template(name).and_then(|it| it.render(context! { ..files, ..facts }));
        match page {
            Ok(page) => {
                let mut response = (status, page).into_response();
                for (name, value) in policy::headers(component, &nonce) {
                    response.headers_mut().insert(name, value);
                }
                response
            }
            Err(error) => {
                tracing::error!(%error, name, "a page could not be made");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}
