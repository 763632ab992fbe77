//! What is left at accounts that have been taken out of the settings, for those who set them.

use store::{Schema, Server};

use crate::{Config, db};

/// What waits at one account that is not in the settings.
pub struct Left {
    /// `payments.stripe.us: 2 payments, 1 operations, 0 saved methods`
    pub told: String,
    /// Payments or operations wait there, not saved methods alone.
    pub is_needed: bool,
}

/// All that waits at accounts which `config` does not have; nothing where there are no tables yet.
pub async fn left(server: &Server, config: &Config) -> anyhow::Result<Vec<Left>> {
    let mut admin = server.connect().await?;
    if !db::left::has_tables(&mut admin).await? {
        return Ok(Vec::new());
    }
    let db = server.open(&Schema { name: "payments", migrations: Vec::new() }).await?;
    let waiting = db::left::waiting(&db, &config.accounts()).await?;
    db.close().await;
    let left = |one: db::left::Waiting| Left {
        told: format!(
            "payments.{}.{}: {} payments, {} operations, {} saved methods",
            one.provider, one.account, one.payments, one.operations, one.methods
        ),
        is_needed: one.payments + one.operations > 0,
    };
    Ok(waiting.into_iter().map(left).collect())
}
