use serde::{Deserialize, Serialize};
use wire::{Refusal, StatusCode};

/// What accounts refuses to other services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum AccountsRefusal {
    NoSuchPerson,
}

impl Refusal for AccountsRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::NOT_FOUND
    }
    fn detail(&self) -> String {
        "There is no such person.".into()
    }
}
