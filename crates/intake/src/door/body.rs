//! Bodies: read as they come, within a size, a time and at a least pace.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use hyper::body::{Body, Incoming};
use tokio::time::Sleep;
use tokio_util::io::StreamReader;

use crate::Limits;

/// The pace is taken over spans of this length, so that a short stall on the way does not end an upload.
const WINDOW: Duration = Duration::from_secs(10);

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    TooLarge {
        limit: u64,
    },
    /// Slower than the least pace, or longer than its time.
    TooSlow,
    /// The peer went away in the middle.
    Gone,
}

/// A body on its way in.
pub(crate) struct Arriving<B = Incoming> {
    body: B,
    limit: u64,
    /// The whole of it may take so long; `None` for media, which is held to its pace alone.
    time: Option<Duration>,
    rate: u64,
    clock: Option<Box<Clock>>,
    got: u64,
    trouble: Option<Trouble>,
}

/// Made when the first wait begins: most bodies are there at once.
struct Clock {
    window: Pin<Box<Sleep>>,
    end: Option<Pin<Box<Sleep>>>,
    length: Duration,
    got_before: u64,
}

impl<B: Body<Data = Bytes> + Unpin> Arriving<B> {
    /// An ordinary call's body.
    pub fn small(body: B, limits: &Limits) -> Self {
        Self::new(body, limits.body_bytes, Some(limits.body), limits.body_rate)
    }

    /// A body that carries a file.
    pub fn media(body: B, limits: &Limits) -> Self {
        Self::new(body, limits.media_bytes, None, limits.body_rate)
    }

    fn new(body: B, limit: u64, time: Option<Duration>, rate: u64) -> Self {
        Self { body, limit, time, rate, clock: None, got: 0, trouble: None }
    }

    /// All of it, in memory.
    pub async fn read(&mut self) -> Result<Bytes, Trouble> {
        if self.body.size_hint().lower() > self.limit {
            return Err(Trouble::TooLarge { limit: self.limit });
        }
        let Some(first) = self.piece().await? else { return Ok(Bytes::new()) };
        let Some(second) = self.piece().await? else { return Ok(first) };
        let mut whole = BytesMut::from(first);
        whole.extend_from_slice(&second);
        while let Some(piece) = self.piece().await? {
            whole.extend_from_slice(&piece);
        }
        Ok(whole.freeze())
    }

    /// As a file to be read. When reading it fails, [`Arriving::trouble`] says why.
    pub fn reader(&mut self) -> StreamReader<&mut Self, Bytes>
    where
        Self: Stream<Item = io::Result<Bytes>>,
    {
        StreamReader::new(self)
    }

    /// Why the reader failed.
    pub fn trouble(&mut self) -> Option<Trouble> {
        self.trouble.take()
    }

    async fn piece(&mut self) -> Result<Option<Bytes>, Trouble> {
        match self.next().await {
            None => Ok(None),
            Some(Ok(piece)) => Ok(Some(piece)),
            Some(Err(_)) => Err(self.trouble.take().unwrap_or(Trouble::Gone)),
        }
    }

    fn fail(&mut self, trouble: Trouble) -> Poll<Option<io::Result<Bytes>>> {
        self.trouble = Some(trouble);
        Poll::Ready(Some(Err(io::ErrorKind::Other.into())))
    }

    /// Whether the time or the pace has run out.
    fn poll_clock(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let (time, rate, got) = (self.time, self.rate, self.got);
        let clock = self.clock.get_or_insert_with(|| {
            let length = time.map_or(WINDOW, |time| time.min(WINDOW));
            Box::new(Clock {
                window: Box::pin(tokio::time::sleep(length)),
                end: time.map(|time| Box::pin(tokio::time::sleep(time))),
                length,
                got_before: got,
            })
        });
        if clock.end.as_mut().is_some_and(|end| end.as_mut().poll(cx).is_ready()) {
            return Poll::Ready(());
        }
        loop {
            ready!(clock.window.as_mut().poll(cx));
            let least = rate.saturating_mul(u64::try_from(clock.length.as_millis()).unwrap_or(u64::MAX)) / 1000;
            if got - clock.got_before < least {
                return Poll::Ready(());
            }
            clock.got_before = got;
            let next = clock.window.deadline() + clock.length;
            clock.window.as_mut().reset(next);
        }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Stream for Arriving<B> {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            // Looked at first: a peer that hangs up behind its last byte has said all that it had to say.
            if this.body.is_end_stream() {
                return Poll::Ready(None);
            }
            match Pin::new(&mut this.body).poll_frame(cx) {
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Ready(Some(Err(_))) => return this.fail(Trouble::Gone),
                Poll::Ready(Some(Ok(frame))) => {
                    // Trailers are of no use to anybody here.
                    let Ok(piece) = frame.into_data() else { continue };
                    this.got += piece.len() as u64;
                    if this.got > this.limit {
                        return this.fail(Trouble::TooLarge { limit: this.limit });
                    }
                    return Poll::Ready(Some(Ok(piece)));
                }
                Poll::Pending => {
                    ready!(this.poll_clock(cx));
                    return this.fail(Trouble::TooSlow);
                }
            }
        }
    }
}

/// Whether a JSON text nests deeper than `limit`; then the line and column, from 1, where it does. Brackets within
/// strings do not count. What is no JSON is for the parser to say.
pub(crate) fn too_deep(text: &[u8], limit: usize) -> Option<(usize, usize)> {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(&byte) = text.get(at) {
        match byte {
            b'{' | b'[' => {
                depth += 1;
                if depth > limit {
                    let before = &text[..at];
                    let line = memchr::memchr_iter(b'\n', before).count() + 1;
                    let column = at - memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1) + 1;
                    return Some((line, column));
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => at = string_end(text, at + 1),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Where the closing quote stands, or the end. Jumps: a string may be a file of many megabytes.
fn string_end(text: &[u8], mut at: usize) -> usize {
    while let Some(found) = text.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        at += found;
        if text[at] == b'"' {
            return at;
        }
        at += 2;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use http_body_util::{Full, StreamBody};
    use hyper::body::Frame;

    use super::*;

    fn limits(body_bytes: u64) -> Limits {
        Limits { body_bytes, body: Duration::from_secs(30), body_rate: 1_000, ..Limits::default() }
    }

    /// Pieces of this size, one each time so much time has passed, for ever.
    fn dripping(size: usize, pause: Duration) -> impl Body<Data = Bytes, Error = io::Error> + Unpin {
        StreamBody::new(Box::pin(futures_util::stream::unfold((), move |()| async move {
            // tidy: real time because tokio's clock is paused in these tests
            tokio::time::sleep(pause).await;
            Some((Ok(Frame::data(Bytes::from(vec![b'x'; size]))), ()))
        })))
    }

    #[tokio::test]
    async fn a_body_within_the_limit_is_read_whole_and_one_over_it_is_not() {
        let body = || Full::new(Bytes::from_static(b"12345"));
        assert_eq!(Arriving::small(body(), &limits(5)).read().await, Ok(Bytes::from_static(b"12345")));
        assert_eq!(Arriving::small(body(), &limits(4)).read().await, Err(Trouble::TooLarge { limit: 4 }));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_slower_than_the_least_pace_is_cut_within_a_window() {
        let mut slow = Arriving::small(dripping(90, Duration::from_millis(100)), &limits(1_000_000));
        let cut = tokio::time::timeout(WINDOW + Duration::from_millis(1), slow.read());
        assert_eq!(cut.await, Ok(Err(Trouble::TooSlow)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_small_body_has_its_time_and_media_only_its_pace() {
        let drip = || dripping(200, Duration::from_millis(100));
        let mut small = Arriving::small(drip(), &limits(1_000_000));
        let cut = tokio::time::timeout(Duration::from_millis(30_001), small.read());
        assert_eq!(cut.await, Ok(Err(Trouble::TooSlow)));

        // 200 kB at 2 kB/s take 100 s.
        let limits = Limits { media_bytes: 200_000, ..limits(1) };
        assert_eq!(Arriving::media(drip(), &limits).read().await, Err(Trouble::TooLarge { limit: 200_000 }));
    }

    #[test]
    fn depth_counts_brackets_outside_of_strings() {
        assert_eq!(too_deep(br#"{"a":[{"b":"[[[[{{\"[["}]}"#, 3), None);
        assert_eq!(too_deep(br#"{"a":[{"b":1}]}"#, 2), Some((1, 7)));
        assert_eq!(too_deep(b"[\n [\n  [1]]]", 2), Some((3, 3)));
        assert_eq!(too_deep("[".repeat(33).as_bytes(), 32), Some((1, 33)));
        assert_eq!(too_deep(b"[1],[2],[3]", 1), None);
        assert_eq!(too_deep(br#"{"never closed \"#, 1), None);
    }
}
