//! A contact card in the vendor's members (contract §12), read out of its vCard (RFC 2426, RFC 6350).

use serde_json::{Map, Value, json};
use sluice_model::content::Card;

/// One line of a vCard.
struct Line {
    /// In capitals.
    name: String,
    /// In capitals, without those that say nothing about the kind.
    kind: String,
    /// The number's id at WhatsApp.
    wa_id: String,
    /// Between semicolons, unescaped.
    parts: Vec<String>,
}

/// Every list is there, and every member of its elements is a string.
pub fn shaped(card: &Card) -> Value {
    let lines = lines(&card.vcard);
    let named = |name: &'static str| lines.iter().filter(move |line| line.name == name);
    let first = |name| named(name).next();
    let list = |name: &'static str, shape: fn(&Line) -> Value| named(name).map(shape).collect::<Vec<_>>();

    let full = first("FN").map(Line::value).filter(|name| !name.is_empty());
    let full = full.unwrap_or_else(|| card.display_name.clone());
    let part = |index| first("N").map(|line| line.part(index)).unwrap_or_default();
    let mut phones = list("TEL", |line| json!({"phone": line.value(), "waId": line.wa_id, "type": line.kind}));
    if let (true, Some(phone)) = (phones.is_empty(), &card.phone) {
        phones.push(json!({"phone": format!("+{phone}"), "waId": phone, "type": ""}));
    }
    let (company, title) = (first("ORG"), first("TITLE").map(Line::value).unwrap_or_default());
    let of_company = |index| company.map(|line| line.part(index)).unwrap_or_default();
    let work = company.is_some() || !title.is_empty();
    let work = work.then(|| json!({"company": of_company(0), "department": of_company(1), "title": title}));

    let mut body = Map::new();
    let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
    put("addresses", list("ADR", address).into());
    if let Some(day) = first("BDAY").and_then(|line| birthday(&line.value())) {
        put("birthday", day.into());
    }
    put("emails", list("EMAIL", |line| json!({"email": line.value(), "type": line.kind})).into());
    let name = json!({
        "firstName": part(1), "middleName": part(2), "lastName": part(0), "formattedName": full,
        "namePrefix": part(3), "nameSuffix": part(4),
    });
    put("contactName", vec![name].into());
    put("contactCompany", work.into_iter().collect());
    put("phones", phones.into());
    put("urls", list("URL", |line| json!({"url": line.value(), "type": line.kind})).into());
    Value::Object(body)
}

/// A post-office box and an extension stand before the street (RFC 2426 §3.2.1).
fn address(line: &Line) -> Value {
    json!({
        "street": line.part(2), "city": line.part(3), "state": line.part(4), "zip": line.part(5),
        "country": line.part(6), "countryCode": "", "type": line.kind,
    })
}

/// `1990-05-17`, `19900517`, with or without a time behind it.
fn birthday(text: &str) -> Option<String> {
    let day = text.split('T').next().unwrap_or_default();
    let digits: String = day.chars().filter(char::is_ascii_digit).collect();
    let is_day = digits.len() == 8 && day.chars().all(|c| c.is_ascii_digit() || c == '-');
    is_day.then(|| format!("{}-{}-{}", &digits[..4], &digits[4..6], &digits[6..]))
}

/// The card's lines; one that begins with a blank goes on with the one before.
fn lines(vcard: &str) -> Vec<Line> {
    let mut whole: Vec<String> = Vec::new();
    for line in vcard.lines() {
        match (line.strip_prefix([' ', '\t']), whole.last_mut()) {
            (Some(rest), Some(last)) => last.push_str(rest),
            _ => whole.push(line.trim_end().to_owned()),
        }
    }
    whole.iter().filter_map(|line| Line::read(line)).collect()
}

impl Line {
    fn read(line: &str) -> Option<Self> {
        let (head, value) = line.split_once(':')?;
        let mut words = head.split(';');
        // `item1.TEL` and `item1.X-ABLabel` belong together; the label says nothing here.
        let name = words.next()?.rsplit('.').next()?.trim().to_ascii_uppercase();
        let (mut kind, mut wa_id) = (String::new(), String::new());
        for word in words {
            let (key, said) = word.split_once('=').unwrap_or(("type", word));
            if key.eq_ignore_ascii_case("waid") {
                said.clone_into(&mut wa_id);
            } else if key.eq_ignore_ascii_case("type") && kind.is_empty() {
                let kinds = said.trim_matches('"').split(',').map(str::to_ascii_uppercase);
                let telling = |kind: &String| !matches!(kind.as_str(), "PREF" | "VOICE" | "INTERNET" | "");
                kind = kinds.into_iter().find(telling).unwrap_or_default();
            }
        }
        Some(Self { name, kind, wa_id, parts: parts(value) })
    }

    fn part(&self, index: usize) -> String {
        self.parts.get(index).cloned().unwrap_or_default()
    }

    /// The whole value.
    fn value(&self) -> String {
        self.parts.join(";").trim().to_owned()
    }
}

fn parts(value: &str) -> Vec<String> {
    let (mut parts, mut part, mut escaped) = (Vec::new(), String::new(), false);
    for c in value.chars() {
        match (escaped, c) {
            (true, 'n' | 'N') => part.push('\n'),
            (true, c) => part.push(c),
            (false, '\\') => {
                escaped = true;
                continue;
            }
            (false, ';') => parts.push(std::mem::take(&mut part)),
            (false, c) => part.push(c),
        }
        escaped = false;
    }
    parts.push(part);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(lines: &[&str]) -> Value {
        let vcard = format!("BEGIN:VCARD\nVERSION:3.0\n{}\nEND:VCARD", lines.join("\r\n"));
        shaped(&Card { display_name: "Shown".into(), phone: Some("79990000001".into()), vcard })
    }

    #[test]
    fn what_a_card_has_is_told_in_its_place() {
        let told = card(&[
            "N:Ivanov;Ivan;I.;Dr;Jr",
            "FN:Ivan\\, Ivanov",
            "item1.TEL;type=CELL;type=VOICE;waid=79991112233:+7 999 111-22-33",
            "TEL;WORK;PREF:+7 495 0",
            "EMAIL;TYPE=INTERNET,HOME:a@b.c",
            "ADR;TYPE=\"home\":;;Lenina\\; 1;Moscow;MSK;101000;Russia",
            "ORG:Shop;Sales",
            "TITLE:Boss",
            "URL:https://a.b/c;d",
            "BDAY:19900517T000000Z",
            "NOTE:folded",
            " over;two",
            "no colon",
        ]);
        assert_eq!(
            told,
            json!({
                "addresses": [{"street": "Lenina; 1", "city": "Moscow", "state": "MSK", "zip": "101000",
                    "country": "Russia", "countryCode": "", "type": "HOME"}],
                "birthday": "1990-05-17",
                "emails": [{"email": "a@b.c", "type": "HOME"}],
                "contactName": [{"firstName": "Ivan", "middleName": "I.", "lastName": "Ivanov",
                    "formattedName": "Ivan, Ivanov", "namePrefix": "Dr", "nameSuffix": "Jr"}],
                "contactCompany": [{"company": "Shop", "department": "Sales", "title": "Boss"}],
                "phones": [{"phone": "+7 999 111-22-33", "waId": "79991112233", "type": "CELL"},
                    {"phone": "+7 495 0", "waId": "", "type": "WORK"}],
                "urls": [{"url": "https://a.b/c;d", "type": ""}],
            })
        );
    }

    #[test]
    fn a_card_without_words_is_told_by_what_it_is_shown_as() {
        let told = card(&["BDAY:--0517"]);
        assert_eq!(told["contactName"][0]["formattedName"], "Shown");
        assert_eq!(told["phones"], json!([{"phone": "+79990000001", "waId": "79990000001", "type": ""}]));
        assert_eq!(told.get("birthday"), None);
        assert_eq!(told["contactCompany"], json!([]));
        for vcard in ["", ":", ";:", "\\", "TEL", "TEL;:\\", " \n \n"] {
            shaped(&Card { display_name: String::new(), phone: None, vcard: vcard.into() });
        }
    }
}
