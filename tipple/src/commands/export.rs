//! `tipple export products|stores|stock`: see docs/import.md.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use catalogue::export;
use kernel::StoreId;
use store::Db;

use super::{house, import::What};

/// What to export, and where to.
#[derive(clap::Args)]
pub struct Arguments {
    /// What the rows are.
    #[arg(value_enum)]
    kind: What,
    /// Only this store: what it lists, itself, or its stock.
    #[arg(long)]
    store: Option<StoreId>,
    /// The file to write; without it, standard output.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Writes a CSV file. A file that is there already is replaced only when all is written.
pub async fn run(config: Option<&Path>, arguments: Arguments) -> anyhow::Result<ExitCode> {
    let house = house(config)?;
    if house.settings.database.migrate_on_start {
        house.migrate(|_| ()).await?;
    }
    let db = house.database("catalogue").await?;
    let Some(path) = &arguments.out else {
        write(&db, &arguments, io::stdout().lock()).await?;
        return Ok(ExitCode::SUCCESS);
    };
    let mut part = path.clone().into_os_string();
    part.push(".part");
    let part = PathBuf::from(part);
    let file = File::create(&part).with_context(|| format!("write {}", part.display()))?;
    let rows = match write(&db, &arguments, file).await {
        Ok(rows) => rows,
        Err(error) => {
            let _ = fs::remove_file(&part);
            return Err(error.context(format!("write {}", path.display())));
        }
    };
    fs::rename(&part, path).with_context(|| format!("write {}", path.display()))?;
    eprintln!("{rows} rows in {}.", path.display());
    Ok(ExitCode::SUCCESS)
}

async fn write(db: &Db, arguments: &Arguments, out: impl Write) -> anyhow::Result<u64> {
    export::run(db, arguments.kind.into(), arguments.store, BufWriter::new(out)).await
}
