use delivery_api::{JobMove, JobMoved};
use feed::Received;
use serde_json::json;

use crate::{
    App,
    db::News,
    letter::{Kind, line},
};

/// That the driver is at the door. All else that a driver does moves the order, which is told of
/// by orders.
pub async fn job_moved(app: App, told: Received<JobMoved>) -> anyhow::Result<()> {
    let job = &told.event;
    if job.moved != JobMove::Arrived {
        return Ok(());
    }
    let driver = job.driver_name.as_deref().map(|name| line(name, 100));
    let news = News {
        dedupe_key: format!("job/{}/arrived", job.job),
        order: job.order,
        kind: Kind::Arrived,
        facts: json!({ "driver": driver }),
    };
    super::tell(app, told, news).await
}
