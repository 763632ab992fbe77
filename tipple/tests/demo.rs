//! The demo as a newcomer meets it: it starts, an order goes through it by the script of the
//! documentation, it stops at Ctrl-C, and it starts again with its data.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

/// A folder that is gone when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let name = format!("tipple-demo-{}", kernel::random_token());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir(&folder).expect("a folder");
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let link = self.0.join("postgres");
        if let Ok(elsewhere) = fs::read_link(&link) {
            let _ = fs::remove_dir_all(elsewhere);
        }
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

struct Ports {
    web: u16,
    postgres: u16,
}

fn command(folder: &Path, ports: &Ports) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tipple"));
    command
        .args(["demo", "--data"])
        .arg(folder)
        .env_remove("DATABASE_URL")
        .env("TIPPLE_POSTGRES_PORT", ports.postgres.to_string())
        .env("TIPPLE__LISTEN", format!("127.0.0.1:{}", ports.web))
        .env("TIPPLE__LOG__LEVEL", "warn");
    command
}

/// A demo that runs; asked to stop when dropped.
struct Demo {
    child: Child,
    said: String,
    took: Duration,
}

impl Demo {
    fn start(folder: &Path, ports: &Ports) -> Self {
        let began = Instant::now();
        let mut child = command(folder, ports).stdout(Stdio::piped()).spawn().expect("a demo");
        let mut said = String::new();
        let mut lines = BufReader::new(child.stdout.take().expect("its words")).lines();
        while !said.contains("Ctrl-C") {
            let line = lines.next().unwrap_or_else(|| panic!("it ended after: {said}"));
            said.push_str(&line.expect("a line"));
            said.push('\n');
        }
        // What it says later has to go somewhere.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, said, took: began.elapsed() }
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.child.id().cast_signed()).expect("a process");
        kill_process(pid, signal).expect("it still runs");
    }

    /// Ctrl-C, and what it ends with.
    fn stop(mut self) {
        self.signal(Signal::INT);
        let status = self.child.wait().expect("it ends");
        assert!(status.success(), "{status}");
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.signal(Signal::TERM);
            let _ = self.child.wait();
        }
    }
}

fn first_order(folder: &Path, ports: &Ports) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/first-order.sh");
    Command::new(script)
        .arg(format!("http://127.0.0.1:{}", ports.web))
        .env("DEMO_MAIL", folder.join("mail"))
        .output()
        .expect("the script runs (it needs bash, curl and node)")
}

/// People in the shop, in a real browser; where there is none, that is said.
fn journeys(folder: &Path, ports: &Ports) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let runner = root.join("node_modules/@playwright/test/cli.js");
    let built = root.join("web/dist/made").exists();
    if !(runner.exists() && built && Path::new("/usr/bin/chromium").exists()) {
        assert!(std::env::var_os("CI").is_none(), "run scripts/setup node chromium && scripts/web");
        eprintln!("skipped: there is no Chromium, no Playwright, or the web app is not built");
        return;
    }
    let ran = Command::new("node")
        .arg(runner)
        // All of them, and then whether they came by every page.
        .args(["test", "--project", "every"])
        .current_dir(root.join("e2e"))
        .env("BASE", format!("http://127.0.0.1:{}", ports.web))
        .env("MAIL", folder.join("mail"))
        .stdin(Stdio::null())
        .status()
        .expect("a run of Playwright");
    assert!(ran.success(), "see the journeys above");
}

#[test]
fn a_newcomer_sees_two_orders_to_their_ends_and_finds_everything_again() {
    let folder = Folder::new();
    let ports = Ports { web: free_port(), postgres: free_port() };
    let demo = Demo::start(&folder.0, &ports);
    for word in ["Tipple runs at", "operator@demo.tipple.test", "docs/first-order.sh"] {
        assert!(demo.said.contains(word), "{word} in: {}", demo.said);
    }
    let told = first_order(&folder.0, &ports);
    let text = String::from_utf8_lossy(&told.stderr);
    assert!(told.status.success(), "{text}");
    let ends = "placed → paid → accepted → packed";
    assert!(
        text.contains(ends) && text.contains("one delivered and its bottle given back, one closed"),
        "{text}"
    );
    journeys(&folder.0, &ports);

    // A second demo on the same port says whose it is, and harms nothing.
    let other = Folder::new();
    let busy = Ports { web: ports.web, postgres: free_port() };
    let refused = command(&other.0, &busy).output().expect("a second demo");
    let text = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && text.contains("is in use"), "{text}");
    assert!(text.contains("TIPPLE__LISTEN"), "{text}");

    demo.stop();
    let unheard = std::net::TcpStream::connect(("127.0.0.1", ports.postgres));
    assert!(unheard.is_err(), "its database still runs");

    let again = Demo::start(&folder.0, &ports);
    assert!(again.took < Duration::from_secs(10), "a second start took {:?}", again.took);
    // Killed with its database, it starts once more.
    again.signal(Signal::KILL);
    drop(again);
    let told = first_order_after_a_crash(&folder.0, &ports);
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
}

fn first_order_after_a_crash(folder: &Path, ports: &Ports) -> Output {
    let demo = Demo::start(folder, ports);
    let told = first_order(folder, ports);
    let second = command(folder, &Ports { web: free_port(), postgres: free_port() }).output();
    let refused = String::from_utf8_lossy(&second.expect("a second demo").stderr).into_owned();
    assert!(refused.contains("already runs"), "{refused}");
    demo.stop();
    // The server that the killed demo left is stopped with the one after it.
    let unheard = std::net::TcpStream::connect(("127.0.0.1", ports.postgres));
    assert!(unheard.is_err(), "its database still runs");
    told
}

#[test]
fn a_folder_that_cannot_be_written_gets_a_sentence() {
    let ports = Ports { web: free_port(), postgres: free_port() };
    let refused = command(Path::new("/proc/nothing-here"), &ports).output().expect("a demo");
    let text = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && text.contains("TIPPLE_DATA"), "{text}");
}
