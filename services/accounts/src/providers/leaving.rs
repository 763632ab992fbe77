//! Identities that go: unlinked by their person, ended by their provider, or erased; and the
//! access that is given back to the provider afterwards, never within a transaction.

use jiff::SignedDuration;
use secrecy::SecretString;
use serde_json::json;
use store::Tx;

use super::Way;
use crate::{
    App, audit,
    db::{
        provider::leaving::{self as db, Leaving, Revocation},
        session::Which,
    },
    session,
};

/// What refresh tokens are sealed for.
pub const SEALED_FOR: &str = "provider refresh token";

/// How long one attempt to give access back may take, with room to spare.
const CLAIM: SignedDuration = SignedDuration::from_mins(2);

/// After so many failures the provider has to live with it: it is over in a week.
const MOST_TRIES: i32 = 12;

/// Forgets what a provider asks us to forget, and ends the sessions of its person. An account that
/// has no other way in stays, for whoever proves its e-mail address.
pub async fn forget_named(
    app: &App,
    tx: &mut Tx<'_>,
    named: Leaving<'_>,
    why: &str,
) -> sqlx::Result<()> {
    for person in db::remove(tx, named, app.clock.now()).await? {
        session::end(app, tx, person, Which::All, why).await?;
        audit::note_of(app, tx, person, "identity_ended", json!({ "why": why })).await?;
    }
    Ok(())
}

/// Gives back what is due.
pub async fn give_back(app: App) -> anyhow::Result<()> {
    let now = app.clock.now();
    for due in db::claim(&app.db, now, now + CLAIM).await? {
        let (id, tries) = (due.id, due.tries);
        if give_back_one(&app, due).await? || tries >= MOST_TRIES {
            db::settle(&app.db, id).await?;
            continue;
        }
        let pause = SignedDuration::from_mins(1_i64 << tries.clamp(0, MOST_TRIES));
        db::put_off(&app.db, id, app.clock.now() + pause).await?;
    }
    Ok(())
}

/// Whether nothing is left to do.
async fn give_back_one(app: &App, due: Revocation) -> anyhow::Result<bool> {
    // A provider that is no longer set cannot be asked.
    let Some(provider) = app.providers.find(&due.provider) else { return Ok(true) };
    let Way::OpenId(openid) = &provider.way else { return Ok(true) };
    let Ok(token) = app.vault.open(SEALED_FOR, &due.token) else { return Ok(true) };
    let token = SecretString::from(String::from_utf8(token)?);
    match openid.revoke(&token, app.clock.now()).await {
        Ok(()) => Ok(true),
        Err(failure) => {
            tracing::warn!(
                provider = due.provider,
                why = failure.reason(),
                "access was not given back"
            );
            Ok(false)
        }
    }
}
