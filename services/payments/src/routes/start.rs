use axum::extract::State as Shared;
use kernel::PaymentId;
use payments_api::{Start, StartRefusal, Started};
use wire::{Fault, House, Json, Problem};

use crate::{
    App,
    account::Account,
    books, db,
    db::payment::NewPayment,
    keeping,
    keeping::Choice,
    payment::{Payment, State},
    routes::choose::MOST,
    start::{self, StartFailed},
    ways::Basket,
};

/// Starts the payment of an order at its provider: for services of the house. Where the customer has
/// not chosen, one after another of what is offered is asked until one answers.
pub async fn start(
    _: House,
    Shared(app): Shared<App>,
    Json(input): Json<Start>,
) -> Result<Json<Started>, Fault<StartRefusal>> {
    if input.amount.amount <= 0 {
        return Err(Problem::invalid("amount", "must be above zero").into());
    }
    books::keep(&app.db, &input, app.clock.now()).await?;
    let mut asked = String::new();
    if let Some(payment) = db::payment::of_order(&app.db, input.order).await? {
        same(&payment, &input)?;
        asked = format!("{}:{}", payment.provider, payment.account);
        match start::start(&app, payment).await {
            Err(StartFailed::Refused(StartRefusal::ProviderUnavailable)) => {}
            ended => return Ok(Json(ended?)),
        }
    }
    for account in candidates(&app, &input).await? {
        if account.key() == asked {
            continue;
        }
        let payment = placed(&app, &input, account).await?;
        same(&payment, &input)?;
        match start::start(&app, payment).await {
            Err(StartFailed::Refused(StartRefusal::ProviderUnavailable)) => {}
            ended => return Ok(Json(ended?)),
        }
    }
    Err(StartRefusal::ProviderUnavailable.into())
}

/// Where it may be started: the chosen account, or all that are offered and answer.
async fn candidates<'a>(
    app: &'a App,
    input: &Start,
) -> Result<Vec<&'a Account>, Fault<StartRefusal>> {
    let basket = Basket {
        store: Some(input.store),
        currency: input.amount.currency,
        classes: input.classes.clone(),
    };
    let offered = start::offered(app, &basket).await?;
    let told = start::told(&offered);
    let choice = choice(input);
    let chosen = keeping::check(app, input.customer, choice).await?;
    let mut accounts: Vec<&Account> = offered.into_iter().map(|(account, _)| account).collect();
    if let Some(with) = &input.with {
        accounts.retain(|account| account.key() == *with);
    }
    if accounts.is_empty() {
        return Err(StartRefusal::WayNotOffered { offered: told }.into());
    }
    if let Some(chosen) = chosen {
        accounts.retain(|account| account.key() == chosen);
        if accounts.is_empty() {
            return Err(StartRefusal::SavedMethodUnusable.into());
        }
    }
    accounts.retain(|account| !account.is_broken_off());
    Ok(accounts)
}

/// The order's payment at this account: the one there is, or a new one in the place of one that was
/// never answered for elsewhere.
async fn placed(app: &App, input: &Start, account: &Account) -> anyhow::Result<Payment> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    if let Some(before) = db::payment::lock_of_order(&mut tx, input.order).await? {
        let often = db::payment::count_of_order(&mut tx, input.order).await?;
        let stays = account.has(&before) || often >= i64::from(MOST);
        if stays || before.state != State::Starting {
            return Ok(before);
        }
        db::payment::supersede(&mut tx, before.id, now).await?;
    }
    tx.commit().await?;
    let new = NewPayment {
        id: PaymentId::new(),
        order: input.order,
        customer: input.customer,
        amount: input.amount.amount,
        currency: input.amount.currency,
        description: &input.description,
        store: Some(input.store),
        vendor: Some(input.vendor),
        classes: &input.classes,
        provider: account.provider,
        account: &account.name,
        pay_by: input.pay_by,
        state: State::Starting,
        choice: choice(input).at(account),
        look_at: Some(now + app.config.claim()),
    };
    start::insert(&app.db, &new, now).await
}

fn choice(input: &Start) -> Choice {
    Choice { saves: input.save_method, method: input.saved_method }
}

fn same(payment: &Payment, input: &Start) -> Result<(), StartRefusal> {
    let same = payment.money(payment.amount) == input.amount && payment.customer == input.customer;
    same.then_some(()).ok_or(StartRefusal::PaymentDiffers)
}
