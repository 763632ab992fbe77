//! `tipple cluster`: two of each service, two gateways and all that they need, as processes of this machine.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use host::{House, Settings};
use kernel::StoreId;

use super::{
    asked_to_stop,
    demo::{PASSWORD, sign_ins},
    house_of,
};
use crate::{
    cluster::{
        backing, database,
        keeper::{Keeper, end_left},
        plan::{City, Passwords, Plan, Process},
    },
    demo::{data, home::Home, seed, simulator},
};

/// Twenty processes that start at once keep two cores busy for a while.
const PATIENCE: Duration = Duration::from_mins(3);

/// Where, and what with.
#[derive(clap::Args)]
pub struct Arguments {
    /// Where the cluster keeps its data, settings, secrets and logs.
    #[arg(long, default_value = "data/cluster")]
    data: PathBuf,
    /// The first gateway's port; the cluster takes the 50 from there on.
    #[arg(long, default_value_t = 8100)]
    port: u16,
    /// Without the demo's city: nobody and nothing is in it.
    #[arg(long)]
    bare: bool,
}

/// Starts all of it, keeps it running until asked to stop, and stops all of it.
pub async fn run(
    config: Option<&Path>,
    Arguments { data, port, bare }: Arguments,
) -> anyhow::Result<ExitCode> {
    ensure!(
        config.is_none(),
        "a cluster has a settings file of its own: set what you want to change in the environment"
    );
    let began = Instant::now();
    host::choose_cryptography();
    let home = Home::at(&data)?;
    let plan = Plan::new(home.folder(), port)?;
    end_left(&plan).await;
    let stop = asked_to_stop();
    tokio::pin!(stop);
    let mut running = Running::default();
    let started = tokio::select! {
        started = running.start(&home, &plan, bare) => started,
        () = &mut stop => Err(anyhow::anyhow!("asked to stop before all had started")),
    };
    if let Ok((house, yours)) = &started {
        let people = yours.map(|yours| simulated(house, yours)).transpose()?;
        welcome(&plan, &home, *yours, began);
        stop.await;
        println!("Stopping");
        drop(people);
    }
    running.end(&plan).await?;
    started?;
    println!("Stopped. The data stays in {}.", data.display());
    Ok(ExitCode::SUCCESS)
}

/// What runs, from those who are asked first to those whom all others need.
#[derive(Default)]
struct Running {
    gateways: Option<Keeper>,
    services: Option<Keeper>,
    backing: Option<Keeper>,
    replica: Option<database::Kept>,
    primary: Option<database::Kept>,
}

impl Running {
    /// The house, and the store of whoever tries its city.
    async fn start(
        &mut self,
        home: &Home,
        plan: &Plan,
        bare: bool,
    ) -> anyhow::Result<(House, Option<StoreId>)> {
        let passwords = plan.passwords();
        for folder in [plan.logs(), plan.numbers()] {
            fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
        }
        let city =
            if bare { None } else { Some(City { ahead_seconds: home.clock()?.1.as_secs() }) };
        plan.write_settings(city.as_ref(), &home.mail())?;
        plan.write_secrets(&passwords)?;
        println!("Starting Redis and RabbitMQ");
        let backing = self.backing.insert(Keeper::of(plan));
        backing::start_redis(backing, plan, &passwords)?;
        backing::start_rabbitmq(backing, plan, &passwords)?;
        println!("Starting PostgreSQL's primary");
        self.primary = Some(database::primary(plan, &passwords).await?);
        let house = house(plan, &passwords)?;
        println!("Bringing the database up to date");
        house.migrate(|_| ()).await?;
        let mut yours = None;
        if !bare {
            let told = |what: &str| println!("Filling in {what}");
            yours = Some(seed::fill(&house, PASSWORD, told).await?);
        }
        println!("Starting PostgreSQL's replica");
        self.replica = Some(database::replica(plan, &passwords).await?);
        backing::await_listening("Redis", plan.redis()).await?;
        backing::await_listening("RabbitMQ", plan.rabbitmq()).await?;
        println!("Starting two of each service, and two gateways");
        self.services = Some(serve(plan, &plan.services())?);
        self.gateways = Some(serve(plan, &plan.gateways())?);
        await_ready(plan).await?;
        Ok((house, yours))
    }

    /// Ends everything, those first who need the others.
    async fn end(self, plan: &Plan) -> anyhow::Result<()> {
        for keeper in [self.gateways, self.services, self.backing].into_iter().flatten() {
            keeper.end().await;
        }
        backing::end_names(plan).await;
        let mut ended = Ok(());
        for server in [self.replica, self.primary].into_iter().flatten() {
            ended = ended.and(server.end().await);
        }
        end_left(plan).await;
        ended
    }
}

/// The house as every process of the cluster sees it.
fn house(plan: &Plan, passwords: &Passwords) -> anyhow::Result<House> {
    let url = format!("database.url = {:?}\n", plan.database_url(passwords));
    let file = plan.settings_file();
    let settings = Settings::load_all(&[&file], Some(plan.secrets()), &url)?;
    crate::settings::check(&settings)?;
    Ok(house_of(settings))
}

fn serve(plan: &Plan, processes: &[Process]) -> anyhow::Result<Keeper> {
    let program = env::current_exe().context("find this program")?;
    let mut keeper = Keeper::of(plan);
    for Process { name, service, port } in processes.iter().cloned() {
        let (program, file, secrets) = (program.clone(), plan.settings_file(), plan.secrets());
        keeper.keep(&name, move || {
            let mut command = Command::new(&program);
            command
                .args(["serve", service])
                .env("TIPPLE_CONFIG", &file)
                .env("TIPPLE_SECRETS", &secrets)
                .env("TIPPLE__LISTEN", format!("127.0.0.1:{port}"));
            for elsewhere in ["DATABASE_URL", "TIPPLE__DATABASE__URL", "TIPPLE__INTERNAL_LISTEN"] {
                command.env_remove(elsewhere);
            }
            command
        })?;
    }
    Ok(keeper)
}

/// Until every gateway reaches all that it needs.
async fn await_ready(plan: &Plan) -> anyhow::Result<()> {
    let (http, begun) = (reqwest::Client::builder().no_proxy().build()?, Instant::now());
    for address in plan.addresses() {
        loop {
            let answer = http.get(format!("{address}/readyz")).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                break;
            }
            ensure!(
                begun.elapsed() < PATIENCE,
                "{address} is not ready: the reason is in the logs in {}",
                plan.logs().display()
            );
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
    Ok(())
}

/// The people of the city, where they act on their own.
fn simulated(house: &House, yours: StoreId) -> anyhow::Result<Option<impl Drop + use<>>> {
    let config: simulator::Config = house.settings.section("demo")?;
    if !config.simulator {
        return Ok(None);
    }
    let city = simulator::City {
        base: house.settings.public_url.clone(),
        password: PASSWORD.into(),
        clock: house.clock.clone(),
        config,
        yours,
    };
    Ok(Some(simulator::start(city, data::people()?)))
}

fn welcome(plan: &Plan, home: &Home, yours: Option<StoreId>, began: Instant) {
    let addresses = plan.addresses();
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "\nTipple runs as a cluster at {} (ready in {seconds:.1} s)\n",
        addresses.join(" and ")
    );
    println!("  two gateways               {}", addresses.join("  "));
    println!(
        "  PostgreSQL                 127.0.0.1:{}, its replica :{}",
        plan.primary(),
        plan.replica()
    );
    println!("  Redis                      127.0.0.1:{}", plan.redis());
    println!("  RabbitMQ                   127.0.0.1:{}", plan.rabbitmq());
    println!("  logs, a file for each      {}", plan.logs().display());
    println!("  processes' numbers         {}", plan.numbers().display());
    println!("  settings                   {}", plan.settings_file().display());
    println!("  secrets, a file for each   {}", plan.secrets().display());
    println!("  letters                    {}", home.mail().display());
    if let Some(yours) = yours {
        sign_ins(yours);
    }
    println!("\nSee what it is like:\n  {}", doctor(plan));
    println!("Kill what you like: it is started again. Ctrl-C stops everything; the data stays.\n");
}

fn doctor(plan: &Plan) -> String {
    format!(
        "TIPPLE_CONFIG={} TIPPLE_SECRETS={} tipple doctor",
        plan.settings_file().display(),
        plan.secrets().display()
    )
}
