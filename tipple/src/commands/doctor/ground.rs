use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, ensure};
use host::House;
use jiff::{SignedDuration, Timestamp};
use sqlx::Row as _;

/// How far the machine's clock and the database's may be apart.
const CLOCKS_APART_SECONDS: f64 = 2.0;
/// Less room than this is gone before anybody has looked.
const LEAST_MIB: u64 = 512;

/// Whether strangers on this machine can read what is secret.
pub fn files(config: Option<&Path>) -> anyhow::Result<String> {
    let mut secret: Vec<PathBuf> = Vec::new();
    if let Some(config) = config {
        let text = fs::read_to_string(config)?;
        secret.extend(holds_secrets(&text).then(|| config.to_owned()));
    }
    if let Some(folder) = host::secrets_folder() {
        let files = fs::read_dir(&folder).with_context(|| format!("read {}", folder.display()))?;
        let files = files.filter_map(|file| Some(file.ok()?.path()));
        secret.extend(files.filter(|file| file.is_file()));
    }
    for file in &secret {
        let mode = fs::metadata(file)?.permissions().mode();
        ensure!(
            !is_open(mode) || is_closed(file),
            "everybody on this machine can read {}: `chmod o= {}`",
            file.display(),
            file.display()
        );
    }
    Ok(match secret.len() {
        0 => "there are none: secrets come from the environment".into(),
        many => format!("{many}, which others cannot read"),
    })
}

/// Whether whoever is neither its owner nor of its group may do something with it.
const fn is_open(mode: u32) -> bool {
    mode & 0o007 != 0
}

/// Whether others cannot go into the folder of a file.
fn is_closed(file: &Path) -> bool {
    let folder = file.parent().and_then(|folder| fs::metadata(folder).ok());
    folder.is_some_and(|folder| !is_open(folder.permissions().mode()))
}

/// Whether a settings file names a secret, or an address with a password in it.
fn holds_secrets(text: &str) -> bool {
    const NAMES: [&str; 4] = ["secret", "password", "private_key", "key_secret"];
    text.lines().filter(|line| !line.trim_start().starts_with('#')).any(|line| {
        let Some((name, value)) = line.split_once('=') else { return false };
        let (name, value) = (name.trim(), value.trim());
        let named = NAMES.iter().any(|secret| name.ends_with(secret)) || name == "secret_key";
        let in_address = value.split_once("://").is_some_and(|(_, rest)| {
            rest.split_once('@').is_some_and(|(who, _)| who.contains(':'))
        });
        (named && !value.trim_matches('"').is_empty()) || in_address
    })
}

/// The room where this process would write.
pub fn disk(house: &House) -> anyhow::Result<String> {
    let letters: notifications::Config = house.settings.section("notifications")?;
    let accounts: accounts::Config = house.settings.section("accounts")?;
    let logged = accounts.erasure_log.parent().map(Path::to_owned).unwrap_or_default();
    let mut folders = vec![PathBuf::from("."), letters.folder.path, logged];
    folders.retain(|folder| folder.exists());
    let mut least = u64::MAX;
    for folder in &folders {
        let found = rustix::fs::statvfs(folder).with_context(|| folder.display().to_string())?;
        let free = (found.f_bavail * found.f_frsize) >> 20;
        ensure!(
            free >= LEAST_MIB,
            "{free} MiB are left for {}: free some, {LEAST_MIB} at least",
            folder.display()
        );
        least = least.min(free);
    }
    Ok(format!("{least} MiB are free"))
}

pub async fn clock(house: &House) -> anyhow::Result<String> {
    let mut connection = house.server()?.connect().await?;
    let row = sqlx::query("select clock_timestamp() as now").fetch_one(&mut connection).await?;
    let theirs: Timestamp = row.get::<jiff_sqlx::Timestamp, _>("now").to_jiff();
    let ahead = SignedDuration::from_secs(house.settings.clock_ahead_seconds);
    let apart = (house.clock.now() - ahead).duration_since(theirs).as_secs_f64().abs();
    ensure!(
        apart < CLOCKS_APART_SECONDS,
        "this machine and the database are {apart:.1} s apart: let both follow a time server"
    );
    jiff::tz::TimeZone::get("America/Chicago").context("the time zone database is missing")?;
    let told = match ahead.as_secs() {
        0 => String::new(),
        ahead => format!("; the house's runs {ahead} s ahead, as only a demonstration's should"),
    };
    Ok(format!("agrees with the database to {apart:.3} s{told}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_with_a_secret_is_known() {
        for text in [
            "[house]\nsecret = \"x\"",
            "secret_key = \"x\"",
            "url = \"postgres://me:hush@host/name\"",
        ] {
            assert!(holds_secrets(text), "{text}");
        }
        for text in ["#secret = \"x\"", "secret = \"\"", "url = \"postgres://me@host/name\"", ""] {
            assert!(!holds_secrets(text), "{text}");
        }
    }
}
