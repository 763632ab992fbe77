//! A way to something beside the house, on which everything can go wrong.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::AbortHandle,
    time::sleep,
};

/// How late an answer is.
const LATE: Duration = Duration::from_secs(2);
/// How long it goes well, and then badly, where it flaps.
const FLAP: Duration = Duration::from_secs(1);

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Nobody listens.
    Refused,
    /// Connections are taken and reset.
    Reset,
    /// What is sent arrives nowhere, and nobody says so.
    Silent,
    /// Every piece of an answer comes two seconds late.
    Late,
    /// A second well, a second reset, and so on.
    Flapping,
}

/// From a port of its own to another on this machine.
pub struct Road {
    pub port: u16,
    now: watch::Sender<Option<Trouble>>,
    used: Arc<Used>,
    flapping: Mutex<Option<AbortHandle>>,
    frozen: watch::Sender<()>,
}

/// How many connections and pieces have come.
#[derive(Default)]
struct Used {
    well: AtomicUsize,
    ill: AtomicUsize,
}

impl Used {
    fn count(&self, now: Option<Trouble>) {
        if now.is_none() { &self.well } else { &self.ill }.fetch_add(1, Relaxed);
    }
}

impl Road {
    pub async fn to(there: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
        let port = listener.local_addr().expect("an address").port();
        let (now, seen) = watch::channel(None);
        let (used, frozen) = (Arc::new(Used::default()), watch::Sender::new(()));
        let watched = Watched { now: seen, used: Arc::clone(&used), frozen: frozen.clone() };
        tokio::spawn(keep(listener, there, watched));
        Self { port, now, used, flapping: Mutex::default(), frozen }
    }

    /// How many connections and pieces have come while nothing was wrong.
    pub fn carried(&self) -> usize {
        self.used.well.load(Relaxed)
    }

    /// How many have come while something was, or were there and broken off. Where nobody listens nobody
    /// counts them.
    pub fn harmed(&self) -> usize {
        self.used.ill.load(Relaxed)
    }

    /// By the connections that there are nothing comes any more, for ever, and nobody says so; new ones
    /// are well.
    pub fn freezes(&self) {
        self.frozen.send_replace(());
    }

    /// From now on this goes wrong, or nothing.
    pub fn suffers(&self, trouble: Option<Trouble>) {
        let flaps = trouble == Some(Trouble::Flapping);
        let next = flaps.then(|| {
            let now = self.now.clone();
            let flap = async move {
                for turn in 0_u32.. {
                    now.send_replace((turn % 2 == 0).then_some(Trouble::Reset));
                    sleep(FLAP).await;
                }
            };
            tokio::spawn(flap).abort_handle()
        });
        let before = std::mem::replace(&mut *self.flapping.lock().expect("nobody panics"), next);
        if let Some(before) = before {
            before.abort();
        }
        if !flaps {
            self.now.send_replace(trouble);
        }
    }
}

/// What is wrong now, what comes, and when what there is falls silent.
#[derive(Clone)]
struct Watched {
    now: watch::Receiver<Option<Trouble>>,
    used: Arc<Used>,
    frozen: watch::Sender<()>,
}

/// Takes connections, and where they are refused lets go of the port for so long.
async fn keep(listener: TcpListener, there: u16, watched: Watched) {
    let mut now = watched.now.clone();
    let here = listener.local_addr().expect("an address");
    let mut open = Some(listener);
    loop {
        let refuses = *now.borrow_and_update() == Some(Trouble::Refused);
        if refuses {
            open = None;
        } else if open.is_none() {
            open = Some(TcpListener::bind(here).await.expect("the port is still ours"));
        }
        let taken = async {
            match &open {
                Some(listener) => listener.accept().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            changed = now.changed() => if changed.is_err() { return },
            taken = taken => if let Ok((stream, _)) = taken {
                watched.used.count(*now.borrow());
                tokio::spawn(carry(stream, there, watched.clone()));
            },
        }
    }
}

async fn carry(mut here: TcpStream, there: u16, watched: Watched) {
    let (mut now, mut frozen) = (watched.now.clone(), watched.frozen.subscribe());
    let used = Arc::clone(&watched.used);
    let breaks = now.wait_for(|now| matches!(now, Some(Trouble::Refused | Trouble::Reset)));
    let carried = async {
        let Ok(mut there) = TcpStream::connect(("127.0.0.1", there)).await else { return };
        let (from_here, to_here) = here.split();
        let (from_there, to_there) = there.split();
        let asks = pass(from_here, to_there, watched.clone(), false);
        let passed = async { tokio::join!(asks, pass(from_there, to_here, watched, true)) };
        tokio::select! {
            _ = passed => {}
            _ = frozen.changed() => std::future::pending().await,
        }
    };
    let broken = tokio::select! { () = carried => false, _ = breaks => true };
    if broken {
        used.ill.fetch_add(1, Relaxed);
        let _ = here.set_zero_linger();
    }
}

async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    Watched { mut now, used, .. }: Watched,
    answers: bool,
) {
    let mut piece = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut piece).await.unwrap_or(0);
        if read > 0 {
            used.count(*now.borrow());
        }
        if now.wait_for(|now| *now != Some(Trouble::Silent)).await.is_err() {
            return;
        }
        if answers && *now.borrow() == Some(Trouble::Late) {
            sleep(LATE).await;
        }
        if read == 0 || to.write_all(&piece[..read]).await.is_err() {
            let _ = to.shutdown().await;
            return;
        }
    }
}
