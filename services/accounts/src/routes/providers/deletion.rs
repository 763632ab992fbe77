use axum::{extract::State, http::StatusCode, response::Html};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use url::form_urlencoded;
use wire::{Fault, Json, Never, Path, Problem, Raw, Refusal};

use crate::{
    App,
    db::provider::leaving::{self as db, Leaving},
    providers::{Facebook, Way, leaving},
};

/// Where its person sees what became of a request, and what they ask with.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Confirmation {
    url: String,
    confirmation_code: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum DeletionRefusal {
    BadSignature,
}

impl Refusal for DeletionRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::BAD_REQUEST
    }
    fn detail(&self) -> String {
        "The request is not one that the provider has signed for us.".into()
    }
    fn field(&self) -> Option<String> {
        Some("signed_request".into())
    }
}

/// Deletes what we have of someone from Facebook, who asked for that there: the identity is gone
/// and the sessions end. Whoever signs with the app secret; a request that comes again gets the same answer.
#[utoipa::path(
    post, path = "/v1/accounts/providers/{provider}/deletions", tag = "accounts",
    operation_id = "delete_provider_data",
    params(("provider" = String, Path)),
    request_body(content = Object, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = OK, body = Confirmation),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn delete_provider_data(
    Path(name): Path<String>,
    State(app): State<App>,
    Raw(body): Raw,
) -> Result<Json<Confirmation>, Fault<DeletionRefusal>> {
    let facebook = facebook(&app, &name)?;
    let signed = form_urlencoded::parse(&body).find(|(field, _)| field == "signed_request");
    let wish = signed.and_then(|(_, text)| facebook.deletion(&text));
    let wish = wish.ok_or(DeletionRefusal::BadSignature)?;
    let (now, subject) = (app.clock.now(), wish.subject.as_str());
    let seen = format!("{name} {subject} {}", wish.issued_at.as_second());
    let hash = app.vault.keyed_hash("deletion request", seen.as_bytes());
    let confirmation_code = hex::encode(&hash[..16]);
    let mut tx = app.db.begin().await?;
    let named = Leaving::Named { provider: &name, subject, until: wish.issued_at.min(now) };
    leaving::forget_named(&app, &mut tx, named, "provider").await?;
    db::keep_request(&mut tx, &confirmation_code, &name, now).await?;
    tx.commit().await?;
    app.access_ended();
    let url =
        format!("{}/v1/accounts/providers/{name}/deletions/{confirmation_code}", app.public_url);
    Ok(Json(Confirmation { url, confirmation_code }))
}

/// What became of a request to delete, as a page. Whoever has its code.
#[utoipa::path(
    get, path = "/v1/accounts/providers/{provider}/deletions/{code}", tag = "accounts",
    operation_id = "provider_deletion",
    params(("provider" = String, Path), ("code" = String, Path)),
    responses(
        (status = OK, body = String, content_type = "text/html"),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn provider_deletion(
    Path((name, code)): Path<(String, String)>,
    State(app): State<App>,
) -> Result<Html<String>, Fault<Never>> {
    facebook(&app, &name)?;
    let done = db::request(&app.db, &name, &code).await?;
    let done = done.ok_or_else(|| Problem::not_found("request"))?;
    let day = done.to_zoned(TimeZone::UTC).date();
    Ok(Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Your request</title>\
         <h1>Your data has been deleted</h1><p>What we had of you from this provider was deleted \
         on {day}, and its link to an account here with it. To delete the account itself, sign in \
         and delete it in its settings.</p></html>"
    )))
}

fn facebook<'a>(app: &'a App, name: &str) -> Result<&'a Facebook, Problem> {
    match &super::provider(app, name)?.way {
        Way::Facebook(facebook) => Ok(facebook),
        Way::OpenId(_) => Err(Problem::not_found("provider")),
    }
}
