//! Fetching a file that a message names by its URL.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout};
use url::Url;

use crate::client::{Client, parse};
use crate::limits::DownloadLimits;
use crate::trouble::{Stage, Trouble};

/// A file name longer than this many characters is cut (its end is kept: the extension is there).
const LONGEST_NAME: usize = 120;

/// What is known of a file that was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Downloaded {
    /// `Content-Type` in lower case without parameters, as the server claims it.
    pub mime: Option<String>,
    /// From `Content-Disposition`, else the last part of the URL's path. No folders, no control characters.
    pub file_name: Option<String>,
    /// The file's length.
    pub bytes: u64,
}

impl Client {
    /// Writes the file at `url` into `sink`, following redirects (3 by default) with every hop checked anew.
    ///
    /// # Errors
    /// [`Trouble::Status`] for an answer other than 2xx, [`Trouble::TooLarge`] over `limit_bytes`, and the
    /// troubles of [`Client::send`]. After an error `sink` holds a part of the file or nothing.
    pub async fn download(
        &self,
        url: &str,
        limit_bytes: u64,
        sink: &mut (dyn AsyncWrite + Unpin + Send),
    ) -> Result<Downloaded, Trouble> {
        let limits = self.settings.download;
        let url = parse(url)?;
        let host = host_of(&url);
        match timeout(limits.total, self.fetch(url, limit_bytes, limits, sink)).await {
            Ok(done) => done,
            Err(_) => Err(Trouble::Timeout { host, stage: Stage::Body }),
        }
    }

    async fn fetch(
        &self,
        url: Url,
        limit_bytes: u64,
        limits: DownloadLimits,
        sink: &mut (dyn AsyncWrite + Unpin + Send),
    ) -> Result<Downloaded, Trouble> {
        let (response, url) = self.follow(url, limits).await?;
        let host = host_of(&url);
        if !response.status().is_success() {
            return Err(Trouble::Status { host, status: response.status().as_u16() });
        }
        if response.content_length().is_some_and(|length| length > limit_bytes) {
            return Err(Trouble::TooLarge { host });
        }
        let mime = mime(response.headers());
        let file_name = disposition(response.headers()).or_else(|| last_part(&url));
        let bytes = pour(response, &host, limit_bytes, limits, sink).await?;
        Ok(Downloaded { mime, file_name, bytes })
    }

    /// The first answer that is not a redirect, and where it came from.
    pub(crate) async fn follow(
        &self,
        mut url: Url,
        limits: DownloadLimits,
    ) -> Result<(reqwest::Response, Url), Trouble> {
        // a file must arrive as it is
        let identity = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"))]);
        for _ in 0..=limits.redirects {
            let request = self.request(Method::GET, url.clone(), identity.clone(), Bytes::new());
            let response = self.open(request, limits.headers).await?;
            let Some(next) = response.headers().get(header::LOCATION).filter(|_| response.status().is_redirection())
            else {
                return Ok((response, url));
            };
            let next = String::from_utf8_lossy(next.as_bytes());
            url = url
                .join(&next)
                .map_err(|_| Trouble::Status { host: host_of(&url), status: response.status().as_u16() })?;
        }
        Err(Trouble::TooManyRedirects { host: host_of(&url) })
    }
}

/// Writes the body into `sink`; gives its length.
async fn pour(
    mut response: reqwest::Response,
    host: &str,
    limit_bytes: u64,
    limits: DownloadLimits,
    sink: &mut (dyn AsyncWrite + Unpin + Send),
) -> Result<u64, Trouble> {
    let host = || host.to_owned();
    let stored = |error: std::io::Error| Trouble::Storage(error.kind());
    let mut bytes = 0;
    // only time spent waiting for the server counts against it, not the time our disk takes
    let mut waited = Duration::ZERO;
    loop {
        let allowed = limits.patience + Duration::from_secs(bytes / u64::from(limits.bytes_per_second.max(1)));
        let asked = Instant::now();
        let chunk = match timeout(allowed.saturating_sub(waited), response.chunk()).await {
            Ok(Ok(Some(chunk))) => chunk,
            Ok(Ok(None)) => break,
            Ok(Err(error)) => return Err(Trouble::of(&host(), &error)),
            Err(_) => {
                return Err(Trouble::Timeout { host: host(), stage: Stage::Body });
            }
        };
        waited += asked.elapsed();
        bytes += chunk.len() as u64;
        if bytes > limit_bytes {
            return Err(Trouble::TooLarge { host: host() });
        }
        sink.write_all(&chunk).await.map_err(stored)?;
    }
    sink.flush().await.map_err(stored)?;
    Ok(bytes)
}

pub(crate) fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

fn mime(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let essence = value.split(';').next()?.trim().to_ascii_lowercase();
    essence.contains('/').then_some(essence)
}

/// The name in `Content-Disposition`: `filename*=UTF-8''%D1%84.pdf` (RFC 6266) before `filename="f.pdf"`.
fn disposition(headers: &HeaderMap) -> Option<String> {
    // many servers send plain UTF-8 here, which is outside of what `to_str` takes
    let value = String::from_utf8_lossy(headers.get(header::CONTENT_DISPOSITION)?.as_bytes());
    let parameter = |wanted: &str| {
        parameters(&value).into_iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value)
    };
    let extended = parameter("filename*").and_then(|value| {
        let (charset, rest) = value.split_once('\'')?;
        let (_language, encoded) = rest.split_once('\'')?;
        charset.eq_ignore_ascii_case("utf-8").then(|| decoded(encoded))
    });
    extended.or_else(|| parameter("filename")).and_then(|name| clean(&name))
}

/// `name=value` pairs behind the first semicolon; a quoted value may hold semicolons and escaped quotes.
fn parameters(header: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = header.chars();
    rest.by_ref().find(|sign| *sign == ';');
    loop {
        let name: String = rest.by_ref().take_while(|sign| *sign != '=').collect();
        if name.is_empty() {
            return found;
        }
        let mut value = String::new();
        let mut quoted = false;
        while let Some(sign) = rest.next() {
            match sign {
                '"' => quoted = !quoted,
                '\\' if quoted => value.extend(rest.next()),
                ';' if !quoted => break,
                other => value.push(other),
            }
        }
        found.push((name.trim().to_owned(), value.trim().to_owned()));
    }
}

fn last_part(url: &Url) -> Option<String> {
    clean(&decoded(url.path_segments()?.next_back()?))
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// A name that can be shown and stored: the last part of a path, without control characters and the marks
/// that turn the direction of writing (`exe.gpj` shown as `jpg.exe`).
fn clean(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next()?;
    let turns =
        |sign: &char| matches!(sign, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let kept: Vec<char> = last.chars().filter(|sign| !sign.is_control() && !turns(sign)).collect();
    let kept: String = kept[kept.len().saturating_sub(LONGEST_NAME)..].iter().collect();
    let kept = kept.trim_matches([' ', '.']);
    (!kept.is_empty()).then(|| kept.to_owned())
}

#[cfg(test)]
mod tests;
