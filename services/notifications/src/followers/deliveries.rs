use delivery_api::{JobMove, JobMoved};
use feed::Received;
use minijinja::context;

use crate::{
    App,
    db::{self, NewMessage, To},
    letter::{self, Kind, line},
};

/// That the driver is at the door. All else that a driver does moves the order, which is told of
/// by orders.
pub async fn job_moved(app: App, told: Received<JobMoved>) -> anyhow::Result<()> {
    if told.event.moved != JobMove::Arrived {
        return Ok(());
    }
    let order = super::order(&app, told.event.order).await?;
    let Some(contact) = super::contact(&app, order.customer).await? else { return Ok(()) };
    let facts = context! {
        name => line(&contact.given_name, 100),
        number => line(&order.number, 30),
        driver => told.event.driver_name.as_deref().map(|name| line(name, 100)),
    };
    let letter = letter::word(Kind::Arrived, facts)?;
    let Some(mut tx) = told.once(&app.db).await? else { return Ok(()) };
    let message = NewMessage {
        to: To::Person(contact.person),
        order: Some(order.order),
        kind: Kind::Arrived,
        recipient: &contact.email,
        letter: &letter,
        dedupe_key: format!("job/{}/arrived", told.event.job),
        at: app.clock.now(),
    };
    db::insert_message(&mut tx, &message, &app.config.channels).await?;
    Ok(tx.commit().await?)
}
