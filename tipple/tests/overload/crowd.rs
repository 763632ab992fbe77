//! A crowd that asks over raw connections of HTTP/1.1 which are kept: a thread of its own, as cheap as
//! it can be, that says what its work has cost.

use std::{
    cell::{Cell, RefCell},
    net::SocketAddr,
    rc::Rc,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::{JoinSet, LocalSet},
    time::{sleep_until, timeout},
};

use crate::evening::{Evening, Kind};

/// The server closes connections on which nobody asks for long; whoever comes back sooner finds theirs.
const FRESH: Duration = Duration::from_secs(4);
/// Nobody waits longer: no request may take 25 seconds.
const PATIENCE: Duration = Duration::from_secs(40);

pub struct Answer {
    pub kind: Kind,
    /// None where the connection broke off.
    pub status: Option<u16>,
    pub retry_after: bool,
    /// From the first byte sent to the last one read.
    pub took: Duration,
    /// How much later than its time it was sent: so much the crowd itself was held up.
    pub late: Duration,
}

/// When who asks.
#[derive(Debug, Clone, Copy)]
pub enum Pace {
    /// So many, each again as soon as they are answered.
    Closed(usize),
    /// So many a second, whoever still waits.
    Open(f64),
}

impl Pace {
    /// Connections: an open crowd needs one for everybody who waits and those whose time comes next.
    const fn connections(self) -> usize {
        match self {
            Self::Closed(many) => many,
            Self::Open(_) => 1200,
        }
    }
}

/// What the crowd has seen.
pub struct Asked {
    pub answers: Vec<Answer>,
    /// From the first request to the last answer.
    pub lasted: Duration,
    /// Processor time that the crowd took itself.
    pub own: Duration,
}

/// Which kind each number asks for.
pub type Which = Box<dyn Fn(usize) -> Kind + Send>;

struct Crowd {
    evening: Arc<Evening>,
    which: Which,
    pace: Pace,
    begin: Instant,
    lasts: Duration,
    next: Cell<usize>,
    answers: RefCell<Vec<Answer>>,
}

/// Asks for so long, on a thread of its own.
pub async fn ask(evening: &Arc<Evening>, which: Which, pace: Pace, lasts: Duration) -> Asked {
    let (tell, told) = tokio::sync::oneshot::channel();
    let evening = Arc::clone(evening);
    thread::spawn(move || {
        // Where it may, it goes before others: it is to be on time, and takes little.
        let _ = rustix::process::nice(-5);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let (next, answers, begin) = (Cell::new(0), RefCell::default(), Instant::now());
        let crowd = Crowd { evening, which, pace, begin, lasts, next, answers };
        let asked = LocalSet::new().block_on(&runtime.expect("a runtime"), crowd.comes());
        let _ = tell.send(asked);
    });
    told.await.expect("the crowd comes home")
}

impl Crowd {
    /// First they come in, at a pace at which nobody is held up at the door, then they ask.
    async fn comes(mut self) -> Asked {
        let mut connections = Vec::new();
        for _ in 0..self.pace.connections() {
            connections.push(connect(self.evening.address).await.expect("an open door"));
        }
        self.begin = Instant::now();
        let (me, before) = (Rc::new(self), own_time());
        let mut all = JoinSet::new();
        for connection in connections {
            all.spawn_local(Rc::clone(&me).one(connection));
        }
        while all.join_next().await.transpose().expect("nobody panics").is_some() {}
        let own = own_time().saturating_sub(before);
        Asked { answers: me.answers.take(), lasted: me.begin.elapsed(), own }
    }

    /// When the next one is due, and its number.
    fn turn(&self) -> (usize, Instant) {
        let number = self.next.replace(self.next.get() + 1);
        let due = match self.pace {
            Pace::Closed(_) => Instant::now(),
            Pace::Open(rate) => self.begin + Duration::from_secs_f64(number as f64 / rate),
        };
        (number, due)
    }

    /// One connection: asks whatever is next, when its time has come.
    async fn one(self: Rc<Self>, connection: TcpStream) {
        let mut connection = Some((connection, Instant::now()));
        let mut read = Vec::with_capacity(32 << 10);
        loop {
            let (number, due) = self.turn();
            if due >= self.begin + self.lasts {
                return;
            }
            sleep_until(due.into()).await;
            let (kind, bytes) = self.evening.ask((self.which)(number), number);
            let kept = connection.take().filter(|(_, used)| used.elapsed() < FRESH);
            let (late, sent) = (due.elapsed(), Instant::now());
            let exchanged = exchange(self.evening.address, kept, &bytes, &mut read);
            let said = timeout(PATIENCE, exchanged).await.context("no answer").flatten();
            let (took, mut status) = (sent.elapsed(), None);
            match said {
                Ok((stream, said)) => {
                    connection = Some((stream, Instant::now()));
                    status = Some(said);
                }
                Err(error) => eprintln!("{kind:?}: {error:#}"),
            }
            if kind == Kind::Checkout && status == Some(503) {
                self.evening.give_back(bytes);
            }
            let retry_after = header(&read, b"retry-after").is_some();
            self.answers.borrow_mut().push(Answer { kind, status, retry_after, took, late });
        }
    }
}

async fn connect(address: SocketAddr) -> anyhow::Result<TcpStream> {
    let stream = TcpStream::connect(address).await.context("to come in")?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Sends and reads; the connection, and the answer's status.
async fn exchange(
    address: SocketAddr,
    kept: Option<(TcpStream, Instant)>,
    bytes: &[u8],
    read: &mut Vec<u8>,
) -> anyhow::Result<(TcpStream, u16)> {
    let mut stream = match kept {
        Some((stream, _)) => stream,
        None => connect(address).await?,
    };
    stream.write_all(bytes).await.context("to ask")?;
    read.clear();
    let mut whole = None;
    while whole.is_none_or(|whole| read.len() < whole) {
        let more = stream.read_buf(read).await.context("to be answered")?;
        ensure!(more > 0, "the connection ends before the answer");
        if whole.is_none() {
            whole = length(read)?;
        }
    }
    let status = read.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok());
    let status = status.and_then(|digits| digits.parse().ok()).context("a status")?;
    Ok((stream, status))
}

/// How long the whole answer is, once its head has come.
fn length(read: &[u8]) -> anyhow::Result<Option<usize>> {
    let Some(head) = read.windows(4).position(|end| end == b"\r\n\r\n") else { return Ok(None) };
    let body = header(read, b"content-length").context("an answer of no length")?;
    let body: usize = std::str::from_utf8(body)?.trim().parse()?;
    Ok(Some(head + 4 + body))
}

/// The value of this header.
fn header<'a>(read: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let lines = read.split(|byte| *byte == b'\n').skip(1).take_while(|line| line.len() > 1);
    lines.into_iter().find_map(|line| {
        let (found, value) = (line.get(..name.len())?, line.get(name.len() + 1..)?);
        found.eq_ignore_ascii_case(name).then_some(value)
    })
}

/// Processor time that this thread has taken; Linux says.
fn own_time() -> Duration {
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = said.split(' ').next().and_then(|it| it.parse().ok()).unwrap_or_default();
    Duration::from_nanos(nanoseconds)
}
