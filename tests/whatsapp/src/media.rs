//! The media host: files are kept as they were uploaded, encrypted by their senders.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::Inner;

/// The largest file that is taken.
const LARGEST: usize = 128 << 20;
/// What all files together may take; the oldest go first.
const ALL: usize = 512 << 20;

#[derive(Default)]
pub struct Files {
    kept: HashMap<String, Bytes>,
    order: VecDeque<String>,
    size: usize,
    /// Uploads and downloads are answered so until it is cleared.
    pub failing: Option<u16>,
}

impl Files {
    pub fn keep(&mut self, path: String, bytes: Bytes) {
        self.size += bytes.len();
        if let Some(older) = self.kept.insert(path.clone(), bytes) {
            self.size -= older.len();
        } else {
            self.order.push_back(path);
        }
        while self.size > ALL {
            let Some(oldest) = self.order.pop_front() else { break };
            self.size -= self.kept.remove(&oldest).map_or(0, |bytes| bytes.len());
        }
    }

    pub fn get(&self, path: &str) -> Option<Bytes> {
        self.kept.get(path).cloned()
    }

    pub fn count(&self) -> usize {
        self.kept.len()
    }
}

/// Serves one plain HTTP connection.
pub async fn serve(inner: Arc<Inner>, stream: TcpStream) -> anyhow::Result<()> {
    let service = service_fn(move |request| {
        let inner = inner.clone();
        async move { Ok::<_, Infallible>(answer(&inner, request).await) }
    });
    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await?;
    Ok(())
}

async fn answer(inner: &Inner, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    if let Some(status) = inner.lock().files.failing {
        return reply(status, Bytes::new());
    }
    let path = head.uri.path().to_owned();
    if head.method == Method::GET {
        return match inner.lock().files.get(&path) {
            Some(bytes) => reply(200, bytes),
            None => reply(404, Bytes::new()),
        };
    }
    let asks_to_resume = head.uri.query().is_some_and(|query| query.split('&').any(|pair| pair == "resume=1"));
    if asks_to_resume {
        return reply(200, Bytes::from_static(b"{\"resume\":\"0\"}"));
    }
    let Ok(body) = Limited::new(body, LARGEST).collect().await else { return reply(413, Bytes::new()) };
    let told = inner.change(|state| {
        let path = format!("/o1/{}", state.next());
        state.files.keep(path.clone(), body.to_bytes());
        serde_json::json!({"url": format!("https://{}{path}", state.host), "direct_path": path})
    });
    reply(200, told.to_string().into())
}

fn reply(status: u16, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}
