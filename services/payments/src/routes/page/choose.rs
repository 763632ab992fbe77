use axum::{
    extract::State as Shared,
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use payments_api::StartRefusal;
use serde::Deserialize;
use wire::{Fault, Problem, Raw, Reader, Refusal};

use super::{Link, basket, opened, shown};
use crate::{
    App,
    keeping::Choice,
    payment::Payment,
    routes::choose::replaced,
    start::{self, StartFailed},
};

/// What the page's form sends.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChosenOnPage {
    /// One of those that are offered: `stripe:us`.
    #[schema(max_length = 100)]
    #[allow(dead_code, reason = "read from the form by hand")]
    way: String,
}

/// Pays in another way, chosen on the checkout page, by the same rules as `choose_way`. Leads to the
/// page of the payment that has taken the place of this one.
#[utoipa::path(
    post, path = "/pay/{payment}/{key}", tag = "payments", operation_id = "choose_way_on_page",
    params(("payment" = kernel::PaymentId, Path), ("key" = String, Path)),
    request_body(content = ChosenOnPage, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = SEE_OTHER, description = "To the page on which it is paid now."),
        (status = NOT_FOUND, content(
            (String = "text/html"),
            (Problem = "application/problem+json"),
        )),
        (status = UNPROCESSABLE_ENTITY, content(
            (String = "text/html"),
            (Problem = "application/problem+json"),
        )),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn choose(
    Shared(app): Shared<App>,
    link: Link,
    headers: HeaderMap,
    Raw(form): Raw,
) -> Result<Response, Fault<StartRefusal>> {
    let reader = Reader::of(&headers);
    let Some(payment) = opened(&app, link).await? else { return Ok(app.pages.missing(&reader)) };
    let way = read(&form)?;
    match chosen(&app, &payment, &way).await {
        Ok(path) => Ok(Redirect::to(&path).into_response()),
        Err(Fault::Refused(refusal)) => {
            let status = refusal.status();
            let shown = shown(&app, &payment, Some(refusal)).await?;
            Ok(app.pages.show(&reader, status, &shown))
        }
        Err(other) => Err(other),
    }
}

/// Where it is paid now.
async fn chosen(app: &App, payment: &Payment, way: &str) -> Result<String, Fault<StartRefusal>> {
    let offered = start::offered(app, &basket(payment)).await?;
    let Some((account, _)) = offered.iter().find(|(account, _)| account.key() == way) else {
        return Err(StartRefusal::WayNotOffered { offered: start::told(&offered) }.into());
    };
    let current = match replaced(app, payment.order, (account, Choice::default())).await {
        // It has been paid or has ended, perhaps in another window: its page says which.
        Err(Fault::Refused(StartRefusal::NotWaiting)) => return Ok(app.links.path(payment.id)),
        current => current?,
    };
    let path = app.links.path(current.id);
    match start::start(app, current).await {
        // The page says so, and offers to try again; or it leads to what was chosen meanwhile.
        Ok(_)
        | Err(StartFailed::Refused(StartRefusal::ProviderUnavailable | StartRefusal::NotWaiting)) => {
            Ok(path)
        }
        Err(failed) => Err(failed.into()),
    }
}

/// The one field of the form.
fn read(form: &[u8]) -> Result<String, Problem> {
    let mut way = None;
    for (name, value) in url::form_urlencoded::parse(form) {
        if name != "way" || way.is_some() {
            return Err(Problem::invalid(
                name.chars().take(100).collect::<String>(),
                "is not asked for",
            ));
        }
        way = Some(value.into_owned());
    }
    let way = way.filter(|way| (1..=100).contains(&way.len()));
    way.ok_or_else(|| Problem::invalid("way", "must have 1 to 100 characters"))
}
