//! One connection: WebSocket messages to frames, frames to stanzas, and back.

use anyhow::{Context, Result, bail, ensure};
use bytes::{Bytes, BytesMut};
use futures_util::stream::SplitSink;
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use wacore_binary::consts::WA_CONN_HEADER;
use wacore_binary::{Node, marshal};
use wacore_noise::NoiseCipher;
use wacore_noise::framing::{FrameDecoder, encode_frame};

use crate::noise::{self, Finished, Step};
use crate::{Inner, node};

/// What a connection is told to send.
pub enum Out {
    Stanza(Box<Node>),
    /// Everything before it is sent, then the socket is closed.
    Close,
    /// The socket is dropped at once, as by a cable that is cut.
    Cut,
}

/// Stanzas that may wait for a slow client; one that falls further behind is cut off and finds them again in its queue.
const WAITING: usize = 16_384;

/// Speaks with one client until either side closes.
pub async fn speak(inner: &Inner, socket: WebSocketStream<TcpStream>) -> Result<()> {
    let (mut sink, mut stream) = socket.split();
    let mut frames = FrameDecoder::new();
    let mut greeted = false;

    let mut next = async || -> Result<Option<BytesMut>> {
        loop {
            if let Some(frame) = frames.decode_frame() {
                return Ok(Some(frame));
            }
            match stream.next().await {
                Some(Ok(Message::Binary(bytes))) if greeted => frames.feed(&bytes),
                Some(Ok(Message::Binary(bytes))) => {
                    frames.feed(after_greeting(&bytes)?);
                    greeted = true;
                }
                Some(Ok(Message::Close(_))) | None => return Ok(None),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.into()),
            }
        }
    };

    let Some(first) = next().await? else { return Ok(()) };
    let (answer, step) = noise::begin(&inner.keys, &first, inner.lock().forgets_key())?;
    send(&mut sink, answer).await?;
    let finished = match step {
        Step::Finish(finished) => *finished,
        Step::Await(waiting) => {
            let Some(second) = next().await? else { return Ok(()) };
            waiting.finish(&second)?
        }
    };

    let Finished { client, payload, read, write } = finished;
    let (tell, told) = mpsc::channel(WAITING);
    let line = inner.change(|state| state.connected(tell, &client, &payload));
    let writing = write_all(sink, write, told);
    let reading = async {
        let mut count = 0;
        while let Some(mut frame) = next().await? {
            read.decrypt_in_place_with_counter(count, &mut frame)?;
            count += 1;
            let unpacked = wacore_binary::util::unpack_bytes(frame)?;
            let stanza = wacore_binary::marshal::unmarshal_ref(&unpacked)?.to_owned();
            inner.change(|state| state.take(line, &stanza));
        }
        anyhow::Ok(())
    };
    let ended = tokio::select! {
        ended = writing => ended,
        ended = reading => ended,
    };
    inner.change(|state| state.disconnected(line));
    ended
}

/// Skips the routing hint, if there is one, and the protocol's four bytes.
fn after_greeting(bytes: &Bytes) -> Result<&[u8]> {
    let mut rest = &bytes[..];
    if let Some(routed) = rest.strip_prefix(&[b'E', b'D', 0, 1]) {
        let [a, b, c, tail @ ..] = routed else { bail!("a routing hint without a length") };
        let length = usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c);
        rest = tail.get(length..).context("a routing hint that is cut short")?;
    }
    ensure!(rest.starts_with(&WA_CONN_HEADER), "not the protocol's greeting");
    Ok(&rest[WA_CONN_HEADER.len()..])
}

type Sink = SplitSink<WebSocketStream<TcpStream>, Message>;

async fn write_all(mut sink: Sink, write: NoiseCipher, mut told: mpsc::Receiver<Out>) -> Result<()> {
    let mut count = 0;
    while let Some(out) = told.recv().await {
        let stanza = match out {
            Out::Stanza(stanza) => stanza,
            Out::Close => break,
            Out::Cut => return Ok(()),
        };
        let mut body = marshal(&stanza)?;
        write.encrypt_in_place_with_counter(count, &mut body)?;
        count += 1;
        send(&mut sink, body).await?;
    }
    sink.close().await?;
    Ok(())
}

async fn send(sink: &mut Sink, payload: Vec<u8>) -> Result<()> {
    sink.send(Message::Binary(encode_frame(&payload, None)?.into())).await?;
    Ok(())
}

/// The end of a stream, with its reason.
pub fn stream_error(code: Option<u16>, child: Option<Node>) -> Node {
    let error = match code {
        Some(code) => node::build("stream:error").attr("code", code),
        None => node::build("stream:error"),
    };
    error.children(child).build()
}
