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
/// What is thrown away at a time, so that one connection does not keep a thread.
const AT_A_TIME: usize = 16 * 1024;

pub(crate) struct Socket<S> {
    stream: S,
    /// What has been looked at and is yet to be read.
    ahead: Bytes,
    end: Option<End>,
}

struct End {
    patience: Pin<Box<Sleep>>,
    left: usize,
}

impl<S: AsyncRead + Unpin> Socket<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, ahead: Bytes::new(), end: None }
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
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
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
