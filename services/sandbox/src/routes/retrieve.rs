use axum::{
    Json,
    extract::{FromRequestParts, Query, State},
    http::request::Parts,
};
use serde::Deserialize;
use serde_json::Value;

use super::create::PaymentIntent;
use crate::{
    App,
    change::holds,
    db,
    failure::{ErrorBody, Failure},
    input::{IntentId, Merchant},
};

/// Who reads: the merchant, or a browser with the client secret.
pub enum Reader {
    Merchant,
    Browser(String),
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Secret {
    /// In place of the secret key.
    client_secret: Option<String>,
}

impl FromRequestParts<App> for Reader {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let query = Query::<Secret>::from_request_parts(parts, app).await;
        if let Ok(Query(Secret { client_secret: Some(secret) })) = query {
            return Ok(Self::Browser(secret));
        }
        Merchant::from_request_parts(parts, app).await.map(|Merchant| Self::Merchant)
    }
}

/// Shows a payment intent; its metadata to the merchant's server only.
#[utoipa::path(
    get, path = "/sandbox/v1/payment_intents/{intent}", tag = "sandbox",
    operation_id = "sandbox_retrieve_payment_intent",
    params(("intent" = String, Path), Secret),
    responses(
        (status = OK, body = PaymentIntent),
        (status = "default", body = ErrorBody),
    ),
    security((), ("token" = [])),
)]
pub async fn retrieve(
    State(app): State<App>,
    reader: Reader,
    IntentId(id): IntentId,
) -> Result<Json<Value>, Failure> {
    let found = db::intent(&app.db, &id).await?;
    let readable = found.filter(|intent| match &reader {
        Reader::Merchant => true,
        Reader::Browser(secret) => holds(intent, secret),
    });
    let mut intent = readable.ok_or_else(|| Failure::missing("payment_intent"))?;
    if intent.overdue(app.clock.now()) {
        let _ = intent.cancel("expired");
    }
    let mut shown = intent.shown(&app.own_url);
    if matches!(reader, Reader::Browser(_))
        && let Some(fields) = shown.as_object_mut()
    {
        fields.remove("metadata");
    }
    Ok(Json(shown))
}
