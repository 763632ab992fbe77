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

/// Why there is no letter for a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum CodeRefusal {
    /// There is nobody to tell, or it is too late, or the flow is over. Which of these nobody
    /// learns.
    NothingToSend,
}

impl Refusal for CodeRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::NOT_FOUND
    }
    fn detail(&self) -> String {
        "There is nothing to send.".into()
    }
}
