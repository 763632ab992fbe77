use jiff::civil::Date;
use kernel::{Event, FlowId, PersonId, Role};
use serde::{Deserialize, Serialize};

use crate::Purpose;

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

/// A letter with a code or link is to be written. Neither is in here: whoever sends it asks for them
/// when it does, see [`crate::Accounts::letter`]. Told whether or not there is such an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeWanted {
    pub flow: FlowId,
    pub purpose: Purpose,
}

impl Event for CodeWanted {
    const KIND: &'static str = "tipple.accounts.code_wanted";
    fn subject(&self) -> String {
        self.flow.to_string()
    }
}

/// A person asked to be forgotten: whoever keeps something about them deletes it, or cuts it to
/// what the law makes us keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonErased {
    pub person: PersonId,
}

impl Event for PersonErased {
    const KIND: &'static str = "tipple.accounts.person_erased";
    fn subject(&self) -> String {
        self.person.to_string()
    }
}
