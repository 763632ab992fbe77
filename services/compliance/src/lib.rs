//! Compliance: what the law allows. Rulebooks as versioned data, one pure [`judge`], and every
//! verdict kept with its reasons and the version of the rules.

mod access;
mod area;
mod db;
mod followers;
pub mod judge;
pub mod jurisdiction;
pub mod licence;
pub mod opening;
pub mod outlook;
mod routes;
pub mod rulebook;
mod seed;

use std::{sync::Arc, time::Duration};

use accounts_api::{Accounts, PersonChanged, PersonErased};
use cache::{Cache, Times};
use host::{Context, Job, Part, Service};
use kernel::{Clock, Event};
use store::Db;

use crate::jurisdiction::Law;
pub use crate::seed::{NewLicence, seed};

/// Compliance, for the binary.
pub const PART: Part = Part {
    name: "compliance",
    migrations: store::migrations!["V1__compliance.sql", "V2__erasure.sql", "V4__licences.sql"],
    follows: &[PersonChanged::KIND, PersonErased::KIND],
    open_api: routes::open_api,
    access: access::ACCESS,
    undocumented: false,
    start: |context| Box::pin(start(context)),
};

/// How long another process may judge by rules that have just changed here. What is to hold from a
/// certain instant is therefore made known before it.
const LAW_LIFE: Duration = Duration::from_secs(5);

/// What every operation of the service has at hand.
#[derive(Clone)]
pub(crate) struct App {
    pub db: Db,
    pub clock: Clock,
    pub accounts: Accounts,
    law: Cache<Arc<Law>>,
}

impl App {
    /// All the law there is, at most [`LAW_LIFE`] old.
    pub async fn law(&self) -> anyhow::Result<Arc<Law>> {
        let db = self.db.clone();
        let load = async move { Ok(Arc::new(db::law::all(&db).await?)) };
        self.law.get("law", load).await
    }

    /// Another jurisdiction or rulebook has just been kept.
    pub async fn law_changed(&self) {
        self.law.forget("law").await;
    }
}

async fn start(context: Context) -> anyhow::Result<Service> {
    let app = App {
        accounts: Accounts::new(context.client("accounts")?),
        db: context.db,
        clock: context.clock,
        law: Cache::in_process(1, Times::exactly(LAW_LIFE)),
    };
    Ok(Service {
        followers: followers::all(&app),
        jobs: vec![Job::every(
            "cut the erased",
            Duration::from_mins(1),
            &app,
            followers::cut_erased,
        )],
        router: routes::router(app),
        ..Service::default()
    })
}
