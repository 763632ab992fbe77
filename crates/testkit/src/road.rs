//! A way to something beside the house, on which everything can go wrong.

use std::time::Duration;

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
    flapping: std::sync::Mutex<Option<AbortHandle>>,
    frozen: watch::Sender<()>,
}

impl Road {
    pub async fn to(there: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
        let port = listener.local_addr().expect("an address").port();
        let (now, seen) = watch::channel(None);
        let frozen = watch::Sender::new(());
        tokio::spawn(keep(listener, there, seen, frozen.clone()));
        Self { port, now, flapping: std::sync::Mutex::default(), frozen }
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

/// Takes connections, and where they are refused lets go of the port for so long.
async fn keep(
    listener: TcpListener,
    there: u16,
    mut now: watch::Receiver<Option<Trouble>>,
    frozen: watch::Sender<()>,
) {
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
                let (now, mut frozen) = (now.clone(), frozen.subscribe());
                tokio::spawn(carry(stream, there, now, async move {
                    let _ = frozen.changed().await;
                }));
            },
        }
    }
}

async fn carry(
    mut here: TcpStream,
    there: u16,
    now: watch::Receiver<Option<Trouble>>,
    freezes: impl Future<Output = ()>,
) {
    let mut watched = now.clone();
    let breaks = watched.wait_for(|now| matches!(now, Some(Trouble::Refused | Trouble::Reset)));
    let carried = async {
        let Ok(mut there) = TcpStream::connect(("127.0.0.1", there)).await else { return };
        let (from_here, to_here) = here.split();
        let (from_there, to_there) = there.split();
        let asks = pass(from_here, to_there, now.clone(), false);
        let passed = async { tokio::join!(asks, pass(from_there, to_here, now, true)) };
        tokio::select! {
            _ = passed => {}
            () = freezes => std::future::pending().await,
        }
    };
    let broken = tokio::select! { () = carried => false, _ = breaks => true };
    if broken {
        let _ = here.set_zero_linger();
    }
}

async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut now: watch::Receiver<Option<Trouble>>,
    answers: bool,
) {
    let mut piece = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut piece).await.unwrap_or(0);
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
