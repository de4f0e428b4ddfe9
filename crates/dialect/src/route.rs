//! From a method and a path to an endpoint.

use http::Method;

use crate::{Dialect, Endpoint};

/// All endpoints of some dialects, ready to be matched.
pub struct Router {
    lands: Vec<Land>,
}

/// A dialect and its endpoints, by how many pieces their paths have: some dialects have a hundred.
struct Land {
    dialect: &'static dyn Dialect,
    rows: Vec<Vec<Row>>,
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
        Self { lands: dialects.iter().map(|dialect| Land::new(*dialect)).collect() }
    }

    /// As [`Router::route`], for a call to `host` (with or without a port): some APIs are known by that.
    pub fn route_at(&self, host: &str, method: &Method, path: &str) -> Route {
        let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
        let at_host = self.lands.iter().find_map(|land| land.dialect.path_at(host, method, path));
        self.route(method, at_host.unwrap_or(path))
    }

    /// `path` as it came, still percent-encoded, without the query. What any dialect serves comes before what a dialect
    /// owns and does not serve: two share the beginning `/v1`.
    pub fn route(&self, method: &Method, path: &str) -> Route {
        let pieces: Vec<&str> = path.split('/').filter(|piece| !piece.is_empty()).collect();
        for Land { dialect, rows } in &self.lands {
            let (dialect, ignore_case) = (*dialect, dialect.ignores_case());
            let mut allow = Vec::new();
            for row in rows.get(pieces.len()).into_iter().flatten().filter(|row| row.fits(&pieces, ignore_case)) {
                if row.endpoint.method == *method {
                    return Route::Endpoint { dialect, endpoint: row.endpoint, params: row.params(&pieces) };
                }
                if !allow.contains(&row.endpoint.method.as_str()) {
                    allow.push(row.endpoint.method.as_str());
                }
            }
            if !allow.is_empty() {
                return Route::WrongMethod { dialect, allow };
            }
        }
        let whole = format!("/{}", pieces.join("/"));
        let owner = self.lands.iter().find(|land| land.dialect.owns(&whole));
        owner.map_or(Route::Nobody, |land| Route::Unknown { dialect: land.dialect })
    }
}

impl Land {
    fn new(dialect: &'static dyn Dialect) -> Self {
        let mut rows = Vec::new();
        for endpoint in dialect.endpoints() {
            let row = Row { endpoint, parts: parts(endpoint.path) };
            if rows.len() <= row.parts.len() {
                rows.resize_with(row.parts.len() + 1, Vec::new);
            }
            rows[row.parts.len()].push(row);
        }
        Self { dialect, rows }
    }
}

impl Row {
    /// Whether as many pieces as there are parts are like them.
    fn fits(&self, pieces: &[&str], ignore_case: bool) -> bool {
        self.parts.iter().zip(pieces).all(|(part, piece)| {
            piece.split_at_checked(part.fixed.len()).is_some_and(|(start, rest)| {
                rest.is_empty() == part.variable.is_none()
                    && (start == part.fixed || ignore_case && start.eq_ignore_ascii_case(part.fixed))
            })
        })
    }

    /// What pieces that fit say for the variables.
    fn params(&self, pieces: &[&str]) -> Vec<(&'static str, String)> {
        let said = |(part, piece): (&Part, &&str)| Some((part.variable?, decode(&piece[part.fixed.len()..])));
        self.parts.iter().zip(pieces).filter_map(said).collect()
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
        assert!(row.fits(&pieces, true) && !row.fits(&pieces, false));
        assert_eq!(row.params(&pieces), [("id", "12".to_owned()), ("token", "a b".to_owned())]);
        assert!(!row.fits(&["waInstance", "get", "t"], true), "a variable needs its value");
        assert!(!row.fits(&["waInstance1", "gets", "t"], true), "a fixed part has nothing behind it");
    }
}
