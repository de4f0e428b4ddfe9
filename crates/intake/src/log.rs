//! The request log: a line for every call, written in batches, never waited for.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::HeaderValue;
use http::header::CONTENT_TYPE;
use sluice_model::Refusal;
use sluice_store::requests::Request;
use sluice_store::{Fault, Requests, Store};
use sluice_telemetry::names;
use tokio::sync::mpsc;

use crate::dispatch::Visit;
use crate::mask;
use crate::respond::Kept;
use crate::room::Room;
use crate::secrecy::Secrecy;

/// Lines that may wait to be written.
const WAITING: usize = 8_192;

/// Lines of one commit.
const BATCH: usize = 512;

/// How long a line may wait for room before it is lost.
const PATIENCE: Duration = Duration::from_millis(100);

/// Characters of a content type.
const KIND: usize = 100;

/// Between two tries to write.
const PAUSE: Duration = Duration::from_millis(200);

/// Takes lines in, and gives them to the store in batches.
pub(crate) struct Ledger {
    lines: Mutex<Option<mpsc::Sender<Request>>>,
    written: Mutex<Option<mpsc::Receiver<Request>>>,
}

impl Ledger {
    pub fn new() -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        Self { lines: Mutex::new(Some(sender)), written: Mutex::new(Some(receiver)) }
    }

    /// Called when the answer is on its way already. A line that finds no room for a while is lost, and that is said.
    pub async fn add(&self, line: Request) {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(lines) = lines else { return };
        if lines.send_timeout(line, PATIENCE).await.is_err() {
            metrics::counter!(names::INTAKE_LINES_LOST).increment(1);
            tracing::warn!("a line of the request log is lost: the store is too slow");
        }
    }

    /// No line comes any more; what waits is still written.
    pub fn close(&self) {
        *self.lines.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Writes lines until the ledger is closed and empty.
    pub fn keep(&self, store: Arc<dyn Store>) -> impl Future<Output = ()> + Send + use<> {
        let receiver = self.written.lock().unwrap_or_else(PoisonError::into_inner).take();
        async move {
            let Some(mut receiver) = receiver else { return };
            let mut batch = Vec::with_capacity(BATCH);
            while receiver.recv_many(&mut batch, BATCH).await > 0 {
                write(&*store, std::mem::take(&mut batch)).await;
            }
        }
    }
}

async fn write(store: &dyn Store, batch: Vec<Request>) {
    let count = batch.len();
    let mut written = Requests::log(store, batch.clone()).await;
    if written == Err(Fault::Full) {
        // The log gives way to messages: one more try, later.
        tokio::time::sleep(PAUSE).await;
        written = Requests::log(store, batch).await;
    }
    if let Err(fault) = written {
        tracing::error!(%fault, count, "lines of the request log are lost");
    }
}

/// The status under which a call is kept whose caller did not wait for its answer.
pub(crate) const HUNG_UP: u16 = 499;

/// Counts the call and adds its line.
pub(crate) async fn keep(room: &Room, visit: &Visit, status: u16, answer: &Kept, refusal: Option<&Refusal>) {
    let call = &visit.call;
    let took = room.clock.now().since(call.at) / room.clock.speed();
    let endpoint = call.endpoint.map_or("none", |endpoint| endpoint.name);
    count(visit.dialect.name(), endpoint, status, (!visit.waited).then_some(took));

    let token = visit.shown.token.as_deref();
    let mime = |value: Option<&HeaderValue>| value.and_then(|mime| mime.to_str().ok()).unwrap_or_default().to_owned();
    let answered = || match answer {
        Kept::Nothing => String::new(),
        Kept::Bytes(bytes, kind) => mask::body(bytes, &mime(kind.as_ref()), token),
        Kept::File(size) => format!("(a file of {size} bytes)"),
        Kept::Stream => "(a stream)".to_owned(),
    };
    let (body, answer) = match (visit.secrecy, &call.file) {
        (Secrecy::Login, _) => (LOGIN.to_owned(), LOGIN.to_owned()),
        (_, Some(file)) => (format!("(a file of {} bytes)", file.size), answered()),
        (Secrecy::Masked, None) => (mask::body(&call.body, &mime(call.headers.get(CONTENT_TYPE)), token), answered()),
        (Secrecy::Unread, None) => match mask::shape(&call.body) {
            Some(shape) => {
                let answer = shape.answer(&answered());
                (shape.text, answer)
            }
            None => (UNREADABLE.to_owned(), UNREADABLE.to_owned()),
        },
    };
    let key = call.key();
    let account = call.caller.as_ref().and_then(|caller| caller.account.as_ref());
    let line = Request {
        id: call.id,
        at: call.at,
        workspace: key.map(|key| key.workspace),
        // One that is bound reads its own account's lines: those of calls that were refused, too.
        account: account.map(|account| account.id).or_else(|| key.and_then(|key| key.account)),
        key: key.map(|key| key.id),
        dialect: visit.dialect.name().to_owned(),
        endpoint: endpoint.to_owned(),
        method: call.method.to_string(),
        path: mask::path(&call.path, visit.raw_query.as_deref(), token),
        status,
        took_ms: u32::try_from(took.as_millis()).unwrap_or(u32::MAX),
        address: visit.address.to_string(),
        content_type: call.header(CONTENT_TYPE.as_str()).map(|kind| kind.chars().take(KIND).collect()),
        body,
        answer,
        code: refusal.map(|refusal| refusal.code().to_owned()),
    };
    room.ledger.add(line).await;
}

/// Kept in place of what a login says.
const LOGIN: &str = "(not kept: it belongs to a login)";

/// Kept in place of what sets things up and cannot be read, and of the answer, which may repeat it.
const UNREADABLE: &str = "(not kept: it could not be read, and a secret may stand in it)";

fn count(dialect: &'static str, endpoint: &'static str, status: u16, took: Option<Duration>) {
    use names::label::{DIALECT, ENDPOINT, STATUS};
    let class = match status {
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    };
    let labels = [(DIALECT, dialect), (ENDPOINT, endpoint), (STATUS, class)];
    metrics::counter!(names::INTAKE_REQUESTS, &labels).increment(1);
    if let Some(took) = took {
        let labels = [(DIALECT, dialect), (ENDPOINT, endpoint)];
        metrics::histogram!(names::INTAKE_REQUEST_SECONDS, &labels).record(took.as_secs_f64());
    }
}
