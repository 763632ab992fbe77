use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions},
    io::{ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, bail, ensure};
use rustix::fs::FlockOperation;
use sha2::{Digest, Sha256};

use super::{Options, account::Account, programs::Programs, trouble};

/// All that a cluster's folder may hold.
const CONTENTS: [&str; 6] =
    ["lock", "password", "pgdata", "pgdata.new", "server.log", "server.log.1"];

/// How the folders begin that are used when the server's user cannot go to the wanted one.
const ELSEWHERE: &str = "/var/tmp/tipple-";

/// What fits into the address of a socket on every system, less the socket's name.
const LONGEST_SOCKET_FOLDER: usize = 103 - "/.s.PGSQL.65535".len();

/// The folder of a cluster.
#[derive(Debug, Clone)]
pub(super) struct Place {
    folder: PathBuf,
}

impl Place {
    pub fn at(wanted: &Path) -> Self {
        Self { folder: fs::canonicalize(wanted).unwrap_or_else(|_| wanted.into()) }
    }

    pub fn existing(wanted: &Path) -> anyhow::Result<Option<Self>> {
        match fs::canonicalize(wanted) {
            Ok(folder) => Ok(Some(Self { folder })),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(trouble::folder(wanted, &error)),
        }
    }

    /// Makes the folder; elsewhere, with a link to it, when the account cannot go there.
    pub fn open(wanted: &Path, account: Account) -> anyhow::Result<Self> {
        let parent = wanted.parent().context("the root folder cannot be a cluster's")?;
        fs::create_dir_all(parent).map_err(|error| trouble::folder(wanted, &error))?;
        let link = fs::read_link(wanted).ok();
        if link.is_none() && account.reaches(parent)? {
            make(wanted, 0o755)?;
        } else if link.is_some() || !wanted.exists() || fs::remove_dir(wanted).is_ok() {
            Self::elsewhere(wanted, link)?;
        }
        let folder = fs::canonicalize(wanted).map_err(|error| trouble::folder(wanted, &error))?;
        ensure!(
            account.reaches(&folder)?,
            "PostgreSQL refuses to run as root, and the user that it runs as cannot go to {}: make \
             the folders above it searchable (`chmod o+x`), or move it away",
            folder.display()
        );
        Ok(Self { folder })
    }

    /// Makes a folder under `/var/tmp` and the link to it, or what is missing of them.
    fn elsewhere(wanted: &Path, link: Option<PathBuf>) -> anyhow::Result<()> {
        let folder = match link {
            Some(link) if link.to_string_lossy().starts_with(ELSEWHERE) => link,
            Some(_) => return Ok(()),
            None => unused(wanted)?,
        };
        make(&folder, 0o711)?;
        let found = fs::symlink_metadata(&folder)?;
        ensure!(
            found.is_dir() && found.uid() == rustix::process::geteuid().as_raw(),
            "{} belongs to somebody else: delete the link {} to it",
            folder.display(),
            wanted.display()
        );
        match std::os::unix::fs::symlink(&folder, wanted) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(trouble::folder(wanted, &error)),
            Ok(()) => {
                tracing::warn!(
                    "PostgreSQL does not run as root, and another user cannot go to {}: its files \
                     are in {}",
                    wanted.display(),
                    folder.display()
                );
                Ok(())
            }
        }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn pgdata(&self) -> PathBuf {
        self.folder.join("pgdata")
    }

    /// Waits until no other process prepares or discards this cluster.
    pub fn lock(&self) -> anyhow::Result<File> {
        let open = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(self.folder.join("lock"));
        let file = open.map_err(|error| trouble::folder(&self.folder, &error))?;
        rustix::fs::flock(&file, FlockOperation::LockExclusive)?;
        Ok(file)
    }

    /// Makes the data folder, all of it or none.
    pub fn initialise(
        &self,
        programs: &Programs,
        account: Account,
        options: &Options,
    ) -> anyhow::Result<()> {
        let fresh = self.folder.join("pgdata.new");
        if fresh.exists() {
            fs::remove_dir_all(&fresh)?;
        }
        make(&fresh, 0o700)?;
        account.own(&fresh).map_err(|error| trouble::folder(&fresh, &error))?;
        let told = self.folder.join("password");
        let mut making = match options.copy_of {
            Some(port) => copying(account.command(&programs.base_backup()), port),
            None => initdb(account.command(&programs.initdb())),
        };
        match (&options.password, options.copy_of) {
            (Some(password), Some(_)) => drop(making.env("PGPASSWORD", password)),
            (Some(password), None) => {
                tell(&told, password, account).map_err(|error| trouble::folder(&told, &error))?;
                making.arg("--auth-host=scram-sha-256").arg("--pwfile").arg(&told);
            }
            (None, _) => {}
        }
        if options.throw_away {
            making.arg("--no-sync");
        }
        let output = making.arg("-D").arg(&fresh).output();
        let _ = fs::remove_file(&told);
        let output = output.context("make PostgreSQL's data")?;
        if !output.status.success() {
            let said = [output.stdout, output.stderr].concat();
            let error = trouble::explain(&String::from_utf8_lossy(&said), &self.folder, 0);
            let _ = fs::remove_dir_all(&fresh);
            return Err(error);
        }
        fs::rename(&fresh, self.pgdata()).map_err(|error| trouble::folder(&self.folder, &error))
    }

    /// The server's settings, as its command line wants them.
    pub fn settings(&self, port: u16, throw_away: bool) -> Vec<String> {
        let pgdata = self.pgdata().to_string_lossy().into_owned();
        let fits = pgdata.len() <= LONGEST_SOCKET_FOLDER;
        let sockets =
            if fits { format!("\"{}\"", pgdata.replace('"', "\"\"")) } else { String::new() };
        let mut settings = vec![
            "listen_addresses=127.0.0.1".into(),
            format!("unix_socket_directories={sockets}"),
            "max_connections=400".into(),
            "timezone=UTC".into(),
            "log_timezone=UTC".into(),
            "lc_messages=C".into(),
            format!("cluster_name=tipple-{port}"),
        ];
        if throw_away {
            let careless = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];
            settings.extend(careless.map(String::from));
        }
        settings
    }

    /// Begins a log; the one before it is kept.
    pub fn new_log(&self) -> anyhow::Result<File> {
        let log = self.folder.join("server.log");
        let _ = fs::rename(&log, self.folder.join("server.log.1"));
        File::create(&log).map_err(|error| trouble::folder(&self.folder, &error))
    }

    pub fn log(&self) -> anyhow::Result<String> {
        let bytes = fs::read(self.folder.join("server.log"))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Deletes the folder and a link to it; refuses one that holds anything else.
    pub fn delete(&self, wanted: &Path) -> anyhow::Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let name = entry?.file_name();
            if !CONTENTS.iter().any(|known| name == *known) {
                bail!(
                    "{} holds {}, which is not a cluster's, and is not deleted",
                    self.folder.display(),
                    name.display()
                );
            }
        }
        fs::remove_dir_all(&self.folder).map_err(|error| trouble::folder(&self.folder, &error))?;
        if fs::read_link(wanted).is_ok() {
            fs::remove_file(wanted)?;
        }
        Ok(())
    }
}

fn initdb(mut command: Command) -> Command {
    command.args(["--auth=trust", "--encoding=UTF8", "--username=postgres", "--no-instructions"]);
    if cfg!(target_os = "macos") {
        command.args(["--locale=C", "--lc-ctype=UTF-8"]);
    } else {
        command.arg("--locale=C.UTF-8");
    }
    command
}

/// Writes a password where only this account can read it.
fn tell(file: &Path, password: &str, account: Account) -> std::io::Result<()> {
    let _ = fs::remove_file(file);
    let mut opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    opened.write_all(password.as_bytes())?;
    account.own(file)
}

/// A copy that goes on following what it is a copy of.
fn copying(mut command: Command, port: u16) -> Command {
    command.args(["--host=127.0.0.1", "--username=postgres", "--no-password"]);
    command.args(["--checkpoint=fast", "--wal-method=stream", "--write-recovery-conf"]);
    command.arg(format!("--port={port}"));
    command
}

/// A folder that is not there yet, named after the one that was wanted: what is there may be of a
/// project that was deleted.
fn unused(wanted: &Path) -> anyhow::Result<PathBuf> {
    let hash = hex::encode(Sha256::digest(wanted.as_os_str().as_encoded_bytes()));
    (1..100)
        .map(|number| PathBuf::from(format!("{ELSEWHERE}{}-{number}", &hash[..16])))
        .find(|folder| fs::symlink_metadata(folder).is_err())
        .with_context(|| format!("delete some of the folders {ELSEWHERE}{}-*", &hash[..16]))
}

fn make(folder: &Path, mode: u32) -> anyhow::Result<()> {
    match DirBuilder::new().mode(mode).create(folder) {
        Ok(()) => fs::set_permissions(folder, Permissions::from_mode(mode))
            .map_err(|error| trouble::folder(folder, &error)),
        Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        Err(error) => Err(trouble::folder(folder, &error)),
    }
}
