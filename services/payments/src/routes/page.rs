//! The checkout page and what it asks for. Whoever has its link may: it shows nobody's name.

pub mod choose;
pub mod come_back;
pub mod file;
pub mod show;
pub mod state;

use kernel::PaymentId;
use payments_api::{Component, ComponentKind, StartRefusal, Started};
use serde::Serialize;
use wire::{Path, Problem};

use crate::{
    App,
    account::Account,
    db,
    page::{Facts, Shown, Stage, Way, mark},
    payment::Payment,
    start,
    ways::{self, Basket},
};

/// What a link names: a payment, and the key that opens its page.
pub type Link = Result<Path<(PaymentId, String)>, Problem>;

/// The payment of a link that holds; a wrong key and a missing payment look alike.
async fn opened(app: &App, link: Link) -> anyhow::Result<Option<Payment>> {
    let Ok(Path((id, key))) = link else { return Ok(None) };
    if !app.links.hold(id, &key) {
        return Ok(None);
    }
    Ok(db::payment::find(&app.db, id).await?)
}

/// How a payment stands, for the page.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PageState {
    stage: Stage,
    /// Another than the page was given out with: it would say something else now.
    mark: String,
    /// Until it is too late.
    seconds_left: i64,
}

impl PageState {
    async fn of(app: &App, payment: &Payment) -> anyhow::Result<Self> {
        let facts = facts(app, payment).await?;
        Ok(Self {
            stage: Stage::of(payment, &facts),
            mark: mark(payment, &facts),
            seconds_left: seconds_left(payment, &facts),
        })
    }
}

async fn facts(app: &App, payment: &Payment) -> anyhow::Result<Facts> {
    Ok(Facts {
        now: app.clock.now(),
        authorising: db::operation::is_authorising(&app.db, payment.id).await?,
        broken_off: app.accounts.still_of(payment).is_some_and(Account::is_broken_off),
        gone: app.accounts.still_of(payment).is_none(),
    })
}

fn seconds_left(payment: &Payment, facts: &Facts) -> i64 {
    payment.pay_by.duration_since(facts.now).as_secs().max(0)
}

/// All that the page shows of a payment now; `error` is what was wrong with what was asked for.
async fn shown(app: &App, payment: &Payment, error: Option<StartRefusal>) -> anyhow::Result<Shown> {
    let facts = facts(app, payment).await?;
    let stage = Stage::of(payment, &facts);
    let ways = if stage.waits() { ways(app, payment).await? } else { Vec::new() };
    let account = app.accounts.still_of(payment).filter(|_| stage == Stage::Waiting);
    let started = account.and_then(|account| start::started(app, account, payment));
    let (component, client_secret) = match started {
        Some(Started { component, client_secret, .. }) => (component, client_secret),
        None => (Component::default(), String::new()),
    };
    let (store, number) = db::sale::named(&app.db, payment.order).await?.unzip();
    Ok(Shown {
        stage,
        mark: mark(payment, &facts),
        path: app.links.path(payment.id),
        address: app.links.address(payment.id),
        money: payment.money(payment.amount),
        description: payment.description.clone(),
        store,
        number,
        seconds_left: seconds_left(payment, &facts),
        declined: payment.declined_why.map(|why| why.told().as_str()),
        error,
        ways,
        order_url: start::return_url(app, payment),
        component,
        provider_payment: payment.provider_payment.clone().unwrap_or_default(),
        client_secret,
        provider_url: payment.pay_url.clone().unwrap_or_default(),
    })
}

async fn ways(app: &App, payment: &Payment) -> anyhow::Result<Vec<Way>> {
    let offered = start::offered(app, &basket(payment)).await?;
    let way = |(account, label): (&Account, String)| Way {
        way: account.key(),
        answers: !account.is_broken_off(),
        current: account.has(payment),
        again: account.has(payment) && payment.spent,
        plain: matches!(
            account.client.component(payment.currency).kind,
            ComponentKind::Redirect | ComponentKind::PaypalButtons
        ),
        said: ways::said(account.provider),
        label: if label == ways::label(account.provider) { String::new() } else { label },
    };
    Ok(offered.into_iter().map(way).collect())
}

fn basket(payment: &Payment) -> Basket {
    Basket { store: payment.store, currency: payment.currency, classes: payment.classes.clone() }
}
