//! Asking which disputes there are: payments that were captured are not asked about any more, and the
//! webhook of a dispute may be lost. One list of an account a day finds those of all its payments.

use futures::{StreamExt, stream};
use jiff::SignedDuration;
use kernel::PaymentId;

use crate::{App, account::Account, db, provider::Disputed, settle::settle};

/// How often each account is asked.
const EVERY: SignedDuration = SignedDuration::from_hours(24);
/// How long a look is whose it is: who dies with it leaves it until then. Two at once only read twice.
const HELD: SignedDuration = SignedDuration::from_secs(30);
/// How long after that it is asked again when it did not answer.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);
/// What was missed between two looks for want of a common clock.
const MARGIN: SignedDuration = SignedDuration::from_hours(1);
/// How long after a payment cardholders dispute it: 120 days by the card schemes, 180 at PayPal.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(180 * 24);
/// So long after the end of a dispute its fee and its amount may change.
const CHANGES: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The most pages of a list of disputes: one that has more is not whole, and nothing is left out of it
/// in silence.
pub const MOST_PAGES: usize = 100;
/// Payments that are asked about side by side.
const AT_ONCE: usize = 4;

/// Asks those accounts whose time has come.
pub async fn look(app: App) -> anyhow::Result<()> {
    for account in app.accounts.iter() {
        if let Err(error) = look_at(&app, account).await {
            let now = app.clock.now();
            db::dispute_look::put_off(&app.db, at(account), now + AGAIN).await?;
            let error = format!("{error:#}");
            tracing::warn!(account = account.key(), error, "disputes are looked for again");
        }
    }
    Ok(())
}

fn at(account: &Account) -> (&str, &str) {
    (account.provider, &account.name)
}

/// What was not looked at whole is looked at again from where it was known.
async fn look_at(app: &App, account: &Account) -> anyhow::Result<()> {
    let now = app.clock.now();
    let Some(known) = db::dispute_look::claim(&app.db, at(account), now, now + HELD).await? else {
        return Ok(());
    };
    let mut told = account.disputes(known.unwrap_or(now - LONGEST) - MARGIN).await?;
    name_unknown(app, account, &mut told).await?;
    let open = db::dispute_look::not_ended(&app.db, at(account), &told, now - CHANGES).await?;
    let each = |(payment, dispute): (PaymentId, String)| async move {
        db::beside::name_disputes(&app.db, payment, &[dispute], app.clock.now()).await?;
        anyhow::Ok(settle(app, payment).await?)
    };
    let asked: Vec<anyhow::Result<_>> =
        stream::iter(open).map(each).buffer_unordered(AT_ONCE).collect().await;
    asked.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
    Ok(db::dispute_look::looked(&app.db, at(account), (now, now + EVERY)).await?)
}

/// What nobody here knows may be somebody else's, or money beyond a payment's own that nobody told of.
async fn name_unknown(app: &App, account: &Account, told: &mut [Disputed]) -> anyhow::Result<()> {
    for object in db::dispute_look::unknown(&app.db, at(account), told).await? {
        let Some(name) = account.taken_for(&object).await? else { continue };
        for one in told.iter_mut().filter(|one| one.object == object) {
            one.object.clone_from(&name);
        }
    }
    Ok(())
}
