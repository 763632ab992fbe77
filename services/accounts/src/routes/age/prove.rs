use axum::extract::State;
use garde::Validate;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::json;
use wire::{Fault, Json, Problem, Signed};

use super::{AgeProof, ProofRefusal, keep};
use crate::{
    App,
    age::{self, Shown, aamva},
    audit, db, throttle,
};

/// A document. There is no `Debug`: what is in it is never logged.
#[derive(Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScannedDocument {
    /// The text of the PDF417 barcode on a licence or identity card, with its line breaks.
    #[garde(length(min = 1, max = aamva::LONGEST))]
    #[schema(min_length = 1, max_length = 4000)]
    barcode: String,
}

/// Proves the asker's age by the barcode of a US or Canadian licence or identity card. It must hold,
/// be in the asker's name, have the date of birth that they stated, if they did, and not have proven
/// another account's age. Nothing of it is kept but a keyed hash of its number. Any signed-in
/// person, for themselves only.
#[utoipa::path(
    post, path = "/v1/accounts/me/age-proofs", tag = "accounts", operation_id = "prove_age",
    request_body = ScannedDocument,
    responses(
        (status = OK, body = AgeProof),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn prove_age(
    actor: Signed,
    State(app): State<App>,
    Json(input): Json<ScannedDocument>,
) -> Result<Json<AgeProof>, Fault<ProofRefusal>> {
    let charge = throttle::try_own(&app, "age document", actor.person).await?;
    let now = app.clock.now();
    let document = aamva::read(&input.barcode).map_err(|_| ProofRefusal::DocumentUnreadable)?;
    // No document is from tomorrow, wherever it is today.
    let tomorrow = now.to_zoned(TimeZone::UTC).date().saturating_add(jiff::ToSpan::days(1));
    if document.issued.is_some_and(|issued| issued > tomorrow || issued < document.born) {
        return Err(ProofRefusal::DocumentUnreadable.into());
    }
    let mut tx = app.db.begin().await?;
    let row = db::lock_person(&mut tx, actor.person).await?;
    let mut row = row.ok_or_else(crate::routes::gone)?;
    if !age::plausible(&document.named, &row.given_name, &row.family_name) {
        return Err(ProofRefusal::OtherName.into());
    }
    let shown = Shown { born: document.born, expires: document.expires };
    let proven = age::prove(shown, row.date_of_birth(), now).map_err(ProofRefusal::from)?;
    let number = format!("{}/{}", document.issuer, document.number);
    let hash = app.vault.keyed_hash("age-document", number.as_bytes());
    if !db::age::claim_document(&mut tx, row.id, &hash).await? {
        return Err(ProofRefusal::DocumentTaken.into());
    }
    let proof = keep(&app, &mut tx, &mut row, (document.born, proven), actor.person).await?;
    let facts = json!({ "method": "aamva", "over": proven.over });
    audit::note(&app, &mut tx, &actor, ("age_proven", Some(row.id)), facts).await?;
    tx.commit().await?;
    charge.give_back(&app).await?;
    Ok(Json(proof))
}
