use axum::{extract::State, http::StatusCode};
use garde::Validate;
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Path, Problem, Refusal};

use crate::{
    App,
    db::provider::{self, leaving::Leaving},
    providers::{
        Failure, Kind, Way,
        apple::{self, What},
        leaving,
    },
};

/// What Apple's servers send; they may send more one day.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
pub struct AppleNotice {
    /// A token that Apple has signed.
    #[garde(length(min = 1, max = 16 * 1024))]
    #[schema(min_length = 1, max_length = 16384)]
    payload: String,
}

/// That it was followed.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Taken {
    received: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum NoticeRefusal {
    NoticeRefused,
}

impl Refusal for NoticeRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::BAD_REQUEST
    }
    fn detail(&self) -> String {
        "The notice is not one that the provider has signed for us.".into()
    }
}

/// Takes a notice of Apple about someone: that our app was removed there or the account ended,
/// which unlinks the identity and ends the sessions; or whether mail to the relay address arrives.
/// Whoever signs with Apple's keys; about their own subjects. One that comes again changes nothing.
#[utoipa::path(
    post, path = "/v1/accounts/providers/{provider}/notices", tag = "accounts",
    operation_id = "apple_notice",
    params(("provider" = String, Path)),
    request_body = AppleNotice,
    responses(
        (status = OK, body = Taken),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn apple_notice(
    Path(name): Path<String>,
    State(app): State<App>,
    Json(input): Json<AppleNotice>,
) -> Result<Json<Taken>, Fault<NoticeRefusal>> {
    let provider = super::provider(&app, &name)?;
    let (Kind::Apple, Way::OpenId(openid)) = (provider.kind, &provider.way) else {
        return Err(Problem::not_found("provider").into());
    };
    let notice = apple::notice(openid, &input.payload, app.clock.now()).await;
    let notice = notice.map_err(|failure| {
        tracing::warn!(provider = name, why = failure.reason(), "a notice was refused");
        match failure {
            Failure::Token(_) => Fault::from(NoticeRefusal::NoticeRefused),
            // Apple sends it again.
            other => Problem::from(other).into(),
        }
    })?;
    match notice.what {
        What::Gone => {
            let named =
                Leaving::Named { provider: &name, subject: &notice.subject, until: notice.at };
            let mut tx = app.db.begin().await?;
            leaving::forget_named(&app, &mut tx, named, "provider").await?;
            tx.commit().await?;
            app.access_ended();
        }
        What::EmailReachable(reachable) => {
            provider::note_email(&app.db, &name, &notice.subject, reachable, notice.at).await?;
        }
        What::Other => {}
    }
    Ok(Json(Taken { received: true }))
}
