//! People, as those who run the platform see them.

pub mod block;
pub mod list;
pub mod read;
pub mod roles;

use jiff::Timestamp;
use kernel::{PersonId, Role};
use serde::Serialize;

use crate::db::PersonRow;

/// A person in the operators' list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ListedPerson {
    person: PersonId,
    email: Option<String>,
    given_name: String,
    family_name: String,
    roles: Vec<Role>,
    /// When the person was blocked, if they are, and why.
    blocked_at: Option<Timestamp>,
    blocked_why: Option<String>,
    /// Grows with each change; also the `ETag`.
    version: i64,
    created_at: Timestamp,
}

impl From<PersonRow> for ListedPerson {
    fn from(row: PersonRow) -> Self {
        Self {
            person: row.id,
            roles: row.roles(),
            version: row.version,
            created_at: row.created_at(),
            blocked_at: row.blocked_at(),
            blocked_why: row.blocked_why,
            email: row.email,
            given_name: row.given_name,
            family_name: row.family_name,
        }
    }
}
