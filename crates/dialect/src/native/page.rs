//! The description as a page that people read: made from the description alone, without script, font or picture.

use std::fmt::Write;
use std::sync::LazyLock;

use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue};
use serde_json::Value;

use super::{openapi, problem, sample};
use crate::Reply;

/// The page takes nothing from anywhere but its own style sheet.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

pub fn html() -> Reply {
    static PAGE: LazyLock<String> =
        LazyLock::new(|| page(&serde_json::from_str(openapi::document()).unwrap_or_default()));
    Reply::bytes(StatusCode::OK, "text/html; charset=utf-8", PAGE.as_str())
        .with(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY))
}

pub fn style() -> Reply {
    Reply::bytes(StatusCode::OK, "text/css; charset=utf-8", include_str!("page.css"))
        .with(CACHE_CONTROL, HeaderValue::from_static("max-age=3600"))
}

fn page(document: &Value) -> String {
    let tags = document["tags"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut nav = String::new();
    let mut main = prose(text(&document["info"]["description"]));
    for tag in tags {
        let name = text(&tag["name"]);
        push(&mut nav, format_args!("<a href=\"#{0}\">{0}</a>\n", escaped(name)));
        push(
            &mut main,
            format_args!("<h2 id=\"{0}\">{0}</h2>\n<p>{1}</p>\n", escaped(name), escaped(text(&tag["description"]))),
        );
        for (path, method, operation) in
            operations(document).filter(|(.., operation)| text(&operation["tags"][0]) == name)
        {
            main.push_str(&section(document, path, method, operation));
        }
    }
    nav.push_str("<a href=\"#problems\">Problems</a>\n<a href=\"#objects\">Objects</a>\n");
    main.push_str(&problems());
    main.push_str(&objects(document));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} {version}: the API</title>\n<link rel=\"stylesheet\" href=\"/v1/docs.css\">\n</head>\n<body>\n\
         <nav>\n<strong>{title}</strong> {version}\n{nav}<a href=\"/v1/openapi.json\">openapi.json</a>\n</nav>\n\
         <main>\n<h1>{title}: the API</h1>\n{main}</main>\n</body>\n</html>\n",
        title = escaped(text(&document["info"]["title"])),
        version = escaped(text(&document["info"]["version"])),
    )
}

pub fn operations(document: &Value) -> impl Iterator<Item = (&str, &'static str, &Value)> {
    members(&document["paths"]).flat_map(|(path, item)| {
        METHODS.into_iter().filter_map(move |method| item.get(method).map(|operation| (path, method, operation)))
    })
}

fn section(document: &Value, path: &str, method: &str, operation: &Value) -> String {
    let id = escaped(text(&operation["operationId"]));
    let mut html = format!(
        "<section id=\"{id}\">\n<h3>{} <a href=\"#{id}\">#</a></h3>\n<p class=\"line\"><b class=\"{method}\">{}</b> <code>{}</code></p>\n",
        escaped(text(&operation["summary"])),
        method.to_uppercase(),
        escaped(path),
    );
    html.push_str(&prose(text(&operation["description"])));
    let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !parameters.is_empty() {
        let rows = parameters.iter().map(|parameter| {
            let need = if parameter["required"] == true { "required" } else { "" };
            row(
                text(&parameter["name"]),
                &kind(&parameter["schema"]),
                text(&parameter["in"]),
                need,
                &parameter["description"],
            )
        });
        push(&mut html, format_args!("<table>\n{}</table>\n", rows.collect::<String>()));
    }
    for (mime, content) in members(&operation["requestBody"]["content"]) {
        push(&mut html, format_args!("<p>Body: {} <small>{}</small></p>\n", kind(&content["schema"]), escaped(mime)));
    }
    for (status, response) in members(&operation["responses"]).filter(|(status, _)| *status != "default") {
        let (mime, content) = members(&response["content"]).next().unwrap_or(("", &Value::Null));
        let (what, body) = (escaped(text(&response["description"])), kind(&content["schema"]));
        push(
            &mut html,
            format_args!("<p>Answer <b>{status}</b>: {what}. {body} <small>{}</small></p>\n", escaped(mime)),
        );
    }
    push(
        &mut html,
        format_args!("<pre>{}</pre>\n</section>\n", escaped(&sample::curl(document, path, method, operation))),
    );
    html
}

fn problems() -> String {
    let rows = problem::CODES.iter().map(|(code, title, advice)| {
        format!(
            "<tr id=\"{code}\"><td><code>{code}</code></td><td>{}</td><td>{}</td></tr>\n",
            escaped(title),
            inline(advice)
        )
    });
    format!("<h2 id=\"problems\">Problems</h2>\n<table>\n{}</table>\n", rows.collect::<String>())
}

fn objects(document: &Value) -> String {
    let mut html = "<h2 id=\"objects\">Objects</h2>\n".to_owned();
    for (name, schema) in members(&document["components"]["schemas"]) {
        let name = escaped(name);
        push(
            &mut html,
            format_args!("<section id=\"object-{name}\">\n<h3>{name}</h3>\n{}", prose(text(&schema["description"]))),
        );
        html.push_str(&shape(schema));
        html.push_str("</section>\n");
    }
    html
}

/// An object's members, a choice's branches, or the words of a closed list.
fn shape(schema: &Value) -> String {
    if let Some(parts) = schema["allOf"].as_array() {
        return parts.iter().map(branch).collect();
    }
    if let Some(choices) = ["oneOf", "anyOf"].iter().find_map(|of| schema[*of].as_array()) {
        let choices = choices.iter().map(|choice| format!("<li>{}</li>\n", branch(choice)));
        return format!("<p>One of</p>\n<ul>\n{}</ul>\n", choices.collect::<String>());
    }
    if schema.get("properties").is_none() {
        return format!("<p>{}</p>\n", kind(schema));
    }
    let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
    let rows = members(&schema["properties"]).map(|(name, member)| {
        let need = if required.iter().any(|known| known == name) { "required" } else { "" };
        row(name, &kind(member), "", need, &member["description"])
    });
    format!("<table>\n{}</table>\n", rows.collect::<String>())
}

/// One of several shapes: in a line where it is another object with a word of its own, in full otherwise.
fn branch(schema: &Value) -> String {
    let words = inline(text(&schema["description"]));
    if schema.get("$ref").is_some() {
        return format!("<p>{} {words}</p>\n", kind(schema));
    }
    if let Some([object, word]) = schema["allOf"].as_array().map(Vec::as_slice)
        && let Some((name, one)) = members(&word["properties"]).next()
    {
        return format!("<p><code>{}</code> {}: {} {words}</p>\n", escaped(name), kind(one), kind(object));
    }
    format!("<p>{words}</p>\n{}", shape(schema))
}

fn row(name: &str, kind: &str, place: &str, need: &str, description: &Value) -> String {
    let (name, words) = (escaped(name), inline(text(description)));
    format!("<tr><td><code>{name}</code></td><td>{kind}</td><td>{place} {need}</td><td>{words}</td></tr>\n")
}

/// What a value is, in a few words, with links to objects.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
        return format!("<a href=\"#object-{0}\">{0}</a>", escaped(name));
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<String> = words.iter().map(|word| format!("<code>{}</code>", escaped(text(word)))).collect();
        return words.join(" ");
    }
    if let Some(branches) = ["oneOf", "anyOf", "allOf"].iter().find_map(|of| schema[*of].as_array()) {
        let branches: Vec<String> = branches.iter().map(kind).filter(|branch| branch != "null").collect();
        return branches.join(" or ");
    }
    match kind_word(&schema["type"]) {
        "array" => format!("list of {}", kind(&schema["items"])),
        word => [word, text(&schema["format"])].join(" ").trim().to_owned(),
    }
}

/// The type; of several (`["string", "null"]`) the first.
pub fn kind_word(kind: &Value) -> &str {
    kind.as_str().or_else(|| kind[0].as_str()).unwrap_or_default()
}

pub fn members(object: &Value) -> impl Iterator<Item = (&str, &Value)> {
    object.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Paragraphs with `code` and **bold** in them.
fn prose(words: &str) -> String {
    let paragraphs = words.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    paragraphs.map(|paragraph| format!("<p>{}</p>\n", inline(paragraph))).collect()
}

fn inline(words: &str) -> String {
    let coded = paired(&escaped(words), "`", "<code>", "</code>");
    linked(&paired(&coded, "**", "<b>", "</b>"))
}

fn paired(words: &str, mark: &str, open: &str, close: &str) -> String {
    let mut html = String::new();
    for (place, piece) in words.split(mark).enumerate() {
        html.push_str(match place {
            0 => "",
            odd if odd % 2 == 1 => open,
            _ => close,
        });
        html.push_str(piece);
    }
    html
}

/// `[words](address)` as a link.
fn linked(html: &str) -> String {
    let parts = html.split_once('[').and_then(|(before, rest)| {
        let (words, rest) = rest.split_once("](")?;
        let (address, after) = rest.split_once(')')?;
        Some(format!("{before}<a href=\"{address}\">{words}</a>{}", linked(after)))
    });
    parts.unwrap_or_else(|| html.to_owned())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn push(html: &mut String, words: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = html.write_fmt(words);
}
