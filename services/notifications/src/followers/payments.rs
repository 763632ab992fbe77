use feed::Received;
use minijinja::context;
use payments_api::{MoneyMove, PaymentMoved};

use crate::{
    App,
    db::{self, NewMessage, To},
    letter::{self, Kind, line},
};

/// That money went back.
pub async fn payment_moved(app: App, told: Received<PaymentMoved>) -> anyhow::Result<()> {
    let MoneyMove::Refunded { amount, reason } = &told.event.moved else { return Ok(()) };
    let order = super::order(&app, told.event.order).await?;
    let Some(contact) = super::contact(&app, order.customer).await? else { return Ok(()) };
    let facts = context! {
        name => line(&contact.given_name, 100),
        number => line(&order.number, 30),
        amount => amount.to_string(),
        reason => line(reason, 300),
    };
    let letter = letter::word(Kind::Refunded, facts)?;
    let Some(mut tx) = told.once(&app.db).await? else { return Ok(()) };
    let message = NewMessage {
        to: To::Person(contact.person),
        order: Some(order.order),
        kind: Kind::Refunded,
        recipient: &contact.email,
        letter: &letter,
        dedupe_key: format!("event/{}", told.id()),
        at: app.clock.now(),
    };
    db::insert_message(&mut tx, &message, &app.config.channels).await?;
    Ok(tx.commit().await?)
}
