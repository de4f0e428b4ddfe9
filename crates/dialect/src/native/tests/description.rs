//! The description says what the table does, no more and no less.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sluice_model::{EventId, Id, KeyId, ListenerId, Position, RequestId};

use super::world::{ACCOUNT, answer, call, get, read, spelling};
use crate::native::{ENDPOINTS, ids, openapi, page, sample};
use crate::{Needs, Reply, reply};

fn document() -> Value {
    serde_json::from_str(openapi()).unwrap()
}

fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            let operations = item.as_object().unwrap().iter();
            operations.map(|(method, operation)| (method.to_uppercase(), path.clone(), operation.clone()))
        })
        .collect()
}

#[test]
fn the_table_and_the_description_have_the_same_operations() {
    let described: BTreeSet<(String, String, String)> = operations(&document())
        .into_iter()
        .map(|(method, path, operation)| (method, path, operation["operationId"].as_str().unwrap().to_owned()))
        .collect();
    let routed: BTreeSet<_> = ENDPOINTS
        .iter()
        .map(|endpoint| (endpoint.method.to_string(), endpoint.path.to_owned(), endpoint.name.to_owned()))
        .collect();
    assert_eq!(described, routed);
    assert_eq!(routed.len(), ENDPOINTS.len());
}

#[test]
fn every_operation_is_described_whole() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let tags: Vec<&Value> = document["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    for (method, path, operation) in operations(&document) {
        let name = format!("{method} {path}");
        assert!(operation["summary"].as_str().is_some_and(|words| !words.is_empty()), "{name}: summary");
        assert!(tags.contains(&&operation["tags"][0]), "{name}: tag {}", operation["tags"]);
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{name}: an answer");
        for variable in path.split('/').filter_map(|piece| piece.strip_prefix('{')) {
            let variable = variable.trim_end_matches('}');
            let known = operation["parameters"].as_array().into_iter().flatten();
            let described = known.filter(|parameter| parameter["name"] == variable && parameter["in"] == "path");
            let words: Vec<_> = described.map(|parameter| parameter["description"].as_str().unwrap()).collect();
            assert!(matches!(words[..], [words] if !words.is_empty()), "{name}: {variable}");
        }
    }
}

#[test]
fn what_needs_a_key_says_so_and_can_be_refused() {
    let document = document();
    let schemes = document["components"]["securitySchemes"].as_object().unwrap();
    assert_eq!(schemes.keys().collect::<Vec<_>>(), ["bearer", "header"]);
    for (method, path, operation) in operations(&document) {
        let endpoint = ENDPOINTS.iter().find(|row| row.path == path && row.method == *method).unwrap();
        let is_open = endpoint.needs == Needs::Nothing;
        let security = operation["security"].as_array().unwrap();
        assert_eq!(security.iter().all(|way| way.as_object().unwrap().is_empty()), is_open, "{method} {path}");
        assert_eq!(operation["responses"].get("default").is_none(), is_open, "{method} {path}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(value: &Value, document: &Value, count: &mut usize) {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            *count += 1;
            assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
        }
        match value {
            Value::Object(members) => members.values().for_each(|member| walk(member, document, count)),
            Value::Array(items) => items.iter().for_each(|item| walk(item, document, count)),
            _ => {}
        }
    }
    let (document, mut count) = (document(), 0);
    walk(&document, &document, &mut count);
    assert!(count > 100, "{count} references");
}

#[test]
fn no_part_of_a_whole_forbids_the_other_parts() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let wholes = schemas.values().flat_map(|schema| {
        let choices = schema["oneOf"].as_array().into_iter().flatten();
        choices.chain([schema]).filter_map(|schema| schema["allOf"].as_array())
    });
    let mut count = 0;
    for part in wholes.flatten().filter_map(|part| part["$ref"].as_str()) {
        count += 1;
        let part = document.pointer(part.trim_start_matches('#')).unwrap();
        assert!(part.get("additionalProperties").is_none(), "{part}");
    }
    assert!(count > 20, "{count} parts");
    assert!(schemas["NewMessage"]["additionalProperties"] == false, "where nothing stands beside it, it is strict");
}

#[test]
fn every_type_of_content_is_described_and_read() {
    let document = document();
    let described: Vec<&str> = document["components"]["schemas"]["NewContent"]["oneOf"]
        .as_array()
        .unwrap()
        .iter()
        .map(|choice| choice.pointer("/allOf/1/properties/type/enum/0").unwrap().as_str().unwrap())
        .collect();
    assert_eq!(described, crate::native::read::content::TYPES);
    for kind in described {
        let refusal = super::world::send(&json!({"to": "79990000000", "content": {"type": kind, "no": 1}}));
        assert!(
            matches!(refusal, Err(sluice_model::Refusal::Invalid { field, .. }) if field == "content.no"),
            "{kind}"
        );
    }
}

#[test]
fn every_example_is_read() {
    let document = document();
    let (event, listener) = (EventId::of(ACCOUNT, Position(12)), ids::listener(&spelling(), ListenerId(5)));
    for (path, method, operation) in page::operations(&document) {
        let body = sample::body(&document, operation).to_string();
        // The examples' ids are made up; these are this world's.
        let body = body.replace("evt_0f1e2d3c4b5a6978", &spelling().event(event));
        let named = |piece: &str| match piece {
            "{listener}" => listener.clone(),
            "{event}" => spelling().event(event),
            "{key}" => ids::key(&spelling(), KeyId(3)),
            "{request}" => ids::request(&spelling(), RequestId(Id::new(78).unwrap())),
            "{media}" => super::world::file_name(),
            "{chat}" | "{contact}" | "{group}" => "79990000000".to_owned(),
            other => other.replace(['{', '}'], ""),
        };
        let path = path.split('/').map(named).collect::<Vec<_>>().join("/");
        let call = call(&method.to_uppercase(), &path, &json!({}), body.clone());
        assert!(read(&call).is_ok(), "{method} {path} {body}: {:?}", read(&call));
    }
}

#[test]
fn the_page_shows_every_operation_and_every_object_and_runs_nothing() {
    let reply: Reply =
        crate::Dialect::answer(&crate::native::Native, &get("/v1/docs"), Ok(sluice_model::Outcome::Done));
    let reply::Content::Bytes(bytes) = &reply.body else { panic!("{reply:?}") };
    let page = String::from_utf8(bytes.to_vec()).unwrap();
    for endpoint in ENDPOINTS {
        assert!(page.contains(&format!("<section id=\"{}\">", endpoint.name)), "{}", endpoint.name);
    }
    for name in document()["components"]["schemas"].as_object().unwrap().keys() {
        assert!(page.contains(&format!("id=\"object-{name}\"")), "{name}");
    }
    assert!(!page.contains("<script") && !page.contains("style=") && !page.contains(" src="));
    for id in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(page.contains(&format!("id=\"{id}\"")), "the link #{id} leads nowhere");
    }
    assert!(reply.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
}

#[test]
fn the_description_is_answered_as_it_stands() {
    let (status, body, headers) = answer(&get("/v1/openapi.json"), Ok(sluice_model::Outcome::Done));
    assert_eq!((status, &body), (200, &document()));
    assert_eq!(headers["content-type"], "application/json");
}
