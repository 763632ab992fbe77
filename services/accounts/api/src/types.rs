use kernel::PersonId;
use serde::{Deserialize, Serialize};

/// How to reach a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub person: PersonId,
    pub email: String,
    pub given_name: String,
    /// BCP 47, such as `en-US`.
    pub language: String,
}
