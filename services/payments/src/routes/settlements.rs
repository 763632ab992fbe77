//! Providers' settlement files: loaded, listed, and what they differ in.

mod book;
mod compare;
pub mod differences;
pub mod list;
pub mod load;

use jiff::Timestamp;
use kernel::PersonId;
use serde::Serialize;
use uuid::Uuid;

use crate::db::settlement::FileRow;

/// A settlement file that was loaded.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Settlement {
    settlement: Uuid,
    provider: String,
    account: String,
    /// What it is about: from the one instant to the other, both within.
    from: Timestamp,
    to: Timestamp,
    /// Lines in the file.
    lines: i32,
    /// Those of them that no earlier file had.
    new_lines: i32,
    /// Differences that it showed first, and that nobody has explained and no later file resolved.
    open_differences: i64,
    loaded_by: PersonId,
    loaded_at: Timestamp,
}

impl Settlement {
    fn of(row: FileRow, open: &[(Uuid, i64)]) -> Self {
        Self {
            settlement: row.id,
            provider: row.provider,
            account: row.account,
            from: row.from_at.to_jiff(),
            to: row.to_at.to_jiff(),
            lines: row.lines,
            new_lines: row.new_lines,
            open_differences: open.iter().find(|(id, _)| *id == row.id).map_or(0, |one| one.1),
            loaded_by: PersonId::from_uuid(row.loaded_by),
            loaded_at: row.loaded_at.to_jiff(),
        }
    }
}
