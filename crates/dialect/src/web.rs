//! Addresses of the web that calls name, of files mostly.

/// Without the blanks around it; `None` for what is no address of the web. Blanks within and letters of other alphabets are
/// left to the HTTP client, which writes them as it must.
pub fn address(text: &str) -> Option<&str> {
    let text = text.trim();
    let rest = ["http://", "https://"].iter().find_map(|scheme| {
        let (start, rest) = text.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(rest)
    });
    let host = rest?.split(['/', '?', '#']).next().unwrap_or_default();
    (!host.is_empty() && !text.chars().any(char::is_control)).then_some(text)
}

/// The last part of an address' path, as it stands there; `None` when there is none.
pub fn name_in(address: &str) -> Option<&str> {
    let place = address.split(['?', '#']).next()?;
    let (_, path) = place.split_once("://")?.1.split_once('/')?;
    path.rsplit('/').next().filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_the_end_of_its_path() {
        assert_eq!(name_in("https://example.org/a/b.pdf?x=1/2"), Some("b.pdf"));
        for bare in ["https://example.org", "https://example.org/", "https://example.org?a=/b", "b.pdf"] {
            assert_eq!(name_in(bare), None, "{bare}");
        }
    }

    #[test]
    fn an_address_leads_into_the_web() {
        assert_eq!(address(" HTTPS://example.org/кот.png "), Some("HTTPS://example.org/кот.png"));
        for text in ["", "ftp://example.org/a", "https://", "example.org", "http:///a", "http://?a", "http://a/\nb"] {
            assert_eq!(address(text), None, "{text}");
        }
    }
}
