use std::{path::Path, process::ExitCode, sync::Arc, time::Instant};

use anyhow::Context as _;
use host::{House, Settings};
use jiff::SignedDuration;
use kernel::StoreId;
use store::cluster::{self, Cluster, Options};

use super::{asked_to_stop, house_of};
use crate::demo::{
    data,
    home::{Home, TIME_ZONE},
    seed,
    simulator::{self, City, YOURS},
};

/// The password of everyone in the demo.
pub const PASSWORD: &str = "tipple-demo-2026";
/// Where the demo's own PostgreSQL listens, unless TIPPLE_POSTGRES_PORT says otherwise.
const POSTGRES_PORT: u16 = 54_329;

/// Serves the demo city until asked to stop.
pub async fn run(config: Option<&Path>, data: &Path) -> anyhow::Result<ExitCode> {
    let began = Instant::now();
    let home = Home::at(data)?;
    let cluster = match std::env::var_os("DATABASE_URL") {
        Some(_) => None,
        None => Some(start_postgres(&home).await?),
    };
    let served = serve(config, &home, cluster.as_ref(), began).await;
    let served = served.map_err(|error| match &cluster {
        Some(cluster) => cluster.explain(error),
        None => error,
    });
    if let Some(cluster) = cluster {
        cluster.stop().await?;
    }
    served?;
    println!("Stopped. The data stays in {}; `make clean-data` deletes it.", data.display());
    Ok(ExitCode::SUCCESS)
}

async fn start_postgres(home: &Home) -> anyhow::Result<Cluster> {
    let port = match std::env::var("TIPPLE_POSTGRES_PORT") {
        Ok(text) => text.parse().context("TIPPLE_POSTGRES_PORT must be a port number")?,
        Err(_) => POSTGRES_PORT,
    };
    // This demo alone has the folder: a server that runs there was left by one that did not end well.
    cluster::stop_left(&home.postgres()).await?;
    println!("Starting PostgreSQL on port {port} in {}", home.postgres().display());
    Cluster::start(&home.postgres(), port, &Options::default()).await
}

async fn serve(
    config: Option<&Path>,
    home: &Home,
    cluster: Option<&Cluster>,
    began: Instant,
) -> anyhow::Result<()> {
    let house = house(config, home, cluster)?;
    let ahead = house.ahead;
    let house = house.house;
    println!("Bringing the database up to date");
    house.migrate(|_| ()).await?;
    refuse_others_people(&house).await?;
    let yours = seed::fill(&house, PASSWORD, |what| println!("Filling in {what}")).await?;
    let names: Vec<&str> = house.parts.iter().map(|part| part.name).collect();
    gateway::publish(house.parts);
    // What was under way at the end of the last run is asked of its provider at once, and that is here.
    let listener = house.bind().await?;
    let process = house.start(&names).await?;
    let settings = Arc::clone(&house.settings);
    let simulated: simulator::Config = settings.section("demo")?;
    let mut people = None;
    if simulated.simulator {
        let city = City {
            base: settings.public_url.clone(),
            password: PASSWORD.into(),
            clock: house.clock.clone(),
            config: simulated,
            yours,
        };
        people = Some(simulator::start(city, data::people()?));
    }
    welcome(&house, ahead, yours, began);
    println!("Mail and text messages to people of the demo: {}\n", home.mail().display());
    let served = process.serve(listener, asked_to_stop()).await;
    drop(people);
    served
}

/// The demo's operator has a password that everyone knows: never beside people who are not its own.
async fn refuse_others_people(house: &House) -> anyhow::Result<()> {
    let db = house.database("accounts").await?;
    let query = "select exists (select from person) and not exists
                     (select from person where email = 'operator@demo.tipple.test')";
    let others: bool = sqlx::query_scalar(query).fetch_one(&db).await?;
    db.close().await;
    anyhow::ensure!(
        !others,
        "people who are not the demo's live in this database: give the demo one of its own, or \
         none by leaving DATABASE_URL unset"
    );
    Ok(())
}

/// Nobody else would be asked instead, and whoever stops it waits.
const AT_ONCE: &str = "leave_notice_ms = 0\n";

struct Demo {
    house: House,
    ahead: SignedDuration,
}

fn house(config: Option<&Path>, home: &Home, cluster: Option<&Cluster>) -> anyhow::Result<Demo> {
    let own = home.settings()?;
    let overrides = match cluster {
        Some(cluster) => format!("{AT_ONCE}database.url = {:?}\n", cluster.url(cluster::DATABASE)),
        None => AT_ONCE.to_owned(),
    };
    let files: Vec<&Path> = [Some(own.as_path()), config].into_iter().flatten().collect();
    let settings = Settings::load_files(&files, &overrides)?;
    crate::settings::check(&settings)?;
    host::start_logging(&settings.log);
    let (clock, ahead) = home.clock()?;
    Ok(Demo { house: House { clock, ..house_of(settings) }, ahead })
}

fn welcome(house: &House, ahead: SignedDuration, yours: StoreId, began: Instant) {
    let url = &house.settings.public_url;
    let local = jiff::tz::TimeZone::get(TIME_ZONE)
        .map(|zone| house.clock.now().to_zoned(zone).strftime("%A %H:%M").to_string())
        .unwrap_or_default();
    println!("\nTipple runs at {url} (ready in {:.1} s)\n", began.elapsed().as_secs_f64());
    println!("  the shop                   {url}");
    println!("  a store's portal           {url}/vendor");
    println!("  a driver's page            {url}/driver");
    println!("  the API, to read and try   {url}/docs");
    println!("  it is {local} in the demo's Des Moines");
    if !ahead.is_zero() {
        println!("  (its clock runs ahead of yours, so that the stores are open)");
    }
    sign_ins(yours);
    println!(
        "\nNext: `docs/first-order.sh` takes an order from sign-up to the door, every call visible."
    );
    println!("Ctrl-C stops everything; the data stays.\n");
}

/// Says whom one can sign in as.
pub fn sign_ins(yours: StoreId) {
    println!("\nSign in with the password {PASSWORD} as");
    for email in YOURS {
        let what = match email.split('@').next() {
            Some("clerk") => format!("who keeps the counter of store {yours}"),
            Some("driver") => "whose shift has not begun".into(),
            Some("operator") => "who runs the platform".into(),
            _ => "who lives downtown".into(),
        };
        println!("  {email:<28} {what}");
    }
}
