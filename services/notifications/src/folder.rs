//! Each message as a file in a folder: for a demo whose people have no mailboxes, and for whoever
//! picks mail up there.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    config::{Config, Folder},
    sender::Outgoing,
    smtp::{self, Outcome},
};

/// Whom the mail is from where no mail server says it.
const FROM: &str = "Tipple <tipple@localhost>";

/// Longer than anybody writes one message.
const DRAFT: Duration = Duration::from_hours(1);

/// Writes a message, whole or not at all, and deletes the oldest ones beyond the limit.
pub async fn put(config: &Config, message: &Outgoing<'_>, now: Timestamp) -> Outcome {
    let bytes = if message.sms {
        format!("To: {}\n\n{}", message.to, message.letter.text).into_bytes()
    } else {
        let from = if config.smtp.from.is_empty() { FROM } else { &config.smtp.from };
        match smtp::mail(from, message) {
            Ok((_, _, mail)) => mail,
            Err(error) => return Outcome::Refused(format!("{error:#}")),
        }
    };
    let end = if message.sms { "txt" } else { "eml" };
    // Names sort by time.
    let name = format!("{}-{}.{end}", now.strftime("%Y%m%dT%H%M%S%.6fZ"), message.id);
    let folder = config.folder.clone();
    match blocking(move || write(&folder, &name, &bytes)).await {
        Ok(()) => Outcome::Sent,
        Err(error) => Outcome::NotSent(format!("{}: {error}", config.folder.path.display())),
    }
}

/// Deletes what was written of these messages.
pub async fn forget(config: &Config, messages: Vec<Uuid>) -> anyhow::Result<()> {
    let path = config.folder.path.clone();
    let forget = move || {
        let ids: Vec<String> = messages.iter().map(|id| format!("-{id}.")).collect();
        let named = |file: &PathBuf| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            ids.iter().any(|id| name.contains(id.as_str()))
        };
        files(&path)?.iter().filter(|file| named(file)).try_for_each(|file| gone(file))
    };
    Ok(blocking(forget).await?)
}

async fn blocking(work: impl FnOnce() -> io::Result<()> + Send + 'static) -> io::Result<()> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

fn write(folder: &Folder, name: &str, bytes: &[u8]) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder.path)?;
    // Whoever reads the folder sees no half of a message; an attempt that died leaves only this.
    let draft = folder.path.join(format!(".{name}"));
    let mut file =
        fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&draft, folder.path.join(name))?;
    // It is there, whatever becomes of older ones.
    if let Err(error) = make_room(folder) {
        tracing::warn!(%error, "old messages stay in the folder");
    }
    Ok(())
}

/// Deletes what attempts have left that died long ago, and the oldest messages beyond the limit: what
/// another process is writing now stays.
fn make_room(folder: &Folder) -> io::Result<()> {
    let is_draft = |file: &PathBuf| {
        file.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
    };
    let (drafts, mut whole): (Vec<_>, Vec<_>) =
        files(&folder.path)?.into_iter().partition(is_draft);
    whole.sort();
    let beyond = whole.len().saturating_sub(folder.most_files);
    let left = drafts.iter().filter(|draft| is_left(draft));
    left.chain(&whole[..beyond]).try_for_each(|file| gone(file))
}

/// By the clock of the files, which is not the house's.
fn is_left(draft: &Path) -> bool {
    let written = fs::metadata(draft).and_then(|draft| draft.modified());
    written.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > DRAFT))
}

/// The messages in the folder; none where there is no folder.
fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let ours = |file: &PathBuf| file.extension().is_some_and(|end| end == "eml" || end == "txt");
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    paths.filter(|path| path.as_ref().map_or(true, ours)).collect()
}

/// Another process may have deleted it already.
fn gone(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
