//! The byte-level traps that existing clients lay (contract §1.7), each by its number there.

use serde_json::Value;

use super::cases::answers;

/// The bodies of all answers to calls of this endpoint that begin so.
fn bodies(endpoint: &str, start: &str) -> Vec<String> {
    let all = answers().into_iter().filter(|(name, _)| *name == endpoint).map(|(_, body)| body);
    let found: Vec<String> = all.filter(|body| body.starts_with(start)).collect();
    assert!(!found.is_empty(), "no case of {endpoint} is answered {start}…");
    found
}

fn json(body: &str) -> Value {
    serde_json::from_str(body).unwrap()
}

#[test]
fn trap_1_the_key_status_in_a_status_is_there_or_not_as_the_keys_holder_wants() {
    let statuses = bodies("sync/get/status", "{\"a");
    assert!(statuses.iter().any(|body| json(body).get("status").is_none()));
    assert!(statuses.iter().any(|body| json(body)["status"] == "done"));
}

#[test]
fn trap_2_a_refused_status_has_two_keys_at_most() {
    for body in bodies("sync/get/status", "{\"detail\"") {
        assert!(json(&body).as_object().unwrap().len() <= 2, "{body}");
    }
}

#[test]
fn trap_3_platform_and_paid_until_are_in_every_status() {
    for body in bodies("sync/get/status", "{\"a") {
        let body = json(&body);
        assert!(["wz", "tg", "max"].contains(&body["platform"].as_str().unwrap()));
        let until: jiff::Timestamp = body["payment_expired_at"].as_str().unwrap().parse().unwrap();
        assert!(until > "2090-01-01T00:00:00Z".parse().unwrap());
    }
}

#[test]
fn trap_4_what_is_found_by_its_neighbours_has_them() {
    let has = |endpoint: &str, start: &str, pieces: &[&str]| {
        for body in bodies(endpoint, start) {
            let mut rest = body.as_str();
            for piece in pieces {
                let at = rest.find(piece).unwrap_or_else(|| panic!("no {piece} in {body}"));
                rest = &rest[at + piece.len()..];
            }
        }
    };
    has("sync/get/status", "{\"app_status\":\"open\",\"authorized\":true", &["\"authorized\":true,\"authorized_at\":"]);
    for body in bodies("sync/get/status", "{\"a") {
        let phone = json(&body)["phone"].as_str().unwrap().to_owned();
        assert!(body.contains(&format!("\"phone\":\"{phone}\",\"platform\":")), "{body}");
    }
    // A nested phone comes first, as upstream has it.
    has("sync/get/status", "{\"account\"", &["\"phone\":", "},\"app_status\"", "\"phone\":"]);
    for body in bodies("sync/qr/get", "{\"status\":\"done\"") {
        let body_of = json(&body);
        if let Some(qr) = body_of["qrCode"].as_str() {
            assert!(qr.starts_with("data:image/png;base64,"));
            assert!(body.contains(&format!("\"qrCode\":\"{qr}\",\"task_id\":")));
        } else if let Some(detail) = body_of["detail"].as_str() {
            assert!(body.contains(&format!("\"detail\":\"{detail}\",\"uuid\":")), "{body}");
        } else {
            assert!(body_of["qr_code"].is_string(), "{body}");
        }
    }
    has("sync/auth/code (pairing)", "{\"status\":\"done\"", &["\"code\":\""]);
    for body in bodies("profile/add", "{\"profile_id\"") {
        let id = json(&body)["profile_id"].as_str().unwrap().to_owned();
        assert!(body.starts_with(&format!("{{\"profile_id\":\"{id}\",\"status\":")));
    }
    for endpoint in ["sync/auth/phone", "sync/auth/code", "sync/qr/get", "sync/auth/code (pairing)"] {
        for body in bodies(endpoint, "{\"status\":\"error\"") {
            let detail = json(&body)["detail"].as_str().unwrap().to_owned();
            assert!(body.contains(&format!("\"detail\":\"{detail}\",\"uuid\":")), "{body}");
        }
    }
    for (_, body) in
        answers().into_iter().filter(|(_, body)| body.starts_with("{\"detail\":") && body.contains("\"error\""))
    {
        let detail = json(&body)["detail"].to_string();
        assert_eq!(body, format!("{{\"detail\":{detail},\"status\":\"error\"}}"));
    }
}

#[test]
fn trap_6_whatsapps_qr_is_a_data_uri_and_telegrams_is_bare() {
    let codes = bodies("sync/qr/get", "{\"status\":\"done\"");
    let bare = |body: &String| json(body)["detail"].as_str().is_some_and(|text| text.starts_with("iVBOR"));
    assert!(codes.iter().any(|body| json(body)["qrCode"].is_string()));
    assert!(codes.iter().any(bare));
}

#[test]
fn trap_7_times_are_swapped_between_answers_and_webhooks() {
    let sent = json(&bodies("sync/message/send", "{\"status\":\"done\"")[0]);
    assert!(sent["timestamp"].is_u64() && sent["time"].as_str().unwrap().ends_with("+03:00"));
    let notice = super::notices::bodies("incoming.txt").remove(0);
    let told = &json(&notice)["messages"][0];
    assert!(told["time"].is_u64() && told["timestamp"].as_str().unwrap().ends_with("+03:00"));
}

#[test]
fn trap_8_a_dialogs_last_times_differ_by_messenger() {
    let bodies = bodies("sync/chats/get", "{\"status\"");
    let rows = bodies.iter().map(|body| json(body)["dialogs"][0].clone());
    let (whatsapp, telegram): (Vec<Value>, Vec<Value>) = rows.partition(|row| row.get("contact").is_some());
    assert!(whatsapp[0]["last_timestamp"].is_string() && whatsapp[0]["last_time"].is_u64());
    assert!(telegram[0]["last_timestamp"].is_u64() && telegram[0]["last_time"].is_string());
    let found = self::bodies("sync/messages/search", "{\"status\":\"success\"");
    assert_eq!(json(&found[0])["results"][0]["chat"]["last_timestamp"], 0);
}

#[test]
fn trap_9_the_end_of_payment_alone_is_told_in_utc() {
    for body in bodies("sync/get/status", "{\"a") {
        let body = json(&body);
        assert!(body["payment_expired_at"].as_str().unwrap().ends_with('Z'));
        assert!(body["checked_at"].as_str().unwrap().ends_with("+03:00"));
    }
}
