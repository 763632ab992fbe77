//! Redis and the RabbitMQ broker of a cluster, in folders of their own. What they hold is for speed and on
//! its way: they begin empty at each start.

use std::{
    fs,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context as _, ensure};

use super::{
    keeper::{Keeper, MARK},
    plan::{Passwords, Plan, write_secret},
};

/// Where packages put the broker's program. Debian's in the PATH is for its own service only.
const BROKERS: [&str; 3] = [
    "/usr/lib/rabbitmq/bin/rabbitmq-server",
    "/opt/homebrew/sbin/rabbitmq-server",
    "/usr/local/sbin/rabbitmq-server",
];
/// A broker on a busy machine takes its time.
const PATIENCE: Duration = Duration::from_mins(3);

/// Starts Redis.
pub fn start_redis(keeper: &mut Keeper, plan: &Plan, passwords: &Passwords) -> anyhow::Result<()> {
    let program =
        on_path("redis-server").context("Redis is missing: `scripts/setup redis` installs it")?;
    let folder = fresh(&plan.folder().join("redis"))?;
    let file = folder.join("redis.conf");
    let text = format!(
        "bind 127.0.0.1\nport {}\ndir {}\nrequirepass {}\nsave \"\"\nappendonly no\n\
         maxmemory 64mb\nmaxmemory-policy allkeys-lru\n",
        plan.redis(),
        serde_json::json!(folder),
        passwords.redis,
    );
    write_secret(&file, &text)?;
    keeper.keep("redis", move || {
        let mut command = Command::new(&program);
        command.arg(&file);
        command
    })
}

/// Starts the broker; it listens a while later.
pub fn start_rabbitmq(
    keeper: &mut Keeper,
    plan: &Plan,
    passwords: &Passwords,
) -> anyhow::Result<()> {
    let found = BROKERS.iter().map(PathBuf::from).find(|program| program.exists());
    let program = found
        .or_else(|| on_path("rabbitmq-server"))
        .context("RabbitMQ is missing: `scripts/setup rabbitmq` installs it")?;
    let folder = fresh(&plan.folder().join("rabbitmq"))?;
    let settings = format!(
        "disk_free_limit.absolute = 50MB\nvm_memory_high_watermark.absolute = 256MB\n\
         default_user = tipple\ndefault_pass = {}\n",
        passwords.rabbitmq,
    );
    write_secret(&folder.join("rabbitmq.conf"), &settings)?;
    write_secret(&folder.join("plugins"), "[].")?;
    let user = user(&folder)?;
    let port = plan.rabbitmq();
    keeper.keep("rabbitmq", move || {
        // Its start takes all that it gets for a while, and whoever waits for an answer comes first.
        let mut command = Command::new("nice");
        command.args(["-n", "5"]).arg(&program).envs(surroundings(&folder, port)).current_dir("/");
        if let Some((user, group)) = user {
            command.uid(user).gid(group);
        }
        command
    })
}

/// The broker's settings that its start reads from the environment.
fn surroundings(folder: &Path, port: u16) -> Vec<(&'static str, String)> {
    let within = |name: &str| folder.join(name).display().to_string();
    vec![
        ("HOME", folder.display().to_string()),
        ("RABBITMQ_NODENAME", format!("tipple-{port}@localhost")),
        ("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1".into()),
        ("RABBITMQ_NODE_PORT", port.to_string()),
        ("RABBITMQ_DIST_PORT", (port + 1).to_string()),
        ("ERL_EPMD_PORT", (port + 2).to_string()),
        ("ERL_EPMD_ADDRESS", "127.0.0.1".into()),
        ("RABBITMQ_MNESIA_BASE", within("data")),
        ("RABBITMQ_LOG_BASE", within("log")),
        // To where the others' go too.
        ("RABBITMQ_LOGS", "-".into()),
        ("RABBITMQ_PID_FILE", within("pid")),
        ("RABBITMQ_CONFIG_FILE", within("rabbitmq")),
        ("RABBITMQ_ENABLED_PLUGINS_FILE", within("plugins")),
        ("RABBITMQ_CONF_ENV_FILE", within("none")),
        ("ERL_CRASH_DUMP", within("crash")),
        // It need not keep cores busy while it waits, and only this machine may speak to it as a node.
        (
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
            "+sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}"
                .into(),
        ),
    ]
}

/// Who runs the broker: the user that Debian has made for it, where this process may choose; the folder
/// becomes theirs.
fn user(folder: &Path) -> anyhow::Result<Option<(u32, u32)>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let id = |what: &str| {
        let output = Command::new("id").args([what, "rabbitmq"]).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse::<u32>().ok()
    };
    let (Some(user), Some(group)) = (id("-u"), id("-g")) else { return Ok(None) };
    for path in [folder.to_owned(), folder.join("rabbitmq.conf"), folder.join("plugins")] {
        std::os::unix::fs::chown(&path, Some(user), Some(group))
            .with_context(|| format!("give {} to rabbitmq", path.display()))?;
    }
    Ok(Some((user, group)))
}

/// Ends the daemon that tells Erlang's nodes from each other, which the broker has started.
pub async fn end_names(plan: &Plan) {
    let mut command = tokio::process::Command::new("epmd");
    command.arg("-kill").env("ERL_EPMD_PORT", (plan.rabbitmq() + 2).to_string());
    command.env(MARK, "").stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let _ = command.status().await;
}

/// Waits until something listens on this port.
pub async fn await_listening(what: &str, port: u16) -> anyhow::Result<()> {
    let begun = tokio::time::Instant::now();
    while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        ensure!(begun.elapsed() < PATIENCE, "{what} does not listen on port {port}: see its log");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

/// An empty folder.
fn fresh(folder: &Path) -> anyhow::Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("delete {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
    Ok(folder.to_owned())
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|found| found.is_file())
}
