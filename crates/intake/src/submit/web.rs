//! URLs that callers give us, as far as their form goes; where they may lead is `outside`'s to say.

use sluice_model::Refusal;
use sluice_model::listener::Target;
use url::Url;

/// The longest URL that is kept.
const LENGTH: usize = 2_048;

/// Refuses what is no `http` or `https` URL with a host, and one that holds a password: it would be kept and shown in clear,
/// and `outside` calls none.
pub(super) fn check_webhook(field: &'static str, url: &str) -> Result<(), Refusal> {
    let parsed = check(field, url, &["http", "https"])?;
    if parsed.username().is_empty() && parsed.password().is_none() {
        return Ok(());
    }
    Err(Refusal::invalid(field, "must not hold a user name or password"))
}

pub(super) fn check_target(target: &Target) -> Result<(), Refusal> {
    match target {
        Target::Pull | Target::PerMessage => Ok(()),
        Target::Push { url } => check_webhook("url", url),
    }
}

pub(super) fn check_proxy(url: &str) -> Result<(), Refusal> {
    check("proxy", url, &["http", "https", "socks5", "socks5h"]).map(drop)
}

fn check(field: &'static str, url: &str, schemes: &[&str]) -> Result<Url, Refusal> {
    if url.len() > LENGTH {
        return Err(Refusal::TooLong { field, limit: LENGTH });
    }
    let parsed = Url::parse(url).map_err(|error| Refusal::invalid(field, format!("is not a URL: {error}")))?;
    if schemes.contains(&parsed.scheme()) && parsed.host().is_some() {
        return Ok(parsed);
    }
    let beginnings: Vec<String> = schemes.iter().map(|scheme| format!("{scheme}://")).collect();
    Err(Refusal::invalid(field, format!("must begin with {}", beginnings.join(" or "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_is_http_with_a_host() {
        for good in ["http://a", "https://example.org:8443/hook?x=1", "http://[::1]/"] {
            assert_eq!(check_webhook("url", good), Ok(()), "{good}");
        }
        for bad in ["", "example.org", "ftp://a", "http://", "javascript:alert(1)", "file:///etc/passwd", "socks5://a"]
            .into_iter()
            .chain(["https://ann@a/", "https://:secret@a/"])
        {
            assert!(check_webhook("url", bad).is_err(), "{bad}");
        }
        assert_eq!(check_proxy("socks5://user:pass@proxy:1080"), Ok(()));
        let long = format!("http://a/{}", "x".repeat(LENGTH));
        assert_eq!(check_webhook("url", &long), Err(Refusal::TooLong { field: "url", limit: LENGTH }));
    }
}
