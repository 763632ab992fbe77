use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, bail};

use super::{PROGRAMS_SETTING, account::Account};

/// Debian 12's.
const OLDEST: u32 = 15;

const HOW_TO_INSTALL: &str = "install them (Debian and Ubuntu: `apt-get install postgresql`; \
    Fedora: `dnf install postgresql-server postgresql-contrib`; macOS: `brew install postgresql@17`)";

/// Folders that packages put the server programs in: what comes before and after the version.
const PACKAGED: [(&str, &str, &str); 6] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/usr/libexec", "postgresql", ""),
    ("/opt/homebrew/opt", "postgresql", "bin"),
    ("/usr/local/opt", "postgresql", "bin"),
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql", "bin"),
];

/// Folders of server programs, by major version.
#[derive(Debug)]
pub(super) struct Installed(BTreeMap<u32, PathBuf>);

impl Installed {
    /// Looks in the folder that was named, else everywhere; refuses when nothing new enough is
    /// found.
    pub fn find(named: Option<&Path>, account: Account) -> anyhow::Result<Self> {
        let named =
            named.map(PathBuf::from).or_else(|| env::var_os(PROGRAMS_SETTING).map(Into::into));
        let Some(named) = named else { return Self::among(usual_folders(), account) };
        let place = named.display().to_string();
        Self::among(vec![named], account)
            .with_context(|| format!("{PROGRAMS_SETTING} names the folder {place}"))
    }

    fn among(folders: Vec<PathBuf>, account: Account) -> anyhow::Result<Self> {
        let mut found = BTreeMap::new();
        for folder in folders {
            let folder = unlinked(folder);
            if let Some(major) = version(&folder, account)? {
                found.entry(major).or_insert(folder);
            }
        }
        match found.last_key_value() {
            None => bail!(
                "PostgreSQL's server programs (`postgres` and `initdb`, version {OLDEST} or newer) \
                 were not found: {HOW_TO_INSTALL}, or name their folder in {PROGRAMS_SETTING}"
            ),
            Some((newest, folder)) if *newest < OLDEST => bail!(
                "the PostgreSQL in {} is version {newest}, and Tipple needs {OLDEST} or newer: \
                 {HOW_TO_INSTALL}, or name their folder in {PROGRAMS_SETTING}",
                folder.display()
            ),
            Some(_) => Ok(Installed(found)),
        }
    }

    /// The version that made the data; the newest if there is no data yet.
    pub fn fitting(mut self, pgdata: &Path) -> anyhow::Result<Programs> {
        if !pgdata.exists() {
            let (_, folder) = self.0.pop_last().context("no programs")?;
            return Ok(Programs { folder });
        }
        let version = fs::read_to_string(pgdata.join("PG_VERSION")).with_context(|| {
            format!(
                "{} cannot be read as PostgreSQL's data: start Tipple as the user who made it, or \
                 move it away to begin with an empty one",
                pgdata.display()
            )
        })?;
        let major = version.trim().parse().with_context(|| format!("version {version}"))?;
        let Some(folder) = self.0.remove(&major) else {
            let versions: Vec<_> = self.0.keys().map(u32::to_string).collect();
            bail!(
                "{} was made by PostgreSQL {major}, and only version {} was found: install \
                 PostgreSQL {major}, name its folder in {PROGRAMS_SETTING}, or move the data away \
                 to begin with an empty one",
                pgdata.display(),
                versions.join(", ")
            );
        };
        Ok(Programs { folder })
    }
}

/// The server programs of one version.
#[derive(Debug)]
pub(super) struct Programs {
    folder: PathBuf,
}

impl Programs {
    pub fn postgres(&self) -> PathBuf {
        self.folder.join("postgres")
    }

    pub fn initdb(&self) -> PathBuf {
        self.folder.join("initdb")
    }

    pub fn base_backup(&self) -> PathBuf {
        self.folder.join("pg_basebackup")
    }
}

fn usual_folders() -> Vec<PathBuf> {
    let mut folders: Vec<_> = env::var_os("PATH")
        .iter()
        .flat_map(|path| env::split_paths(path).collect::<Vec<_>>())
        .collect();
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        folders.push(String::from_utf8_lossy(&output.stdout).trim().into());
    }
    for (parent, start, end) in PACKAGED {
        let entries = fs::read_dir(parent).into_iter().flatten().flatten();
        folders.extend(
            entries
                .filter(|entry| entry.file_name().to_string_lossy().starts_with(start))
                .map(|entry| entry.path().join(end)),
        );
    }
    folders
}

/// The folder that a folder's programs really live in.
fn unlinked(folder: PathBuf) -> PathBuf {
    let program = fs::canonicalize(folder.join("postgres")).ok();
    program.as_deref().and_then(Path::parent).map(PathBuf::from).unwrap_or(folder)
}

/// The major version of the programs in a folder; none if there are none that the account can run.
fn version(folder: &Path, account: Account) -> anyhow::Result<Option<u32>> {
    let postgres = folder.join("postgres");
    if !postgres.is_file() || !folder.join("initdb").is_file() {
        return Ok(None);
    }
    match account.command(&postgres).arg("--version").output() {
        Ok(output) => Ok(parse_version(&String::from_utf8_lossy(&output.stdout))),
        Err(error) if matches!(error.raw_os_error(), Some(EPERM | EINVAL)) => bail!(
            "PostgreSQL refuses to run as root, and this root may not act as another user \
             ({error}): start Tipple as an ordinary user"
        ),
        Err(_) => Ok(None),
    }
}

const EPERM: i32 = rustix::io::Errno::PERM.raw_os_error();
const EINVAL: i32 = rustix::io::Errno::INVAL.raw_os_error();

/// Reads `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
fn parse_version(text: &str) -> Option<u32> {
    let (_, version) = text.split_once("(PostgreSQL) ")?;
    version.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_versions_as_distributions_write_them() {
        assert_eq!(
            parse_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"),
            Some(15)
        );
        assert_eq!(parse_version("postgres (PostgreSQL) 18.4\n"), Some(18));
        assert_eq!(parse_version("postgres (PostgreSQL) 19beta1\n"), Some(19));
        assert_eq!(parse_version(""), None);
    }

    #[test]
    fn the_programs_that_made_the_data_are_preferred_to_the_newest() {
        let folder = env::temp_dir().join(format!("tipple-version-{}", std::process::id()));
        let found = || Installed([(15, "/fifteen".into()), (17, "/seventeen".into())].into());
        assert_eq!(found().fitting(&folder).unwrap().folder, Path::new("/seventeen"));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("PG_VERSION"), "15\n").unwrap();
        assert_eq!(found().fitting(&folder).unwrap().folder, Path::new("/fifteen"));
        fs::write(folder.join("PG_VERSION"), "16\n").unwrap();
        let refusal = found().fitting(&folder).unwrap_err().to_string();
        assert!(
            refusal.contains("made by PostgreSQL 16, and only version 15, 17 was"),
            "{refusal}"
        );
        fs::remove_dir_all(&folder).unwrap();
    }
}
