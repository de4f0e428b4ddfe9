//! The other side of a webhook, played by the test.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use sluice_clock::Clock;
use sluice_model::{EventId, Timestamp};
use sluice_outside::{Answer, Request, Trouble};
use sluice_relay::Post;
use tokio::sync::{mpsc, oneshot};

/// Hands every request to the test.
pub struct Receiver {
    pub clock: Clock,
    pub calls: mpsc::UnboundedSender<Call>,
}

/// A request that waits for its answer.
pub struct Call {
    pub at: Timestamp,
    pub request: Request,
    pub event: EventId,
    pub attempt: u32,
    pub words: String,
    answer: oneshot::Sender<Result<Answer, Trouble>>,
}

impl Call {
    pub fn answer(self, status: u16) {
        self.answer_with(status, HeaderMap::new(), "");
    }

    pub fn answer_with(self, status: u16, headers: HeaderMap, body: &str) {
        let answer = Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers,
            head: Bytes::copy_from_slice(body.as_bytes()),
            truncated: false,
            took: Duration::from_millis(7),
        };
        // The relay may have been cut off meanwhile.
        let _ = self.answer.send(Ok(answer));
    }

    pub fn break_off(self) {
        let _ = self.answer.send(Err(Trouble::Reset { host: "example.com".into() }));
    }

    pub fn path(&self) -> &str {
        self.request.url.rsplit('/').next().unwrap()
    }
}

#[async_trait]
impl Post for Receiver {
    async fn post(&self, request: Request) -> Result<Answer, Trouble> {
        let body = String::from_utf8(request.body.to_vec()).unwrap();
        let mut parts = body.splitn(3, ' ');
        let mut next = || parts.next().unwrap().to_owned();
        let (answer, answered) = oneshot::channel();
        let call = Call {
            at: self.clock.now(),
            event: EventId::new(next().parse().unwrap()).unwrap(),
            attempt: next().parse().unwrap(),
            words: next(),
            request,
            answer,
        };
        self.calls.send(call).unwrap();
        answered.await.unwrap()
    }
}
