//! Accounts: who people are, how they sign in, where they live, and what they may do.

mod access;
mod age;
mod audit;
mod config;
mod cookie;
mod db;
mod erasure;
mod flow;
mod followers;
mod keys;
mod operator;
mod passkey;
mod password;
mod profile;
mod proof;
mod providers;
mod recovery;
mod routes;
mod second_factor;
mod secret;
pub mod seed;
mod session;
mod staff;
mod throttle;
mod totp;

use std::{sync::Arc, time::Duration};

use cache::Bell;
use catalogue_api::StoreChanged;
use host::{Context, Deed, Job, Part, Service};
use jiff::SignedDuration;
use kernel::{Clock, Event as _};
use store::Db;
use wire::HouseKey;

pub use crate::{
    config::{Config, SecondFactor},
    operator::{NewOperator, make_operator},
};
use crate::{
    keys::Keys, passkey::Passkeys, password::Passwords, providers::Providers, secret::Vault,
};

/// Accounts, for the binary.
pub const PART: Part = Part {
    name: "accounts",
    migrations: store::migrations![
        "V1__accounts.sql",
        "V2__sessions.sql",
        "V3__providers.sql",
        "V4__second_factors.sql",
        "V5__age.sql",
        "V6__erasure.sql",
        "V7__favourites.sql",
        "V9__people.sql",
        "V11__staff.sql",
    ],
    follows: &[StoreChanged::KIND, Deed::KIND],
    open_api: routes::open_api,
    access: access::ACCESS,
    undocumented: false,
    start: |context| Box::pin(start(context)),
};

/// How long what has ended is kept: sessions in their person's view of what was, codes.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 7);

/// What every operation of the service has at hand.
#[derive(Clone)]
pub(crate) struct App {
    pub db: Db,
    pub clock: Clock,
    pub config: Arc<Config>,
    pub passwords: Passwords,
    pub passkeys: Passkeys,
    pub providers: Providers,
    pub vault: Vault,
    pub keys: Keys,
    pub house: HouseKey,
    pub bell: Bell,
    /// Without a slash at its end.
    pub public_url: Arc<str>,
}

impl App {
    /// Has every process ask at once whose tokens hold no longer: after that was committed. Who does
    /// not hear it asks soon anyway.
    pub fn access_ended(&self) {
        self.bell.ring(host::ACCESS_ENDED);
    }
}

async fn start(context: Context) -> anyhow::Result<Service> {
    let config: Config = context.config()?;
    config.check()?;
    let app = App {
        passwords: Passwords::new(&config)?,
        passkeys: Passkeys::new(&context.settings.public_url)?,
        providers: Providers::open(&config)?,
        vault: Vault::new(&config.secret)?,
        config: Arc::new(config),
        keys: Keys::default(),
        house: context.settings.house_key()?,
        bell: context.bell,
        public_url: context.settings.public_url.as_str().into(),
        db: context.db,
        clock: context.clock,
    };
    tend_keys(app.clone()).await?;
    let jobs = vec![
        Job::every("tend signing keys", Duration::from_secs(2), &app, tend_keys),
        Job::every("erase again", Duration::from_mins(1), &app, erasure::do_again),
        // Strangers begin these, so they do not stay for long.
        Job::every("forget sign-ins under way", Duration::from_mins(1), &app, |app| async move {
            Ok(db::second_step::tidy(&app.db, app.clock.now()).await?)
        }),
        Job::every("forget what has ended", Duration::from_mins(10), &app, |app| async move {
            let now = app.clock.now();
            let spent = SignedDuration::from_hours(24 * app.config.session_idle_days);
            Ok(db::session::tidy(&app.db, now, (now - KEPT, now - spent)).await?)
        }),
        Job::every(
            "forget sign-ins at providers",
            Duration::from_mins(1),
            &app,
            |app| async move { Ok(db::provider::flow::tidy(&app.db, app.clock.now()).await?) },
        ),
        Job::every(
            "give back access at providers",
            Duration::from_secs(5),
            &app,
            providers::leaving::give_back,
        ),
    ];
    let followers = followers::all(&app);
    Ok(Service { followers, router: routes::router(app), jobs, ..Service::default() })
}

/// Every process reads the keys again and again, so that all sign with the newest.
async fn tend_keys(app: App) -> anyhow::Result<()> {
    keys::tend(&app.db, &app.vault, &app.config, app.clock.now()).await?;
    app.keys.read(&app.db, &app.vault).await
}
