use axum::{extract::State, http::StatusCode};
use garde::Validate;
use kernel::PersonId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Tx;
use webauthn_rs::prelude::PublicKeyCredential;
use wire::{Fault, Json, Problem, Refusal};

use crate::{
    App, audit, db,
    second_factor::{step_hash, use_code, use_passkey},
    session::{self, Beginning, Device, SignedIn},
    throttle,
};

/// How often one challenge may be tried.
const MOST_TRIES: i32 = 5;

/// The second factor: a code or a passkey.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondFactorShown {
    /// As the first step gave it.
    #[garde(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    challenge: String,
    /// Six digits of an authenticator app, or a recovery code.
    #[garde(length(min = 6, max = 20))]
    #[schema(min_length = 6, max_length = 20, example = "123456")]
    code: Option<String>,
    /// What `navigator.credentials.get` gave, its bytes in unpadded base64url.
    #[garde(skip)]
    #[schema(value_type = Option<Object>)]
    passkey: Option<PublicKeyCredential>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum SecondFactorRefusal {
    /// Unknown, used, too old, tried too often, or access was taken back meanwhile.
    ChallengeOver,
    SecondFactorRefused,
}

impl Refusal for SecondFactorRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::UNAUTHORIZED
    }
    fn detail(&self) -> String {
        match self {
            Self::ChallengeOver => "It took too long, or too many tries. Sign in again.",
            Self::SecondFactorRefused => "The second factor is wrong or has been used.",
        }
        .into()
    }
    fn field(&self) -> Option<String> {
        match self {
            Self::ChallengeOver => Some("challenge".into()),
            Self::SecondFactorRefused => None,
        }
    }
}

enum Shown {
    Code(String),
    Passkey(Box<PublicKeyCredential>),
}

/// Ends a sign-in that asked for a second factor. Anyone who holds its challenge may call it.
#[utoipa::path(
    post, path = "/v1/accounts/sign-in/second-factor", tag = "accounts",
    operation_id = "show_second_factor", request_body = SecondFactorShown,
    responses(
        (status = OK, body = SignedIn),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn show_second_factor(
    State(app): State<App>,
    device: Device,
    Json(input): Json<SecondFactorShown>,
) -> Result<Json<SignedIn>, Fault<SecondFactorRefusal>> {
    let shown = match (input.code, input.passkey) {
        (Some(code), None) => Shown::Code(code),
        (None, Some(passkey)) => Shown::Passkey(Box::new(passkey)),
        _ => return Err(Problem::invalid("code", "send a code or a passkey, one of them").into()),
    };
    let (hash, now) = (step_hash(&app, &input.challenge), app.clock.now());
    let with_passkey = matches!(shown, Shown::Passkey(_));
    let step = db::second_step::attempt(&app.db, &hash, with_passkey, MOST_TRIES, now).await?;
    let step = step.ok_or(SecondFactorRefusal::ChallengeOver)?;
    let charge = match shown {
        Shown::Code(_) => {
            let row = db::person(&app.db, step.person_id).await?;
            let row = row.ok_or(SecondFactorRefusal::ChallengeOver)?;
            Some(throttle::try_second_factor(&app, &row, &device).await?)
        }
        // Nobody guesses those.
        Shown::Passkey(_) => None,
    };
    let mut tx = app.db.begin().await?;
    let row = db::lock_person(&mut tx, step.person_id).await?;
    let same = |row: &db::PersonRow| {
        row.access_version == step.access_version && row.blocked_at().is_none()
    };
    let row = row.filter(same).ok_or(SecondFactorRefusal::ChallengeOver)?;
    let factor = accept(&app, &mut tx, row.id, (shown, step.ceremony)).await?;
    let factor = factor.ok_or(SecondFactorRefusal::SecondFactorRefused)?;
    if !db::second_step::end(&mut tx, &hash).await? {
        return Err(SecondFactorRefusal::ChallengeOver.into());
    }
    let beginning = Beginning { method: &step.method, device: &device, strong: true };
    let signed_in = session::begin(&app, &mut tx, &row, beginning).await?;
    let facts = json!({ "method": step.method, "second_factor": factor });
    audit::note_of(&app, &mut tx, row.id, "signed_in", facts).await?;
    tx.commit().await?;
    if let Some(charge) = charge {
        charge.give_back(&app).await?;
    }
    Ok(Json(signed_in))
}

/// Which factor was shown; none when it does not hold.
async fn accept(
    app: &App,
    tx: &mut Tx<'_>,
    person: PersonId,
    (shown, ceremony): (Shown, Option<Value>),
) -> anyhow::Result<Option<&'static str>> {
    match shown {
        Shown::Code(code) => use_code(app, tx, person, &code).await,
        Shown::Passkey(passkey) => {
            let Some(state) = ceremony else { return Ok(None) };
            let holds = use_passkey(app, tx, person, &passkey, state).await?;
            Ok(holds.then_some("passkey"))
        }
    }
}
