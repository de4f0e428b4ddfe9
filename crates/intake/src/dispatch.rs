//! A request's way from its head to its answer.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::header::HOST;
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, request};
use hyper::body::{Body as _, Incoming};
use hyper::upgrade::OnUpgrade;
use sluice_dialect::{Body as Comes, Call, Credentials, Dialect, Endpoint, Route, Writing};
use sluice_model::{Command, Outcome, Refusal, RequestId, Timestamp};
use sluice_store::Fault;
use tokio::sync::oneshot;

use crate::door::body::{Arriving, Trouble, too_deep};
use crate::door::{form, peer};
use crate::rates::Left;
use crate::respond::{Kept, preflight, respond};
use crate::room::{Admitted, Room};
use crate::secrecy::Secrecy;
use crate::stream::{self, Plan};
use crate::submit::{Errand, Error, may_wait, only_waits};
use crate::{auth, log, pages, reply};

/// Bytes of a body that nobody reads and that mostly come together with the head: hyper passes over them. Behind more it
/// closes the connection, which the answer must say, or the caller's next call is lost.
const PASSED_OVER: u64 = 4_096;

/// When a full or draining gateway asks callers to come again.
const COME_AGAIN: Duration = Duration::from_secs(1);

/// How a call ended that has no outcome.
enum Halt {
    Refused(Refusal),
    Broken(Fault),
    /// The body did not come in time.
    TooSlow,
    /// Nobody is there to hear an answer.
    HungUp,
}

impl<E: Into<Error>> From<E> for Halt {
    fn from(error: E) -> Self {
        match error.into() {
            Error::Refused(refusal) => Self::Refused(refusal),
            Error::Broken(fault) => Self::Broken(fault),
        }
    }
}

/// A call with what the house must know of it besides.
pub(crate) struct Visit {
    pub call: Call,
    pub dialect: &'static dyn Dialect,
    pub shown: Credentials,
    pub address: IpAddr,
    pub raw_query: Option<String>,
    /// What is left of the method's rate, where it has one.
    pub left: Option<Left>,
    /// The way to a WebSocket, until it is gone.
    pub upgrade: Option<OnUpgrade>,
    /// More of the body may be on its way than the connection can pass over: it ends with the answer.
    pub is_unread: bool,
    pub secrecy: Secrecy,
    /// It waited for its caller's sake, so that its time says nothing about us.
    pub waited: bool,
}

impl Room {
    /// Answers one request. The work is begun at once, before the future is asked for anything, and goes on when the
    /// connection, and with it the future, is gone: hyper drops both as soon as it sees that the peer hung up.
    pub fn receive(
        self: &Arc<Self>,
        request: Request<Incoming>,
        peer: IpAddr,
    ) -> impl Future<Output = Response<Body>> + use<> {
        let (answer, answered) = oneshot::channel();
        tokio::spawn(visit(Arc::clone(self), request, peer, answer));
        let closing = self.closing.clone();
        async move {
            // The sender is dropped without an answer only by a panic, which has been logged.
            let response = answered.await.unwrap_or_else(|_| reply::plain(StatusCode::INTERNAL_SERVER_ERROR));
            if closing.is_cancelled() { reply::last(response) } else { response }
        }
    }

    /// Our own trouble, said once in the log; the caller gets the code that finds it there.
    pub(crate) fn own_up(&self, fault: Fault, call: &Call) -> Refusal {
        let endpoint = call.endpoint.map(|endpoint| endpoint.name);
        if matches!(fault, Fault::Full | Fault::Slow | Fault::Broken(_)) {
            tracing::warn!(%fault, endpoint, "a call was turned away");
            return Refusal::Busy { retry_after: COME_AGAIN };
        }
        let code = format!("F-{:x}", call.id.get());
        tracing::error!(%fault, code, endpoint, "a call failed");
        Refusal::Fault { code }
    }
}

async fn visit(room: Arc<Room>, request: Request<Incoming>, peer: IpAddr, answer: oneshot::Sender<Response<Body>>) {
    if request.headers().len() > room.limits.header_count {
        // Nobody hears an answer only if they hung up.
        let _ = answer.send(reply::last(reply::plain(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)));
        return;
    }
    if let Some(page) = pages::own(&room, request.method(), request.uri().path(), request.headers()).await {
        let _ = answer.send(page);
        return;
    }
    let mut admitted = room.admit();
    let at = room.clock.now();
    let id = RequestId(room.mint(at));
    let (mut head, body) = request.into_parts();
    let upgrade = head.extensions.remove::<OnUpgrade>();
    let is_unread = body.size_hint().upper().is_none_or(|length| length > PASSED_OVER);
    // HEAD is GET without the answer's body, which hyper leaves out.
    let method = if head.method == Method::HEAD { Method::GET } else { head.method.clone() };
    let (dialect, endpoint, params, refusal) = match room.router.route_at(&host(&head), &method, head.uri.path()) {
        Route::Endpoint { dialect, endpoint, params } => (dialect, Some(endpoint), params, None),
        Route::WrongMethod { dialect, allow } if method == Method::OPTIONS => {
            let _ = answer.send(preflight(dialect, &allow));
            return;
        }
        Route::WrongMethod { dialect, allow } => (dialect, None, Vec::new(), Some(Refusal::MethodNotAllowed { allow })),
        Route::Unknown { dialect } => (dialect, None, Vec::new(), Some(Refusal::PathUnknown)),
        Route::Nobody => (room.dialects[0], None, Vec::new(), Some(Refusal::PathUnknown)),
    };
    let raw_query = head.uri.query().map(str::to_owned);
    let query = url::form_urlencoded::parse(raw_query.as_deref().unwrap_or_default().as_bytes());
    let query = query.into_owned().collect();
    let address = peer::caller(peer, &head.headers, &room.limits.trusted_proxies);
    let call = Call {
        id,
        at,
        endpoint,
        method: head.method,
        path: head.uri.path().to_owned(),
        params,
        query,
        headers: head.headers,
        body: Bytes::new(),
        file: None,
        form: None,
        caller: None,
        spelling: room.spelling.clone(),
        links: room.links.clone(),
    };
    // A slice of the connection's buffer, as headers are.
    drop(head.uri);
    let shown = dialect.credentials(&call);
    let mut visit = Visit {
        call,
        dialect,
        shown,
        address,
        raw_query,
        left: None,
        upgrade,
        is_unread,
        secrecy: Secrecy::Masked,
        waited: false,
    };
    let (mut plan, mut answer) = (None, answer);
    let carried = match (refusal, endpoint, &mut admitted) {
        (Some(refusal), _, admitted) => {
            if admitted.is_some() {
                visit.call.caller = auth::recognise(&room, visit.dialect, &visit.call, &visit.shown).await;
            }
            Err(Halt::Refused(refusal))
        }
        (None, Some(endpoint), Some(admitted)) => {
            understand(&room, &mut visit, endpoint, body, admitted, &mut plan, &mut answer).await
        }
        _ => Err(Halt::Refused(Refusal::Busy { retry_after: COME_AGAIN })),
    };
    if let Some(admitted) = &mut admitted {
        // What is left must be finished, but it is no work that others would have to wait for.
        admitted.only_waits();
    }
    conclude(&room, visit, carried, plan, answer).await;
    drop(admitted);
}

/// As the caller named it; empty when it did not.
fn host(head: &request::Parts) -> String {
    let named = head.headers.get(HOST).and_then(|host| host.to_str().ok());
    named.or(head.uri.authority().map(Authority::as_str)).unwrap_or_default().to_owned()
}

/// Checks the key, reads the body, has the dialect read the command and carries it out.
async fn understand(
    room: &Arc<Room>,
    visit: &mut Visit,
    endpoint: &'static Endpoint,
    body: Incoming,
    admitted: &mut Admitted,
    plan: &mut Option<Plan>,
    answer: &mut oneshot::Sender<Response<Body>>,
) -> Result<Outcome, Halt> {
    auth::check(room, visit.dialect, endpoint, &mut visit.call, &visit.shown).await?;
    if let Some(account) = visit.call.caller.as_ref().and_then(|caller| caller.account.as_ref()) {
        let (left, taken) = room.rates.take(visit.dialect, endpoint, account.id);
        visit.left = left;
        taken?;
    }
    visit.secrecy = Secrecy::before_reading(endpoint);
    let has_body = endpoint.body != Comes::None;
    if has_body {
        // Who never ends it holds up nobody else.
        admitted.only_waits();
    }
    take_body(room, &mut visit.call, endpoint.body, body).await?;
    if has_body && !admitted.goes_on(room) {
        return Err(Halt::Refused(Refusal::Busy { retry_after: COME_AGAIN }));
    }
    visit.is_unread &= endpoint.body == Comes::None;
    let command = (endpoint.read)(&visit.call)?;
    visit.secrecy = Secrecy::of(endpoint, &visit.call, &command);
    visit.waited = may_wait(&command);
    *plan = Plan::of(&command);
    if visit.waited {
        admitted.only_waits();
        detach(&mut visit.call.headers);
    }
    let errand = Errand { room, call: &visit.call, dialect: visit.dialect };
    if only_waits(&command) {
        return tokio::select! {
            outcome = errand.carry_out(command) => Ok(outcome?),
            () = answer.closed() => Err(Halt::HungUp),
        };
    }
    let guess = match &command {
        Command::SignIn { login, .. } => Some(room.guesses.allow(visit.address, login, visit.call.at)?),
        // A code has no name that it is tried under.
        Command::Pair { .. } => Some(room.guesses.allow(visit.address, "", visit.call.at)?),
        _ => None,
    };
    let outcome = errand.carry_out(command).await;
    if let (Some(guess), Err(Error::Refused(Refusal::KeyInvalid))) = (guess, &outcome) {
        room.guesses.note(guess, visit.call.at);
    }
    Ok(outcome?)
}

/// Copies the values out of the connection's buffer: ten thousand calls that wait would keep as many buffers.
fn detach(headers: &mut HeaderMap) {
    for value in headers.values_mut() {
        if let Ok(copy) = HeaderValue::from_bytes(value.as_bytes()) {
            *value = copy;
        }
    }
}

async fn take_body(room: &Room, call: &mut Call, comes: Comes, body: Incoming) -> Result<(), Halt> {
    let mut arriving = match comes {
        Comes::None => return Ok(()),
        Comes::Small => Arriving::small(body, &room.limits),
        Comes::Large | Comes::File => Arriving::media(body, &room.limits),
    };
    let form = call.header("content-type").filter(|_| comes != Comes::Small).and_then(form::boundary);
    let trouble = if let Some(boundary) = form {
        match form::take(&mut arriving, boundary, &*room.blobs, &room.limits).await {
            Ok((form, file)) => {
                (call.form, call.file) = (Some(form), file);
                return Ok(());
            }
            Err(form::Error::Trouble(trouble)) => trouble,
            Err(form::Error::Fault(fault)) => return Err(Halt::Broken(fault)),
            Err(form::Error::Broken) => match arriving.trouble() {
                Some(trouble) => trouble,
                None => return Err(Halt::Refused(form::no_whole_form())),
            },
        }
    } else if comes == Comes::File {
        match room.blobs.keep(&mut arriving.reader(), room.limits.media_bytes).await {
            Ok(Some(blob)) => {
                call.file = Some(blob);
                return Ok(());
            }
            Ok(None) => Trouble::TooLarge { limit: room.limits.media_bytes },
            // The reader failed, which the keeper can only tell as its own trouble.
            Err(fault) => arriving.trouble().ok_or(fault)?,
        }
    } else {
        match arriving.read().await {
            Ok(body) => {
                call.body = body;
                return check_depth(room, call);
            }
            Err(trouble) => trouble,
        }
    };
    Err(match trouble {
        Trouble::TooLarge { limit } => Halt::Refused(Refusal::TooLarge { limit }),
        Trouble::TooSlow => Halt::TooSlow,
        Trouble::Gone => Halt::HungUp,
    })
}

/// A body that is read as JSON and nests too deep is refused before a parser follows it down.
fn check_depth(room: &Room, call: &Call) -> Result<(), Halt> {
    if Writing::of(&call.body) != Writing::Json {
        return Ok(());
    }
    let depth = room.limits.json_depth;
    match too_deep(&call.body, depth) {
        None => Ok(()),
        Some((line, column)) => {
            Err(Halt::Refused(Refusal::Malformed { note: format!("nested deeper than {depth}"), line, column }))
        }
    }
}

/// Sends the answer, keeps a line of it, and writes the stream where there is one.
async fn conclude(
    room: &Arc<Room>,
    mut visit: Visit,
    carried: Result<Outcome, Halt>,
    plan: Option<Plan>,
    answer: oneshot::Sender<Response<Body>>,
) {
    let outcome = match carried {
        Ok(outcome) => Ok(outcome),
        Err(Halt::Refused(refusal)) => Err(refusal),
        Err(Halt::Broken(fault)) => Err(room.own_up(fault, &visit.call)),
        Err(Halt::TooSlow) => {
            let _ = answer.send(reply::last(reply::plain(StatusCode::REQUEST_TIMEOUT)));
            return log::keep(room, &visit, StatusCode::REQUEST_TIMEOUT.as_u16(), &Kept::Nothing, None).await;
        }
        Err(Halt::HungUp) => return log::keep(room, &visit, log::HUNG_UP, &Kept::Nothing, None).await,
    };
    let arrived = visit.call.at;
    if let Ok(outcome) = &outcome {
        // A repeat under an idempotency key is answered as the first time, to the byte.
        visit.call.at = accepted_at(outcome).unwrap_or(arrived);
    }
    let refusal = outcome.as_ref().err().cloned();
    let reply = visit.dialect.answer(&visit.call, outcome);
    visit.call.at = arrived;
    let (response, kept, feed) = respond(room, &visit, reply, refusal.as_ref()).await;
    let response = if visit.is_unread { reply::last(response) } else { response };
    let status = response.status().as_u16();
    // Nobody hears it only if they hung up; what was done stays done.
    let _ = answer.send(response);
    log::keep(room, &visit, status, &kept, refusal.as_ref()).await;
    if let (Some(feed), Some(plan)) = (feed, plan) {
        // Boxed, or every call's task would have room for it.
        Box::pin(stream::run(room, &visit.call, visit.dialect, plan, feed)).await;
    }
}

/// When what is answered was accepted, if it is about that.
fn accepted_at(outcome: &Outcome) -> Option<Timestamp> {
    match outcome {
        Outcome::Accepted(accepted) => accepted.first().map(|first| first.at),
        Outcome::Each(verdicts) => verdicts.iter().flatten().next().map(|first| first.at),
        Outcome::Sent { accepted, .. } => Some(accepted.at),
        _ => None,
    }
}
