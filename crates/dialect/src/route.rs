//! From a method and a path to an endpoint.

use http::Method;

use crate::{Dialect, Endpoint};

/// All endpoints of some dialects, ready to be matched.
pub struct Router {
    dialects: Vec<(&'static dyn Dialect, Vec<Row>)>,
}

struct Row {
    endpoint: &'static Endpoint,
    parts: Vec<Part>,
}

/// A piece of a pattern between slashes: fixed text, then perhaps one variable.
struct Part {
    fixed: &'static str,
    variable: Option<&'static str>,
}

/// Where a call belongs.
#[derive(Clone)]
pub enum Route {
    Endpoint {
        dialect: &'static dyn Dialect,
        endpoint: &'static Endpoint,
        params: Vec<(&'static str, String)>,
    },
    /// The path is there, the method is not.
    WrongMethod {
        dialect: &'static dyn Dialect,
        allow: Vec<&'static str>,
    },
    /// The path is in this dialect's land, and nothing is there.
    Unknown {
        dialect: &'static dyn Dialect,
    },
    /// Nobody's.
    Nobody,
}

impl Router {
    pub fn new(dialects: &[&'static dyn Dialect]) -> Self {
        let rows = |dialect: &'static dyn Dialect| {
            dialect.endpoints().iter().map(|endpoint| Row { endpoint, parts: parts(endpoint.path) }).collect()
        };
        Self { dialects: dialects.iter().map(|dialect| (*dialect, rows(*dialect))).collect() }
    }

    /// As [`Router::route`], for a call to `host` (with or without a port): some APIs are known by that.
    pub fn route_at(&self, host: &str, method: &Method, path: &str) -> Route {
        let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
        let at_host = self.dialects.iter().find_map(|(dialect, _)| dialect.path_at(host, method, path));
        self.route(method, at_host.unwrap_or(path))
    }

    /// `path` as it came, still percent-encoded, without the query. What any dialect serves comes before what a dialect
    /// owns and does not serve: two share the beginning `/v1`.
    pub fn route(&self, method: &Method, path: &str) -> Route {
        let pieces: Vec<&str> = path.split('/').filter(|piece| !piece.is_empty()).collect();
        let whole = format!("/{}", pieces.join("/"));
        for (dialect, rows) in &self.dialects {
            let mut allow = Vec::new();
            for row in rows {
                let Some(params) = row.matches(&pieces, dialect.ignores_case()) else { continue };
                if row.endpoint.method == *method {
                    return Route::Endpoint { dialect: *dialect, endpoint: row.endpoint, params };
                }
                if !allow.contains(&row.endpoint.method.as_str()) {
                    allow.push(row.endpoint.method.as_str());
                }
            }
            if !allow.is_empty() {
                return Route::WrongMethod { dialect: *dialect, allow };
            }
        }
        let owner = self.dialects.iter().find(|(dialect, _)| dialect.owns(&whole));
        if let Some((dialect, _)) = owner {
            return Route::Unknown { dialect: *dialect };
        }
        Route::Nobody
    }
}

impl Row {
    fn matches(&self, pieces: &[&str], ignore_case: bool) -> Option<Vec<(&'static str, String)>> {
        if pieces.len() != self.parts.len() {
            return None;
        }
        let mut params = Vec::new();
        for (part, piece) in self.parts.iter().zip(pieces) {
            let (start, rest) = piece.split_at_checked(part.fixed.len())?;
            if !(start == part.fixed || ignore_case && start.eq_ignore_ascii_case(part.fixed)) {
                return None;
            }
            match part.variable {
                Some(name) if !rest.is_empty() => params.push((name, decode(rest))),
                None if rest.is_empty() => {}
                _ => return None,
            }
        }
        Some(params)
    }
}

fn parts(pattern: &'static str) -> Vec<Part> {
    pattern
        .split('/')
        .filter(|piece| !piece.is_empty())
        .map(|piece| match piece.split_once('{') {
            Some((fixed, variable)) => Part { fixed, variable: Some(variable.trim_end_matches('}')) },
            None => Part { fixed: piece, variable: None },
        })
        .collect()
}

fn decode(piece: &str) -> String {
    percent_encoding::percent_decode_str(piece).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ALL;

    #[test]
    fn every_endpoint_is_found_by_its_own_pattern_and_by_nobody_before_it() {
        let router = Router::new(ALL);
        for dialect in ALL {
            for endpoint in dialect.endpoints() {
                let path = endpoint.path.replace('{', "x").replace('}', "y");
                match router.route(&endpoint.method, &path) {
                    Route::Endpoint { dialect: found, endpoint: row, .. } => {
                        assert_eq!((found.name(), row.path), (dialect.name(), endpoint.path), "{endpoint:?}");
                    }
                    _ => panic!("{endpoint:?} is not routed"),
                }
            }
        }
    }

    #[test]
    fn variables_are_decoded_and_slashes_do_not_count() {
        let row = Row { endpoint: &crate::native::ENDPOINTS[0], parts: parts("/waInstance{id}/get/{token}") };
        let pieces = ["WAINSTANCE12", "GET", "a%20b"];
        assert_eq!(row.matches(&pieces, true), Some(vec![("id", "12".to_owned()), ("token", "a b".to_owned())]));
        assert_eq!(row.matches(&pieces, false), None);
        assert_eq!(row.matches(&["waInstance", "get", "t"], true), None);
    }
}
