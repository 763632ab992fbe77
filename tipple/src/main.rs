//! Tipple's only program.

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use tipple::commands::{
    cluster, dead_letters, demo, doctor, export, import, migrate, openapi, operator, postgres,
    serve,
};

/// glibc's keeps the 19 MiB that hashing a password takes, once for each thread that ever did.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Licensed alcohol delivery: stores, stock, law, money, drivers and doors.
#[derive(Parser)]
#[command(version, about, arg_required_else_help = true)]
struct Arguments {
    /// The settings file; see tipple.example.toml.
    #[arg(long, global = true, env = "TIPPLE_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve all services in this process, or only the named ones.
    Serve { services: Vec<String> },
    /// Serve a city with stores, bottles, people and orders under way, on a database of its own.
    Demo {
        /// Where the demo keeps its data.
        #[arg(long, env = "TIPPLE_DATA", default_value = "data")]
        data: PathBuf,
    },
    /// Run two processes of each service, two gateways, PostgreSQL with a replica, Redis and RabbitMQ, with
    /// the demo's city, until Ctrl-C.
    Cluster(cluster::Arguments),
    /// Bring the database up to date.
    Migrate,
    /// Take products, stores or stock from a CSV file.
    Import(import::Arguments),
    /// Write products, stores or stock as CSV.
    Export(export::Arguments),
    /// Write the OpenAPI documents.
    Openapi {
        /// The folder to write to; without it the merged document goes to standard output.
        #[arg(long)]
        write: Option<PathBuf>,
    },
    /// Let someone run the platform: on a fresh install nobody does. A new account's password is
    /// read from standard input.
    Operator(operator::Arguments),
    /// Look at settings, secrets, database, Redis, RabbitMQ, the other processes, clock and disk, and say
    /// what is wrong and what to do.
    Doctor,
    /// List the events that could not be handled, look at one, or put one back into its queue.
    DeadLetters(dead_letters::Arguments),
    /// Run a command beside a throw-away PostgreSQL server, for tests.
    Postgres {
        /// Where the server keeps its data; without it in the memory, or below target where that has no room.
        #[arg(long)]
        data: Option<PathBuf>,
        #[arg(last = true, required = true)]
        command: Vec<String>,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let config = arguments.config.as_deref();
    let done = match arguments.command {
        Command::Serve { services } => serve::run(config, &services).await,
        Command::Demo { data } => demo::run(config, &data).await,
        Command::Cluster(arguments) => cluster::run(config, arguments).await,
        Command::Migrate => migrate::run(config).await,
        Command::Import(arguments) => import::run(config, arguments).await,
        Command::Export(arguments) => export::run(config, arguments).await,
        Command::Openapi { write } => openapi::run(write.as_deref()),
        Command::Operator(arguments) => operator::run(config, arguments).await,
        Command::Doctor => doctor::run(config).await,
        Command::DeadLetters(arguments) => dead_letters::run(config, &arguments).await,
        Command::Postgres { data, command } => postgres::run(data, 0, command).await,
    };
    done.unwrap_or_else(|error| {
        eprintln!("tipple: {error:#}");
        ExitCode::FAILURE
    })
}
