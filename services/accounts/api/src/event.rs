use jiff::civil::Date;
use kernel::{Event, PersonId, ProductId, Role};
use serde::{Deserialize, Serialize};

use crate::{FlowId, Purpose};

/// A person signed up, or something that others keep about them changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonChanged {
    pub person: PersonId,
    pub given_name: String,
    /// As the person stated it; what proves it is checked at the door.
    pub date_of_birth: Option<Date>,
    pub roles: Vec<Role>,
    /// What proves their age, where something does.
    #[serde(default)]
    pub age_proof: Option<AgeProof>,
    /// Grows with each change, so that a late event does not undo a newer one.
    pub version: i64,
}

/// That a person showed a document, and how old they are by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgeProof {
    /// The greatest of 16, 18, 19, 20 and 21 that they had reached.
    pub over: u8,
    /// The last day on which the proof holds.
    pub until: Date,
}

impl Event for PersonChanged {
    const KIND: &'static str = "tipple.accounts.person_changed";
    fn subject(&self) -> String {
        self.person.to_string()
    }
}

/// A flow was begun whose person is to get a letter, or would if there were such a person: told
/// whether or not there is one, so that nobody who watches learns it. What it says, and to whom, is
/// asked for when it is sent: [`crate::Accounts::code`].
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

/// A person has gone and wants to be forgotten. Whoever keeps anything of them deletes it, or cuts
/// it to what the law makes us keep, and remembers the id: nothing that is told late brings them
/// back.
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

/// A person has marked a product as a favourite, or taken the mark off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FavouriteChanged {
    pub person: PersonId,
    pub product: ProductId,
    pub favourite: bool,
    /// Grows with each change of this mark, so that a late event does not undo a newer one.
    pub version: i64,
}

impl Event for FavouriteChanged {
    const KIND: &'static str = "tipple.accounts.favourite_changed";
    fn subject(&self) -> String {
        format!("{}/{}", self.person, self.product)
    }
}
