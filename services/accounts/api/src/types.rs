use jiff::civil::Date;
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

/// When a person says that they were born.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Birth {
    /// As the person stated it; what proves it is checked at the door.
    pub date_of_birth: Option<Date>,
}
