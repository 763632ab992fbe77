//! What people did in others' things, for the audit trail.

use axum::http::Method;
use jiff::Timestamp;
use kernel::{Event, PersonId, SessionId};
use serde::{Deserialize, Serialize};
use store::Db;
use wire::Signed;

/// Someone changed what is not their own: staff at their stores, those who run the platform
/// anywhere. Each service tells it of every such operation that succeeded; accounts keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deed {
    pub actor: PersonId,
    pub session: SessionId,
    /// Whether it was a program, within its scopes.
    pub machine: bool,
    pub service: String,
    /// The `operationId` of its OpenAPI document.
    pub operation: String,
    /// With the ids of what it was done to.
    pub path: String,
    pub request_id: Option<String>,
}

impl Event for Deed {
    const KIND: &'static str = "tipple.house.deed";
    fn subject(&self) -> String {
        self.actor.to_string()
    }
}

/// Whether it has to be noted that `asker` was let in to do this.
pub(crate) fn is_noteworthy(asker: &Signed, method: &Method, service: &str) -> bool {
    let changes = !matches!(*method, Method::GET | Method::HEAD);
    // Accounts notes what is done there by itself, with what it was.
    changes && service != "accounts" && (asker.reach.all || !asker.reach.stores.is_empty())
}

/// Notes it. What was done is done: if that fails the log has it.
pub(crate) async fn note(db: &Db, deed: &Deed, at: Timestamp) {
    let kept = async {
        let mut tx = db.begin().await?;
        feed::append(&mut tx, deed, at).await?;
        anyhow::Ok(tx.commit().await?)
    };
    if let Err(error) = kept.await {
        tracing::error!(?deed, error = format!("{error:#}"), "a deed could not be noted");
    }
}
