use std::{
    fs, io,
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::Path,
    process::{Command, Stdio},
};

use anyhow::Context;
use rustix::{
    io::Errno,
    process::{Pid, Signal, geteuid, kill_process},
};

/// Who runs the server programs: they refuse to run as root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Account {
    Own,
    Other { uid: u32, gid: u32 },
}

impl Account {
    /// The account of this process; as root that of the data's owner, else `postgres` or `nobody`.
    pub fn choose(pgdata: &Path) -> anyhow::Result<Self> {
        if !geteuid().is_root() {
            return Ok(Self::Own);
        }
        if let Ok(found) = fs::metadata(pgdata)
            && found.uid() != 0
        {
            return Ok(Self::Other { uid: found.uid(), gid: found.gid() });
        }
        ["postgres", "nobody"].into_iter().find_map(Self::named).context(
            "PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody` to run \
             it as: create one (`useradd --system postgres`), or start Tipple as an ordinary user",
        )
    }

    fn named(name: &str) -> Option<Self> {
        let id = |what| {
            let output = Command::new("id").args([what, name]).output().ok()?;
            String::from_utf8(output.stdout).ok()?.trim().parse().ok()
        };
        Some(Self::Other { uid: id("-u")?, gid: id("-g")? })
    }

    /// A command that runs as this account, speaks English, and knows nothing of the environment's
    /// wishes about other PostgreSQL servers.
    pub fn command(self, program: &Path) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with("PG")) {
                command.env_remove(name);
            }
        }
        command.env("LC_ALL", "C").current_dir("/").stdin(Stdio::null());
        if let Self::Other { uid, gid } = self {
            command.uid(uid).gid(gid);
        }
        command
    }

    /// Sends a signal to a process of this account.
    pub fn signal(self, process: u32, signal: Signal) {
        let Some(pid) = Pid::from_raw(process.cast_signed()) else { return };
        if kill_process(pid, signal) == Err(Errno::PERM) {
            // Root in a container may lack the right to signal others.
            let kill = format!("kill -{} {process}", signal.as_raw());
            let _ = self.command(Path::new("/bin/sh")).args(["-c", &kill]).status();
        }
    }

    pub fn own(self, folder: &Path) -> io::Result<()> {
        match self {
            Self::Own => Ok(()),
            Self::Other { uid, gid } => std::os::unix::fs::chown(folder, Some(uid), Some(gid)),
        }
    }

    /// Whether this account can go to a folder.
    pub fn reaches(self, folder: &Path) -> anyhow::Result<bool> {
        if self == Self::Own {
            return Ok(true);
        }
        let mut command = self.command(Path::new("/bin/sh"));
        let status = command.args(["-c", "cd -- \"$1\"", "sh"]).arg(folder).stderr(Stdio::null());
        Ok(status.status().context("run a shell as another user")?.success())
    }
}
