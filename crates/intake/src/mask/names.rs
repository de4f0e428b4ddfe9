//! What names say about the values under them.

/// Words within the names of what is nobody else's business.
const TELLING: [&str; 9] = ["token", "secret", "passw", "pwd", "apikey", "api_key", "api-key", "authoriz", "proxy"];

/// Words within the names of files in base64.
const BULKY: [&str; 3] = ["b64", "base64", "thumbnail"];

/// Words within the names of addresses, which callers also write without `https://`.
const PLACES: [&str; 3] = ["url", "uri", "hook"];

/// A secret stands under it.
pub fn is_telling(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_whole = matches!(name.as_str(), "auth" | "pass" | "password" | "authorization");
    is_whole || name.starts_with("auth_") || TELLING.iter().any(|word| name.contains(word))
}

/// A file stands under it.
pub fn is_bulky(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    BULKY.iter().any(|word| name.contains(word))
}

/// An address of the web stands under it.
pub fn is_place(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    PLACES.iter().any(|word| name.contains(word))
}
