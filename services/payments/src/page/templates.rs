//! The page as HTML. Templates escape all they are given.

use std::sync::Arc;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kernel::{Money, random_token};
use minijinja::{
    Environment, Value, context,
    value::{Kwargs, Serde},
};
use payments_api::{Component, ComponentKind, StartRefusal};
use serde::Serialize;
use wire::Reader;

use super::{
    files::{SCRIPT, STYLE},
    money::written,
    policy,
    stage::Stage,
    words::Words,
};

/// The templates, and what they say in each language.
pub struct Pages {
    templates: Environment<'static>,
    words: Vec<(&'static str, Arc<Words>)>,
}

/// What a page shows of a payment: nothing of who pays, and of where it goes only the store.
#[derive(Serialize)]
pub struct Shown {
    pub stage: Stage,
    /// Of what is shown; see [`super::stage::mark`].
    pub mark: String,
    /// Its own address, for the browser and, whole, for providers.
    pub path: String,
    pub address: String,
    /// For scripts; people read it as they write it.
    pub money: Money,
    pub description: String,
    pub store: Option<String>,
    pub seconds_left: i64,
    /// The number of the order, and what the payment is called where it is of none.
    pub number: Option<String>,
    /// Why the last attempt did not succeed, by its code.
    pub declined: Option<&'static str>,
    /// What was wrong with what was just asked for.
    pub error: Option<StartRefusal>,
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
    /// What an operator calls it; empty where nobody does.
    pub label: String,
    /// The key of what it is called otherwise.
    pub said: &'static str,
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
        let words = Words::all()?.into_iter().map(|(language, it)| (language, Arc::new(it)));
        Ok(Self { templates, words: words.collect() })
    }

    pub fn show(&self, reader: &Reader, status: StatusCode, shown: &Shown) -> Response {
        let name = if shown.stage.is_over() { "over.html" } else { "pay.html" };
        let inside = matches!(shown.component.kind, ComponentKind::Redirect);
        let facts = context! {
            page => Value::from(Serde(shown)), amount => written(shown.money, reader),
            redirects => inside,
        };
        self.render(reader, (name, status), facts, &shown.component)
    }

    /// There is nothing at this address: it was never a payment, or the key is wrong.
    pub fn missing(&self, reader: &Reader) -> Response {
        let none = Component::default();
        self.render(reader, ("missing.html", StatusCode::NOT_FOUND), context! {}, &none)
    }

    /// What is the same for all pages in the reader's language.
    fn said(&self, reader: &Reader) -> Option<Value> {
        let (_, words) = self.words.iter().find(|(language, _)| *language == reader.language)?;
        let said = Arc::clone(words);
        let t = move |key: String, values: Kwargs| said.say(&key, &values);
        Some(context! {
            t => Value::from_function(t), words => words.script.as_str(),
            language => reader.language, direction => reader.direction,
        })
    }

    fn render(
        &self,
        reader: &Reader,
        (name, status): (&str, StatusCode),
        facts: Value,
        component: &Component,
    ) -> Response {
        let nonce = random_token();
        let files = context! {
            style => STYLE.name.as_str(), script => SCRIPT.name.as_str(), nonce => nonce.as_str(),
        };
        let said = self.said(reader).unwrap_or_default();
        let page = self
            .templates
            .get_template(name)
            .and_then(|it| it.render(context! { ..files, ..facts, ..said }));
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
