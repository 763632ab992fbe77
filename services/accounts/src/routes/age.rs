//! Proofs of age: by a document's barcode, or by someone who looks.

pub mod decide;
pub mod mine;
pub mod prove;
pub mod reviews;

use axum::http::StatusCode;
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use store::Tx;
use wire::{Fault, Refusal};

use crate::{
    App,
    age::{Proven, Unproven},
    db::{self, PersonRow, age::ProofRow},
};

/// That a person has reached an age. Nothing else is kept of the document.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AgeProof {
    /// The greatest of 16, 18, 19, 20 and 21 that they have reached.
    over: i16,
    /// `aamva`: a document's barcode; `manual`: someone looked at it.
    method: String,
    made_at: Timestamp,
    /// The last day on which it holds.
    #[schema(value_type = String, format = Date, example = "2028-06-15")]
    until: Date,
}

impl From<ProofRow> for AgeProof {
    fn from(row: ProofRow) -> Self {
        Self { made_at: row.made_at(), until: row.until(), over: row.over, method: row.method }
    }
}

/// Why a document proves nothing.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum ProofRefusal {
    DocumentUnreadable,
    DocumentExpired,
    TooYoung,
    OtherDateOfBirth,
    OtherName,
    /// It proved another account's age.
    DocumentTaken,
}

impl From<Unproven> for ProofRefusal {
    fn from(why: Unproven) -> Self {
        match why {
            Unproven::Expired => Self::DocumentExpired,
            Unproven::TooYoung => Self::TooYoung,
            Unproven::OtherBirth => Self::OtherDateOfBirth,
        }
    }
}

impl Refusal for ProofRefusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::DocumentTaken => StatusCode::CONFLICT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    fn field(&self) -> Option<String> {
        Some("barcode".into())
    }

    fn detail(&self) -> String {
        match self {
            Self::DocumentUnreadable => {
                "This is not the whole text of a licence's barcode. Scan it again, flat and in good \
                 light, or ask us to look."
            }
            Self::DocumentExpired => "The document has expired. Use one that holds.",
            Self::TooYoung => "You are not of an age to buy anything here.",
            Self::OtherDateOfBirth => {
                "The document has another date of birth than your account. Ask us to look."
            }
            Self::OtherName => {
                "The document has another name than your account. Correct your name, or ask us to \
                 look."
            }
            Self::DocumentTaken => "The document belongs to another account. Ask us to look.",
        }
        .into()
    }
}

/// Keeps what was proven of the locked person, states their date of birth where they have not, and
/// tells the house.
async fn keep<R: Refusal>(
    app: &App,
    tx: &mut Tx<'_>,
    row: &mut PersonRow,
    (born, proven): (Date, Proven),
    by: kernel::PersonId,
) -> Result<AgeProof, Fault<R>> {
    let now = app.clock.now();
    let proof = db::age::keep_proof(tx, row.id, proven, by, now).await?;
    row.set_date_of_birth(born);
    db::save_person(tx, row).await?;
    feed::append(tx, &row.changed(), now).await?;
    Ok(proof.into())
}
