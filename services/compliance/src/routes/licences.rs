//! Licences of stores, as those who run the platform read and set them.

pub mod keep;
pub mod list;
pub mod read;

use jiff::civil::Date;
use kernel::{AlcoholClass, StoreId};
use serde::Serialize;

use crate::db::licence::LicenceRow;

/// A store's licence.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LicenceView {
    store: StoreId,
    /// As the authority wrote it.
    number: String,
    /// What it allows to sell.
    classes: Vec<AlcoholClass>,
    /// The first day on which it holds, by the store's calendar.
    #[schema(value_type = String, format = Date)]
    valid_from: Date,
    /// The last day on which it holds.
    #[schema(value_type = String, format = Date)]
    valid_until: Date,
    suspended: bool,
    /// Grows with each change; also the `ETag`.
    version: i64,
}

/// Years that a licence can be about.
fn is_of_our_days(day: Date) -> bool {
    (1900..=2999).contains(&day.year())
}

impl From<LicenceRow> for LicenceView {
    fn from(row: LicenceRow) -> Self {
        let licence = row.licence();
        Self {
            store: row.store_id,
            number: licence.number,
            classes: licence.classes.into_iter().collect(),
            valid_from: licence.valid_from,
            valid_until: licence.valid_until,
            suspended: licence.suspended,
            version: row.version,
        }
    }
}
