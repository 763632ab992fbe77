//! Rulebooks, as those who run the platform read and add them.

pub mod add;
pub mod list;
pub mod read;

use jiff::Timestamp;
use serde::Serialize;

use crate::{db::law::RulebookRow, rulebook::Rules};

/// One version of a jurisdiction's rules.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RulebookView {
    #[schema(example = "US-IA")]
    jurisdiction: String,
    version: i32,
    valid_from: Timestamp,
    rules: Rules,
    created_at: Timestamp,
}

impl From<RulebookRow> for RulebookView {
    fn from(row: RulebookRow) -> Self {
        Self {
            valid_from: row.valid_from(),
            created_at: row.created_at(),
            jurisdiction: row.jurisdiction,
            version: row.version,
            rules: row.body,
        }
    }
}
