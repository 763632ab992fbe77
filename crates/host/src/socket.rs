//! A connection's beginning and its end. Its first bytes say which protocol it speaks. And whoever
//! closes a socket while the other side still sends answers those bytes with a reset, which may take
//! away the answer that was on its way: so the writing side is shut down first, and what still comes
//! is read and thrown away, within bounds.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::Bytes;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf},
    time::Sleep,
};

/// What a client sends first that knows beforehand that HTTP/2 is spoken here (RFC 9113, 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// How long the other side is heard out, and how many bytes; who sends on is broken off.
const PATIENCE: Duration = Duration::from_secs(2);
const MOST: usize = 8 * 1024 * 1024;
/// How long what is to be sent may lie there without the other side taking a byte of it.
const STALLED: Duration = Duration::from_secs(if cfg!(test) { 3 } else { 30 });
/// What is thrown away at a time, so that one connection does not keep a thread.
const AT_A_TIME: usize = 16 * 1024;

pub(crate) struct Socket<S> {
    stream: S,
    /// What has been looked at and is yet to be read.
    ahead: Bytes,
    /// While the other side takes nothing: until when it may.
    stalled: Option<Pin<Box<Sleep>>>,
    end: Option<End>,
}

struct End {
    patience: Pin<Box<Sleep>>,
    left: usize,
}

impl<S: AsyncRead + Unpin> Socket<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, ahead: Bytes::new(), stalled: None, end: None }
    }

    /// Whether the other side begins as HTTP/2 does; one that ends before does not.
    pub(crate) async fn begins_http2(&mut self) -> io::Result<bool> {
        let (mut first, mut read) = ([0; PREFACE.len()], 0);
        while read < PREFACE.len() && PREFACE.starts_with(&first[..read]) {
            match self.stream.read(&mut first[read..]).await? {
                0 => break,
                more => read += more,
            }
        }
        self.ahead = Bytes::copy_from_slice(&first[..read]);
        Ok(self.ahead == PREFACE)
    }
}

impl<S> Socket<S> {
    /// What writing came to: an error once the other side has taken nothing for too long.
    fn written(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(tokio::time::sleep(STALLED)));
        ready!(stalled.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Socket<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.ahead.is_empty() {
            let fits = self.ahead.len().min(buf.remaining());
            buf.put_slice(&self.ahead.split_to(fits));
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Socket<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.written(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.written(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.end.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(cx))?;
        }
        let end = this.end.get_or_insert_with(|| End {
            patience: Box::pin(tokio::time::sleep(PATIENCE)),
            left: MOST,
        });
        let mut thrown_away = [0; AT_A_TIME];
        while end.left > 0 && end.patience.as_mut().poll(cx).is_pending() {
            let mut buffer = ReadBuf::new(&mut thrown_away);
            match ready!(Pin::new(&mut this.stream).poll_read(cx, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => {
                    end.left = end.left.saturating_sub(buffer.filled().len());
                }
                // It has ended its side too, or is gone.
                Ok(()) | Err(_) => break,
            }
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::AsyncWriteExt,
        net::{TcpListener, TcpSocket},
        time::{sleep, timeout},
    };

    use super::*;

    #[tokio::test]
    async fn whoever_takes_nothing_is_not_waited_for_and_whoever_is_slow_is() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        // What the system would keep for whoever does not read is up to 32 MiB where it may choose.
        let reads = TcpSocket::new_v4().unwrap();
        reads.set_recv_buffer_size(1 << 20).unwrap();
        let mut reads = reads.connect(listener.local_addr().unwrap()).await.unwrap();
        let mut socket = Socket::new(listener.accept().await.unwrap().0);
        let much = vec![b'x'; 64 << 20];
        let slowly = async {
            for _ in 0..4 {
                sleep(STALLED / 3).await;
                reads.read_exact(&mut vec![0; 8 << 20]).await.expect("it is waited for");
            }
        };
        let both = async { tokio::join!(socket.write_all(&much), slowly) };
        let (sent, ()) = timeout(STALLED * 10, both).await.expect("an end");
        assert_eq!(sent.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }
}
