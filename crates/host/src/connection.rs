//! One connection: HTTP/1.1, or HTTP/2 where the other side begins with it; what it may take of this
//! process, and when it ends.

#[cfg(test)]
mod tests;

use std::{
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::ConnectInfo,
    http::{HeaderMap, HeaderValue, Request, Uri, header, uri::PathAndQuery},
};
use hyper::{
    body::{Frame, Incoming, SizeHint},
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::graceful::GracefulConnection,
};
use tokio::{net::TcpStream, sync::watch, time::timeout};
use wire::LEAVING_HEADER;

use crate::{first::First, listen::Ending, socket::Socket};

/// How long a connection may take to send a request's head, or do nothing between two requests:
/// longer than load balancers keep theirs.
const HEAD_PATIENCE: Duration = Duration::from_secs(75);
/// How long a stranger may take to send the head of their first request: longer than Chromium keeps a
/// connection that it opened ahead (10 s, looked at every 10 s), as it does not ask again where one ends
/// just as it is first used.
const FIRST_HEAD: Duration = Duration::from_secs(if cfg!(test) { 1 } else { 30 });

/// Requests that may be under way on one connection.
const MOST_STREAMS: u32 = 100;
/// What all header lines of a request may weigh as HTTP/2 counts them, continuations among them:
/// twice what the gateway takes, so that it is the gateway that says no.
const MOST_HEADERS: u32 = 32 * 1024;
/// What may be on its way to one handler, to all of one connection, and wait to be sent by each.
const STREAM_WINDOW: u32 = 128 * 1024;
const CONNECTION_WINDOW: u32 = 1024 * 1024;
const MOST_UNSENT: usize = 128 * 1024;
/// Requests taken back before anybody looked at them (CVE-2023-44487), and those that we took back
/// because something was wrong with them; more end the connection.
const MOST_TAKEN_BACK: usize = 20;
const MOST_BROKEN: usize = 100;
/// Whether the other side is still there is asked so often, and this is how long it has to say so.
const ARE_YOU_THERE: Duration = Duration::from_secs(30);
const I_AM: Duration = Duration::from_secs(20);

/// How this process speaks on its connections.
#[derive(Clone)]
pub(crate) struct Protocols {
    first: First,
    ending: Ending,
    /// How long it may take until something has been asked.
    begin: Duration,
    one: http1::Builder,
    two: http2::Builder<TokioExecutor>,
}

impl Protocols {
    pub(crate) fn new(first: First, ending: Ending) -> Self {
        let mut one = http1::Builder::new();
        one.timer(TokioTimer::new()).header_read_timeout(HEAD_PATIENCE);
        let mut two = http2::Builder::new(TokioExecutor::new());
        two.timer(TokioTimer::new())
            .max_concurrent_streams(MOST_STREAMS)
            .max_header_list_size(MOST_HEADERS)
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_send_buf_size(MOST_UNSENT)
            .max_pending_accept_reset_streams(MOST_TAKEN_BACK)
            .max_local_error_reset_streams(MOST_BROKEN)
            .keep_alive_interval(ARE_YOU_THERE)
            .keep_alive_timeout(I_AM);
        Self { first, ending, begin: HEAD_PATIENCE, one, two }
    }

    /// The same where strangers connect.
    pub(crate) fn of_strangers(self) -> Self {
        Self { begin: FIRST_HEAD, ..self }
    }

    /// Answers what is asked on this connection until it ends.
    pub(crate) async fn speak(self, stream: TcpStream, address: SocketAddr) -> anyhow::Result<()> {
        let (mut socket, begin) = (Socket::new(stream), self.begin);
        let begun = timeout(begin, socket.begins_http2());
        let two = match self.ending.stop.clone().run_until_cancelled(begun).await {
            None | Some(Err(_)) => return Ok(()),
            Some(Ok(two)) => two?,
        };
        let asked = Asked::default();
        let speaks = async {
            let asked = Arc::clone(&asked);
            if two {
                self.speak_two(socket, address, asked).await
            } else {
                self.speak_one(socket, address, asked).await
            }
        };
        let nothing_asked = async {
            tokio::time::sleep(begin).await;
            if asked.load(Ordering::Relaxed) {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            ended = speaks => ended,
            () = nothing_asked => Ok(()),
        }
    }

    async fn speak_one(
        self,
        socket: Socket<TcpStream>,
        address: SocketAddr,
        asked: Asked,
    ) -> anyhow::Result<()> {
        let Self { first, ending, one, .. } = self;
        let Ending { leaving, stop } = ending;
        // Its own copies each take the one lock that all connections share.
        let leaving = Arc::new(leaving);
        let service = service_fn(move |mut request: Request<Incoming>| {
            asked.store(true, Ordering::Relaxed);
            request.extensions_mut().insert(ConnectInfo(address));
            let (answer, leaving) = (first.answer(request), Arc::clone(&leaving));
            async move {
                let mut answer = answer.await?;
                if leaving.is_cancelled() {
                    // Nothing is asked on a connection that the end could take away with its
                    // question.
                    let close = HeaderValue::from_static("close");
                    answer.headers_mut().insert(header::CONNECTION, close);
                    answer.headers_mut().insert(LEAVING_HEADER, HeaderValue::from_static("1"));
                }
                Ok::<_, std::convert::Infallible>(answer)
            }
        });
        let connection = one.serve_connection(TokioIo::new(socket), service);
        ended_by(connection, stop.cancelled()).await
    }

    async fn speak_two(
        self,
        socket: Socket<TcpStream>,
        address: SocketAddr,
        begun: Asked,
    ) -> anyhow::Result<()> {
        let Self { first, ending, two, .. } = self;
        let Ending { leaving, stop } = ending;
        let (busy, told) = (Busy::default(), Arc::new(leaving.clone()));
        let (mut idle, mut asked) = (busy.0.subscribe(), busy.0.subscribe());
        let service = service_fn(move |mut request: Request<Incoming>| {
            begun.store(true, Ordering::Relaxed);
            request.extensions_mut().insert(ConnectInfo(address));
            as_one(&mut request);
            let (answer, one) = (first.answer(request), busy.begin());
            let told = Arc::clone(&told);
            async move {
                let mut answer = answer.await?;
                answer.headers_mut().remove(header::CONNECTION);
                if told.is_cancelled() {
                    answer.headers_mut().insert(LEAVING_HEADER, HeaderValue::from_static("1"));
                }
                let answer = answer.map(|body| Answering { body, _one: one });
                Ok::<_, std::convert::Infallible>(answer)
            }
        });
        let connection = two.serve_connection(TokioIo::new(socket), service);
        let ends = async move {
            // Whoever has only just come is answered first.
            let leaves = async {
                leaving.cancelled().await;
                let _ = asked.wait_for(|seen| seen.ever).await;
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = quiet(&mut idle) => {}
                () = leaves => {}
            }
        };
        ended_by(connection, ends).await
    }
}

/// Whether anything has been asked on a connection.
type Asked = Arc<AtomicBool>;

/// Serves a connection; once `ends` resolves it takes nothing more, and ends what is under way.
async fn ended_by<C>(connection: C, ends: impl Future<Output = ()>) -> anyhow::Result<()>
where
    C: GracefulConnection<Error = hyper::Error>,
{
    let mut connection = pin!(connection);
    tokio::select! {
        ended = connection.as_mut() => return Ok(ended?),
        () = ends => connection.as_mut().graceful_shutdown(),
    }
    Ok(connection.await?)
}

/// How much is under way on a connection, and whether there ever was something.
#[derive(Default)]
struct Seen {
    now: usize,
    ever: bool,
}

#[derive(Clone, Default)]
struct Busy(watch::Sender<Seen>);

/// A request under way, until its answer has gone.
struct One(Busy);

impl Busy {
    fn begin(&self) -> One {
        self.0.send_modify(|seen| *seen = Seen { now: seen.now + 1, ever: true });
        One(self.clone())
    }
}

impl Drop for One {
    fn drop(&mut self) {
        self.0.0.send_modify(|seen| seen.now -= 1);
    }
}

/// Resolves when nothing has been under way for as long as a connection may do nothing.
async fn quiet(busy: &mut watch::Receiver<Seen>) {
    loop {
        if busy.wait_for(|seen| seen.now == 0).await.is_err() {
            return;
        }
        if timeout(HEAD_PATIENCE, busy.changed()).await.is_err() {
            return;
        }
    }
}

/// An answer's body, under way until it is dropped.
struct Answering {
    body: Body,
    _one: One,
}

impl HttpBody for Answering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Says in HTTP/1.1's way what HTTP/2 says in another, so that everything behind it reads one: the
/// host as a header (RFC 9113, 8.3.1), cookies as one line (8.2.3), and a path alone as the target.
fn as_one<B>(request: &mut Request<B>) {
    let authority = request.uri().authority().map(|name| HeaderValue::from_str(name.as_str()));
    let path = request.uri().path_and_query().cloned();
    if let Some(Ok(host)) = authority {
        request.headers_mut().insert(header::HOST, host);
    }
    *request.uri_mut() = Uri::from(path.unwrap_or_else(|| PathAndQuery::from_static("/")));
    join_cookies(request.headers_mut());
}

fn join_cookies(headers: &mut HeaderMap) {
    let crumbs: Vec<&[u8]> =
        headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes).collect();
    if crumbs.len() > 1
        && let Ok(whole) = HeaderValue::from_bytes(&crumbs.join(&b"; "[..]))
    {
        headers.insert(header::COOKIE, whole);
    }
}
