use jiff::civil::Date;
use kernel::{Event, PersonId, Role};
use serde::{Deserialize, Serialize};

/// A person signed up, or something that others keep about them changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonChanged {
    pub person: PersonId,
    pub given_name: String,
    /// As the person stated it; what proves it is checked at the door.
    pub date_of_birth: Option<Date>,
    pub roles: Vec<Role>,
    /// Grows with each change, so that a late event does not undo a newer one.
    pub version: i64,
}

impl Event for PersonChanged {
    const KIND: &'static str = "tipple.accounts.person_changed";
    fn subject(&self) -> String {
        self.person.to_string()
    }
}
