//! A socket that comes back when the protocol is done with it, so that it can be closed politely.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

/// What a peer still sends is read for so long and so far, and dropped.
const PATIENCE: Duration = Duration::from_secs(1);
const DROPPED: usize = 2_000_000;

/// A socket on loan.
pub(super) struct Lent {
    stream: Option<TcpStream>,
    back: Option<oneshot::Sender<TcpStream>>,
}

/// Lends the socket; when what borrows it is dropped, it comes out of the receiver.
pub(super) fn lend(stream: TcpStream) -> (Lent, oneshot::Receiver<TcpStream>) {
    let (sender, receiver) = oneshot::channel();
    (Lent { stream: Some(stream), back: Some(sender) }, receiver)
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let (Some(stream), Some(back)) = (self.stream.take(), self.back.take()) {
            // Nobody waits for it only if nobody cares how it is closed.
            let _ = back.send(stream);
        }
    }
}

/// Closes the socket. Closing over bytes unread would reset the connection, and the peer would lose the last answer: a
/// body too large, a head too long, a call that was refused before its body was read.
pub(super) async fn close(mut stream: TcpStream) {
    let close = async {
        stream.shutdown().await?;
        let (mut unread, mut dropped) = ([0_u8; 4 * 1024], 0);
        while dropped < DROPPED {
            match stream.read(&mut unread).await? {
                0 => break,
                count => dropped += count,
            }
        }
        Ok::<_, io::Error>(())
    };
    // A peer that does not come to an end has had its chance.
    let _ = tokio::time::timeout(PATIENCE, close).await;
}

impl Lent {
    /// The socket is there until the drop.
    fn inner(self: Pin<&mut Self>) -> io::Result<Pin<&mut TcpStream>> {
        self.get_mut().stream.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl AsyncRead for Lent {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.inner()?.poll_read(cx, buffer)
    }
}

impl AsyncWrite for Lent {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.inner()?.poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.inner()?.poll_write_vectored(cx, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.inner()?.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.inner()?.poll_shutdown(cx)
    }
}
