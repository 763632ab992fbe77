//! Who brought it is owed for it.

use delivery_api::{JobMove, JobMoved};
use feed::Received;

use crate::{App, books, db};

pub async fn moved(app: App, received: Received<JobMoved>) -> anyhow::Result<()> {
    let JobMoved { job, order, driver, moved, pay, .. } = &received.event;
    let (JobMove::HandedOver { .. }, Some(driver)) = (moved, driver) else { return Ok(()) };
    let now = app.clock.now();
    let Some(mut tx) = received.once(&app.db).await? else { return Ok(()) };
    // An order of nothing has no payment, and nobody who could be told what it is in.
    if let Some(payment) = db::payment::lock_of_order(&mut tx, *order).await? {
        // What the driver was told when it was offered; else what is usual.
        let told = pay.filter(|pay| pay.currency == payment.currency).map(|pay| pay.amount);
        let usual = app.config.driver_pay.get(payment.currency.code());
        let pay = told.or(usual.copied()).unwrap_or(0);
        books::delivered(&mut tx, &payment, (job.uuid(), *driver, pay), now).await?;
    }
    Ok(tx.commit().await?)
}
