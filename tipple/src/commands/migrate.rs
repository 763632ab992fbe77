use std::{path::Path, process::ExitCode};

use super::house;

/// Brings every schema up to date, saying which.
pub async fn run(config: Option<&Path>) -> anyhow::Result<ExitCode> {
    house(config)?.migrate(|schema| println!("migrating {schema}")).await?;
    println!("The database is up to date.");
    Ok(ExitCode::SUCCESS)
}
