use std::{fs::File, net::TcpListener, os::unix::process::CommandExt, path::Path, time::Duration};

use anyhow::{Context, bail};
use tokio::process::Child;

use super::{
    Cluster, Options,
    account::Account,
    place::Place,
    postmaster::{self, Answer, Running},
    programs::{Installed, Programs},
    trouble,
};

/// All that a server needs before it starts, and the lock that keeps other processes from
/// preparing the same.
pub(super) struct Ground {
    account: Account,
    programs: Programs,
    place: Place,
    port: u16,
    password: Option<String>,
    running: Option<Running>,
    _lock: File,
}

impl Ground {
    pub fn prepare(wanted: &Path, port: u16, options: &Options) -> anyhow::Result<Self> {
        let account = Account::choose(&Place::at(wanted).pgdata())?;
        let installed = Installed::find(options.programs.as_deref(), account)?;
        let place = Place::open(wanted, account)?;
        let lock = place.lock()?;
        let programs = installed.fitting(&place.pgdata())?;
        let running = Running::find(&place.pgdata())?;
        if running.is_none() {
            free_port(port)?;
        }
        if !place.pgdata().exists() {
            place.initialise(&programs, account, options)?;
        }
        let password = options.password.clone();
        Ok(Self { account, programs, place, port, password, running, _lock: lock })
    }

    /// Joins the server that runs here; none if there is none, or it was just stopping.
    pub async fn join(&self) -> anyhow::Result<Option<Cluster>> {
        let Some(running) = &self.running else { return Ok(None) };
        for _ in 0..1200 {
            if let Answer::Ready(pgdata) =
                postmaster::ask(running.port, self.password.as_deref()).await
                && pgdata == self.place.pgdata()
            {
                return Ok(Some(self.cluster(running.port, None)));
            }
            if !running.lives() {
                return Ok(None);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!(
            "PostgreSQL already runs in {} as process {} but has not answered on port {} for two \
             minutes: end it with `kill {}` and start again",
            self.place.folder().display(),
            running.pid,
            running.port,
            running.pid,
        )
    }

    pub async fn launch(&self, throw_away: bool) -> anyhow::Result<Cluster> {
        for _ in 0..100 {
            let port = free_port(self.port)?;
            let mut cluster = self.cluster(port, Some(self.spawn(port, throw_away)?));
            if self.is_up(&mut cluster).await? {
                return Ok(cluster);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        bail!(
            "processes of a PostgreSQL server that was killed still use {}: end them, and start \
             again",
            self.place.pgdata().display()
        )
    }

    fn cluster(&self, port: u16, server: Option<Child>) -> Cluster {
        let (folder, account) = (self.place.folder().into(), self.account);
        Cluster { folder, port, account, password: self.password.clone(), server }
    }

    fn spawn(&self, port: u16, throw_away: bool) -> anyhow::Result<Child> {
        let mut command = self.account.command(&self.programs.postgres());
        command.arg("-D").arg(self.place.pgdata()).arg("-p").arg(port.to_string());
        for setting in self.place.settings(port, throw_away) {
            command.arg("-c").arg(setting);
        }
        let log = self.place.new_log()?;
        command.stdout(log.try_clone()?).stderr(log);
        // Ctrl-C in the terminal is for Tipple to answer, not for the server.
        command.process_group(0);
        tokio::process::Command::from(command).spawn().context("start PostgreSQL's server")
    }

    /// Waits until the server answers, however long it recovers from a crash; false if it ended
    /// for a reason that will pass.
    async fn is_up(&self, cluster: &mut Cluster) -> anyhow::Result<bool> {
        let Some(server) = &mut cluster.server else { return Ok(true) };
        let mut turns = 0_u32;
        while server.try_wait()?.is_none() {
            match postmaster::ask(cluster.port, self.password.as_deref()).await {
                Answer::Ready(pgdata) if pgdata == self.place.pgdata() => return Ok(true),
                Answer::Refused(error) => {
                    return Err(error).context("PostgreSQL runs but does not let Tipple in");
                }
                Answer::Ready(_) | Answer::NotYet => {}
            }
            turns += 1;
            if turns.is_multiple_of(200) {
                tracing::info!("PostgreSQL is not ready yet (it may be recovering from a crash)");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let log = self.place.log()?;
        // The children of a killed server need a moment to notice, and hold on to its memory.
        let passes = log.contains("pre-existing shared memory block")
            || (self.port == 0 && log.contains(trouble::ADDRESS_IN_USE));
        if passes { Ok(false) } else { Err(trouble::explain(&log, &cluster.folder, cluster.port)) }
    }
}

/// The port if it is free; a free one for 0.
fn free_port(wanted: u16) -> anyhow::Result<u16> {
    let listener =
        TcpListener::bind(("127.0.0.1", wanted)).map_err(|error| trouble::port(wanted, &error))?;
    Ok(listener.local_addr()?.port())
}
