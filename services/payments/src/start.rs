//! A payment of an order at one of the accounts that are offered for it.

use jiff::SignedDuration;
use payments_api::{OfferedWay, StartRefusal, Started};
use store::Db;

use crate::{
    App,
    account::Account,
    db, keeping,
    payment::{Payment, State, Wanted},
    provider::{CallFailed, Created, Keeping, NewPayment},
    settle::want,
    ways::{self, Basket},
};

/// So soon after its answer was lost a payment is asked about.
const SOON: SignedDuration = SignedDuration::from_secs(1);

/// The accounts that are offered for `basket`, best first, with their labels.
pub async fn offered<'a>(
    app: &'a App,
    basket: &Basket,
) -> sqlx::Result<Vec<(&'a Account, String)>> {
    let rules = db::way::for_store(&app.db, basket.store).await?;
    let takes = app.accounts.iter().filter(|account| account.client.takes(basket.currency));
    let names: Vec<(&str, &str)> =
        takes.map(|account| (account.provider, account.name.as_str())).collect();
    let offered = ways::offered(&rules, &names, basket);
    let found =
        |one: ways::Offered| Some((app.accounts.find(&one.provider, &one.account)?, one.label));
    Ok(offered.into_iter().filter_map(found).collect())
}

/// The same, as it is told.
pub fn told(offered: &[(&Account, String)]) -> Vec<OfferedWay> {
    let way = |(account, label): &(&Account, String)| OfferedWay {
        way: account.key(),
        label: label.clone(),
        answers: !account.is_broken_off(),
        saves: account.client.saves(),
    };
    offered.iter().map(way).collect()
}

/// Makes a payment known to its provider, once, and says how it is paid there. The row is first: a
/// call that finds one without the provider's answer asks again under the same key, so that a crash
/// in between leaves one payment there.
pub async fn start(app: &App, payment: Payment) -> Result<Started, StartFailed> {
    let account = app.accounts.still_of(&payment).ok_or(StartRefusal::ProviderUnavailable)?;
    if let Some(started) = started(app, account, &payment) {
        return Ok(started);
    }
    if payment.state != State::Starting || payment.wanted == Wanted::Cancel {
        let why = "the order has ended".into();
        return Err(StartRefusal::ProviderRefused { why }.into());
    }
    let payment = match ask(app, account, &payment).await {
        Ok(payment) => payment,
        Err(failed) => {
            // Somebody else may have asked meanwhile, and heard.
            let known =
                db::payment::find(&app.db, payment.id).await.map_err(anyhow::Error::from)?;
            known.filter(|known| known.provider_payment.is_some()).ok_or(failed)?
        }
    };
    if payment.superseded || payment.wanted == Wanted::Cancel {
        // Another way was chosen, or the order ended, while the provider was answering.
        return Err(StartRefusal::NotWaiting.into());
    }
    let started = started(app, account, &payment);
    Ok(started.ok_or_else(|| anyhow::anyhow!("a payment without its provider's name"))?)
}

/// Asks its provider for a payment, under its own key however often, and keeps what it answers. One
/// that is not answered for is unknown: it is asked about soon, also where nobody comes again.
pub async fn ask(app: &App, account: &Account, payment: &Payment) -> Result<Payment, StartFailed> {
    let return_url = return_url(app, payment);
    let kept = keeping::of(app, account, payment).await?;
    let new = new_payment(payment, &return_url, kept.told(payment.saves));
    let failed = match account.create(&new).await {
        Ok(created) => {
            return Ok(save(app, payment, (account, kept.customer.as_deref()), &created).await?);
        }
        Err(failed) => failed,
    };
    let soon = failed.is_unknown().then(|| app.clock.now() + SOON);
    db::payment::unanswered(&app.db, payment.id, soon).await.map_err(anyhow::Error::from)?;
    Err(match failed {
        // It may be gone there; why is not for telling, for it names the token.
        CallFailed::Refused(_) if payment.saved_method.is_some() => {
            StartRefusal::SavedMethodUnusable
        }
        failed => refusal(failed),
    }
    .into())
}

/// A payment as its provider is told of it; the same each time.
pub fn new_payment<'a>(
    payment: &'a Payment,
    return_url: &'a str,
    keeping: Keeping<'a>,
) -> NewPayment<'a> {
    NewPayment {
        id: payment.id,
        order: payment.order,
        amount: payment.money(payment.amount),
        description: &payment.description,
        since: payment.created_at,
        pay_by: payment.pay_by,
        return_url,
        keeping,
    }
}

/// Why a payment was not started.
pub enum StartFailed {
    Refused(StartRefusal),
    Broken(anyhow::Error),
}

impl From<StartRefusal> for StartFailed {
    fn from(refusal: StartRefusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<anyhow::Error> for StartFailed {
    fn from(error: anyhow::Error) -> Self {
        Self::Broken(error)
    }
}

impl From<StartFailed> for wire::Fault<StartRefusal> {
    fn from(failed: StartFailed) -> Self {
        match failed {
            StartFailed::Refused(refusal) => refusal.into(),
            StartFailed::Broken(error) => Self::Broken(error),
        }
    }
}

/// Inserts a payment that is to be started; the order's current one, whoever was first.
pub async fn insert(
    db: &Db,
    new: &db::payment::NewPayment<'_>,
    now: jiff::Timestamp,
) -> anyhow::Result<Payment> {
    db::payment::insert(db, new, now).await?;
    let payment = db::payment::of_order(db, new.order).await?;
    payment.ok_or_else(|| anyhow::anyhow!("a payment that is not there"))
}

/// Keeps what a provider said of a payment that it has made; the first answer stays.
pub async fn save(
    app: &App,
    payment: &Payment,
    (account, customer): (&Account, Option<&str>),
    created: &Created,
) -> anyhow::Result<Payment> {
    let (now, id) = (app.clock.now(), payment.id);
    // What was saved may be paid with at once, without anybody's browser that would tell.
    let wait = if payment.saved_method.is_some() { 1 } else { app.config.poll_open_seconds };
    let look_at = now + SignedDuration::from_secs(wait);
    let mut tx = app.db.begin().await?;
    db::payment::started(&mut tx, id, (created, customer), look_at).await?;
    let payment = db::payment::lock(&mut tx, id).await?;
    let payment = payment.ok_or_else(|| anyhow::anyhow!("a payment that is not there"))?;
    // The order may have been cancelled while the provider was answering.
    let next = want(&mut tx, &payment, account.client.abilities(), now).await?;
    tx.commit().await?;
    if next {
        app.wake_operations();
    }
    Ok(payment)
}

/// Where the browser goes when it is over.
pub fn return_url(app: &App, payment: &Payment) -> String {
    let order = app.config.return_url.replace("{order}", &payment.order.to_string());
    order.replace("{payment}", &payment.id.to_string())
}

/// Where a payment that its provider knows of can be paid: on the provider's page, or else on ours,
/// where another can be begun when nothing comes of this one.
pub fn pay_url(app: &App, payment: &Payment) -> Option<String> {
    let theirs = payment.pay_url.clone()?;
    Some(if theirs.is_empty() || payment.spent { app.links.address(payment.id) } else { theirs })
}

/// How a payment that its provider knows of is paid.
pub fn started(app: &App, account: &Account, payment: &Payment) -> Option<Started> {
    Some(Started {
        payment: payment.id,
        provider: payment.provider.clone(),
        account: payment.account.clone(),
        provider_payment: payment.provider_payment.clone()?,
        client_secret: payment.client_secret.clone()?,
        pay_url: pay_url(app, payment)?,
        component: keeping::shown(payment, account.client.component(payment.currency)),
    })
}

pub fn refusal(failed: CallFailed) -> StartRefusal {
    match failed {
        CallFailed::Refused(why) => StartRefusal::ProviderRefused { why },
        CallFailed::Declined(why) | CallFailed::Over(why) => {
            StartRefusal::ProviderRefused { why: why.detail().to_owned() }
        }
        failed => {
            tracing::warn!(%failed, "the provider does not answer");
            StartRefusal::ProviderUnavailable
        }
    }
}
