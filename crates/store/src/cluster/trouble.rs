//! What went wrong, as a sentence that says what to do.

use std::{
    io::{self, ErrorKind},
    path::Path,
};

use anyhow::anyhow;

use super::{FOLDER_SETTING, PORT_SETTING};

pub(super) const ADDRESS_IN_USE: &str = "Address already in use";
const DISK_FULL: &str = "No space left on device";

/// The port cannot be listened on.
pub(super) fn port(port: u16, error: &io::Error) -> anyhow::Error {
    match error.kind() {
        ErrorKind::AddrInUse => anyhow!(
            "port {port} is in use by another program: end that program, or set {PORT_SETTING} to \
             a free port"
        ),
        _ => anyhow!("port {port} cannot be used ({error}): set {PORT_SETTING} to another one"),
    }
}

/// The folder, or something in it, cannot be made or opened.
pub(super) fn folder(folder: &Path, error: &io::Error) -> anyhow::Error {
    let place = folder.display();
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => disk_full(folder),
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => anyhow!(
            "Tipple cannot write to {place} ({error}): make it writable for this user, or set \
             {FOLDER_SETTING} to a folder that is"
        ),
        _ => anyhow!(
            "{place} cannot be used as PostgreSQL's folder ({error}): set {FOLDER_SETTING} to \
             another folder"
        ),
    }
}

/// Reads what a server program said before it gave up.
pub(super) fn explain(said: &str, folder: &Path, port: u16) -> anyhow::Error {
    if said.contains(ADDRESS_IN_USE) {
        return self::port(port, &ErrorKind::AddrInUse.into());
    }
    if let Some(error) = of_disk(said, folder) {
        return error;
    }
    if said.contains("Read-only file system") {
        return self::folder(folder, &ErrorKind::ReadOnlyFilesystem.into());
    }
    let telling = ["PANIC:", "FATAL:", "ERROR:", "initdb: error:", "could not"];
    let complaint = said.lines().find(|line| telling.iter().any(|word| line.contains(word)));
    let complaint = complaint.or_else(|| said.lines().last()).unwrap_or("it said nothing").trim();
    anyhow!("PostgreSQL gave up in {}: {complaint}", folder.display())
}

/// Whether it was for want of room.
pub(super) fn of_disk(said: &str, folder: &Path) -> Option<anyhow::Error> {
    (said.contains(DISK_FULL) && !said.contains("semaphores")).then(|| disk_full(folder))
}

fn disk_full(folder: &Path) -> anyhow::Error {
    anyhow!("the disk that holds {} is full: free some space and start again", folder.display())
}
