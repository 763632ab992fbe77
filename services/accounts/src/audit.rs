//! What is noted of who did what to whom.

use kernel::PersonId;
use serde_json::Value;
use store::Tx;
use wire::Signed;

use crate::{App, db::audit as db};

/// Notes what someone did to a person, perhaps themselves.
pub async fn note(
    app: &App,
    tx: &mut Tx<'_>,
    by: &Signed,
    (action, subject): (&str, Option<PersonId>),
    facts: Value,
) -> sqlx::Result<()> {
    let deed = db::Deed {
        actor: Some(by.person.uuid()),
        session: Some(by.pass.session.uuid()),
        action,
        subject: subject.map(PersonId::uuid),
        facts,
        request_id: request_id(),
    };
    db::note(tx, &deed, app.clock.now()).await
}

/// Notes what happened to a person without anyone who is signed in: a sign-in, a reset.
pub async fn note_of(
    app: &App,
    tx: &mut Tx<'_>,
    subject: PersonId,
    action: &str,
    facts: Value,
) -> sqlx::Result<()> {
    let subject = Some(subject.uuid());
    let request_id = request_id();
    let deed = db::Deed { actor: subject, session: None, action, subject, facts, request_id };
    db::note(tx, &deed, app.clock.now()).await
}

fn request_id() -> Option<String> {
    wire::current().map(|context| context.request_id)
}
