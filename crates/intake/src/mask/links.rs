//! Addresses without what often is a secret in them: a user's name and password, and all that the query and the fragment
//! hold.

/// What stands between the scheme and the rest: as it is, percent-encoded, and as PHP writes it into JSON.
const SLASHES: [&str; 4] = ["://", "%3A%2F%2F", "%3a%2f%2f", r":\/\/"];

const QUERY: [&str; 4] = ["?", "%3F", "%3f", "#"];

const HOST: [&str; 2] = ["@", "%40"];

/// A text with all addresses in it masked. One that begins as an address is one to its end.
pub fn masked(text: &str) -> String {
    let Some((mut start, mut rest_at)) = next(text, 0) else { return text.to_owned() };
    if start == 0 {
        return whole(text);
    }
    let (mut out, mut kept) = (String::with_capacity(text.len()), 0);
    loop {
        let length = text[rest_at..].find(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>'));
        let end = length.map_or(text.len(), |length| rest_at + length);
        out.push_str(&text[kept..start]);
        out.push_str(&whole(&text[start..end]));
        kept = end;
        match next(text, end) {
            Some(found) => (start, rest_at) = found,
            None => break,
        }
    }
    out.push_str(&text[kept..]);
    out
}

/// Where the next address begins, and where the part behind its slashes does.
fn next(text: &str, from: usize) -> Option<(usize, usize)> {
    let starts = text[from..].match_indices([':', '%']).map(|(at, _)| from + at);
    let length_at = |at: usize| SLASHES.iter().find(|mark| text[at..].starts_with(*mark)).map(|mark| mark.len());
    let (mark, length) = starts.filter_map(|at| Some((at, length_at(at)?))).next()?;
    let is_of_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
    let scheme = text.as_bytes()[from..mark].iter().rev().take_while(|byte| is_of_scheme(byte)).count();
    Some((mark - scheme, mark + length))
}

/// An address, with or without its scheme.
pub fn whole(url: &str) -> String {
    let behind = SLASHES.iter().filter_map(|mark| url.find(mark).map(|at| at + mark.len())).min().unwrap_or(0);
    let (scheme, rest) = url.split_at(behind);
    let (place, query) = rest.split_at(first(rest, &QUERY).unwrap_or(rest.len()));
    if has_odd_port(place) && first(query, &HOST).is_some() {
        // The password has a `?` or a `#` in it.
        return format!("{scheme}***");
    }
    let query = match query.chars().next() {
        None => "",
        Some('#') => "#***",
        Some(_) => "?***",
    };
    let host_at = HOST.iter().filter_map(|mark| place.rfind(mark).map(|at| at + mark.len())).max();
    match host_at {
        Some(at) => format!("{scheme}***@{}{query}", &place[at..]),
        None => format!("{scheme}{place}{query}"),
    }
}

fn first(text: &str, marks: &[&str]) -> Option<usize> {
    marks.iter().filter_map(|mark| text.find(mark)).min()
}

/// Whether what stands where a port would is none.
fn has_odd_port(place: &str) -> bool {
    let authority = place.split('/').next().unwrap_or_default();
    let port = authority.rsplit_once(':').or_else(|| authority.rsplit_once("%3A")).map_or("", |(_, port)| port);
    !port.bytes().all(|byte| byte.is_ascii_digit())
}
