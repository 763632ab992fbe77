use axum::extract::State as Shared;
use jiff::SignedDuration;
use kernel::PaymentId;
use payments_api::{Start, StartRefusal, Started};
use wire::{Fault, House, Json, Problem};

use crate::{
    App, db,
    payment::{Payment, State, Wanted},
    provider::{CallFailed, Created, NewPayment},
    settle::want,
};

/// Starts the payment of an order at its provider: for services of the house.
///
/// The row is first. A call that finds one without the provider's answer asks the provider again
/// under the same key, so that a crash in between leaves one payment there.
pub async fn start(
    _: House,
    Shared(app): Shared<App>,
    Json(input): Json<Start>,
) -> Result<Json<Started>, Fault<StartRefusal>> {
    if input.amount.amount <= 0 {
        return Err(Problem::invalid("amount", "must be above zero").into());
    }
    let payment = kept(&app, &input).await?;
    let same = payment.money(payment.amount) == input.amount && payment.customer == input.customer;
    if !same {
        return Err(StartRefusal::PaymentDiffers.into());
    }
    if let Some(started) = started(&app, &payment) {
        return Ok(Json(started));
    }
    if payment.state != State::Starting || payment.wanted == Wanted::Cancel {
        let why = "the order has ended".into();
        return Err(StartRefusal::ProviderRefused { why }.into());
    }
    let return_url = app
        .config
        .return_url
        .replace("{order}", &payment.order.to_string())
        .replace("{payment}", &payment.id.to_string());
    let new = NewPayment {
        id: payment.id,
        order: payment.order,
        amount: payment.money(payment.amount),
        description: &payment.description,
        pay_by: payment.pay_by,
        return_url: &return_url,
    };
    let created = app.provider.create(&new).await.map_err(refusal)?;
    let payment = save(&app, payment.id, &created).await?;
    let started = started(&app, &payment);
    Ok(Json(started.ok_or_else(|| anyhow::anyhow!("a payment without its provider's name"))?))
}

/// The order's payment: the one there is, or a new one.
async fn kept(app: &App, input: &Start) -> anyhow::Result<Payment> {
    if let Some(payment) = db::payment::of_order(&app.db, input.order).await? {
        return Ok(payment);
    }
    let new = db::payment::NewPayment {
        id: PaymentId::new(),
        order: input.order,
        customer: input.customer,
        amount: input.amount.amount,
        currency: input.amount.currency,
        description: &input.description,
        provider: app.provider.name(),
        pay_by: input.pay_by,
        state: State::Starting,
    };
    db::payment::insert(&app.db, &new, app.clock.now()).await?;
    let payment = db::payment::of_order(&app.db, input.order).await?;
    payment.ok_or_else(|| anyhow::anyhow!("a payment that is not there"))
}

async fn save(app: &App, id: PaymentId, created: &Created) -> anyhow::Result<Payment> {
    let now = app.clock.now();
    let look_at = now + SignedDuration::from_secs(app.config.poll_open_seconds);
    let mut tx = app.db.begin().await?;
    db::payment::started(&mut tx, id, created, look_at).await?;
    let payment = db::payment::lock(&mut tx, id).await?;
    let payment = payment.ok_or_else(|| anyhow::anyhow!("a payment that is not there"))?;
    // The order may have been cancelled while the provider was answering.
    let next = want(&mut tx, &payment, now).await?;
    tx.commit().await?;
    if next {
        app.wake_operations();
    }
    Ok(payment)
}

fn started(app: &App, payment: &Payment) -> Option<Started> {
    Some(Started {
        payment: payment.id,
        provider: app.provider.name().into(),
        provider_payment: payment.provider_payment.clone()?,
        client_secret: payment.client_secret.clone()?,
        pay_url: payment.pay_url.clone()?,
    })
}

fn refusal(failed: CallFailed) -> StartRefusal {
    match failed {
        CallFailed::Refused(why) => StartRefusal::ProviderRefused { why },
        CallFailed::Unknown(why) => {
            tracing::warn!(why, "the provider does not answer");
            StartRefusal::ProviderUnavailable
        }
    }
}
