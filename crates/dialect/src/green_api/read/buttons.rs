//! Messages with buttons: the present forms and the archived ones (contract greenapi.md §2.2).

use sluice_model::content::{Action, Button, Buttons, Template, Text};
use sluice_model::{Command, Content, Refusal};

use super::fields::Fields;
use super::sending::{ID_LIMIT, TEXT_LIMIT, URL_LIMIT, wish};
use crate::Call;

const BUTTONS: std::ops::RangeInclusive<usize> = 1..=3;
/// The vendor's own limits of a button's text are not known; the messenger refuses what is too long.
const LABEL_LIMIT: usize = 255;

pub fn send_interactive_buttons(call: &Call) -> Result<Command, Refusal> {
    wish(call, &Fields::of(call)?, |fields| framed(fields, "body", "buttons", interactive))
}

pub fn send_interactive_buttons_reply(call: &Call) -> Result<Command, Refusal> {
    wish(call, &Fields::of(call)?, |fields| framed(fields, "body", "buttons", plain))
}

pub fn send_buttons(call: &Call) -> Result<Command, Refusal> {
    wish(call, &Fields::of(call)?, |fields| framed(fields, "message", "buttons", plain))
}

pub fn send_template_buttons(call: &Call) -> Result<Command, Refusal> {
    wish(call, &Fields::of(call)?, |fields| framed(fields, "message", "templateButtons", template))
}

/// No messenger shows these lists any more: the choices are written out, so that the person sees them.
pub fn send_list_message(call: &Call) -> Result<Command, Refusal> {
    wish(call, &Fields::of(call)?, |fields| {
        let mut lines = Vec::new();
        lines.extend(fields.text("title", LABEL_LIMIT)?);
        lines.push(fields.required("message", TEXT_LIMIT)?);
        for section in fields.objects("sections", 1..=10)? {
            lines.extend(section.text("title", LABEL_LIMIT)?);
            for row in section.objects("rows", 1..=10)? {
                let title = row.required("title", LABEL_LIMIT)?;
                let more = row.text("description", LABEL_LIMIT)?;
                lines.push(more.map_or_else(|| format!("- {title}"), |more| format!("- {title}: {more}")));
            }
        }
        lines.extend(fields.text("footer", LABEL_LIMIT)?);
        Ok(Content::Text(Text { text: lines.join("\n"), ..Text::default() }))
    })
}

/// A template of the official API, by its id.
pub fn send_template(call: &Call) -> Result<Command, Refusal> {
    wish(call, &Fields::of(call)?, |fields| {
        let params = if fields.get("params").is_some() { fields.texts("params", 0..=32)? } else { Vec::new() };
        let id = fields.required("templateId", ID_LIMIT)?;
        Ok(Content::Template(Template { id, language: String::new(), params, rendered: None }))
    })
}

fn framed(
    fields: &Fields,
    body: &'static str,
    list: &'static str,
    read: fn(&Fields) -> Result<Button, Refusal>,
) -> Result<Content, Refusal> {
    let body = fields.required(body, TEXT_LIMIT)?;
    let buttons: Result<Vec<Button>, Refusal> = fields.objects(list, BUTTONS)?.iter().map(read).collect();
    Ok(Content::Buttons(Buttons {
        header: fields.text("header", LABEL_LIMIT)?,
        body,
        footer: fields.text("footer", LABEL_LIMIT)?,
        buttons: buttons?,
    }))
}

fn plain(button: &Fields) -> Result<Button, Refusal> {
    Ok(Button { id: id(button)?, text: button.required("buttonText", LABEL_LIMIT)?, action: Action::Reply })
}

fn interactive(button: &Fields) -> Result<Button, Refusal> {
    let action = match button.word("type", &["copy", "call", "url"])?.as_deref() {
        Some("copy") => Action::Copy(button.required("copyCode", LABEL_LIMIT)?),
        Some("call") => Action::Call(button.required("phoneNumber", LABEL_LIMIT)?),
        Some(_) => Action::Url(button.required("url", URL_LIMIT)?),
        None => return Err(Refusal::Missing("type")),
    };
    Ok(Button { id: id(button)?, text: button.required("buttonText", LABEL_LIMIT)?, action })
}

fn template(button: &Fields) -> Result<Button, Refusal> {
    let text = |kind: &Fields| kind.required("displayText", LABEL_LIMIT);
    let index = button.whole("index", 0..=99)?.unwrap_or_default().to_string();
    if let Some(url) = button.object("urlButton")? {
        return Ok(Button { id: index, text: text(&url)?, action: Action::Url(url.required("url", URL_LIMIT)?) });
    }
    if let Some(call) = button.object("callButton")? {
        let phone = call.required("phoneNumber", LABEL_LIMIT)?;
        return Ok(Button { id: index, text: text(&call)?, action: Action::Call(phone) });
    }
    match button.object("quickReplyButton")? {
        Some(quick) => {
            let id = quick.text("id", ID_LIMIT)?.unwrap_or(index);
            Ok(Button { id, text: text(&quick)?, action: Action::Reply })
        }
        None => Err(Refusal::Missing("quickReplyButton")),
    }
}

/// A text, or a number as the Python SDK's examples have it.
fn id(button: &Fields) -> Result<String, Refusal> {
    match button.get("buttonId") {
        Some(serde_json::Value::Number(number)) => Ok(number.to_string()),
        _ => Ok(button.text("buttonId", ID_LIMIT)?.unwrap_or_default()),
    }
}
