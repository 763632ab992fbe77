//! Erasing a person: everywhere, and for good.
//!
//! A backup that is put back knows nothing of those who were erased after it. So each erasure is
//! also written to a file of its own, which is not part of any backup of the database, and what is
//! in there and not in the database is done again.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use accounts_api::PersonErased;
use anyhow::Context as _;
use kernel::PersonId;
use store::Tx;

use crate::{
    App,
    db::{
        self, erasure,
        provider::leaving::{self, Leaving},
        session::Which,
    },
    session,
};

/// Ends and deletes everything of a person here, and tells the others to.
pub async fn erase(app: &App, tx: &mut Tx<'_>, person: PersonId) -> anyhow::Result<()> {
    let now = app.clock.now();
    session::end(app, tx, person, Which::All, "erased").await?;
    db::session::end_for_good(tx, person, session::last_token_ends(app)).await?;
    erasure::remember(tx, person, now).await?;
    // Before the row goes, and with it the way to what is to be given back at providers.
    leaving::remove(tx, Leaving::Of(person, None), now).await?;
    erasure::erase(tx, person).await?;
    feed::append(tx, &PersonErased { person }, now).await
}

/// Writes an erasure to the file, where one is set, before it is done: whatever happens then, it is
/// not forgotten.
pub async fn write_down(app: &App, person: PersonId) -> anyhow::Result<()> {
    let path = app.config.erasure_log.clone();
    if path.as_os_str().is_empty() {
        return Ok(());
    }
    let line = format!("{person}\n");
    let written = tokio::task::spawn_blocking(move || append(&path, &line)).await?;
    written.context("write to accounts.erasure_log")
}

fn append(path: &Path, line: &str) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
    file.write_all(line.as_bytes())?;
    file.sync_all()
}

/// Erases those whom the file names and the database does not know to be: it is an older one.
pub async fn do_again(app: App) -> anyhow::Result<()> {
    let mut tx = app.db.begin().await?;
    erasure::forget_told(&mut tx).await?;
    tx.commit().await?;
    let path: PathBuf = app.config.erasure_log.clone();
    if path.as_os_str().is_empty() || !path.exists() {
        return Ok(());
    }
    let text = tokio::task::spawn_blocking(move || fs::read_to_string(path)).await?;
    let text = text.context("read accounts.erasure_log")?;
    let named: Vec<PersonId> = text.lines().filter_map(|line| line.trim().parse().ok()).collect();
    for person in erasure::not_erased(&app.db, &named).await? {
        let mut tx = app.db.begin().await?;
        erase(&app, &mut tx, person).await?;
        tx.commit().await?;
        app.access_ended();
        tracing::warn!(%person, "erased again: the database is older than the erasure");
    }
    Ok(())
}
