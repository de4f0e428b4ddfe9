//! Buttons and lists as businesses send them, and what was pressed of them.

use serde::Deserialize;
use sluice_model::Content;
use sluice_model::content::{Action, Button, ButtonReply, Buttons, Target};
use whatsapp_rust::waproto::whatsapp as wa;
use whatsapp_rust::waproto::whatsapp::hydrated_template_button::HydratedButton;
use whatsapp_rust::waproto::whatsapp::message as kinds;
use whatsapp_rust::waproto::whatsapp::message::buttons_message::Header;
use whatsapp_rust::waproto::whatsapp::message::buttons_response_message::Response;
use whatsapp_rust::waproto::whatsapp::message::interactive_message::InteractiveMessage as Interaction;
use whatsapp_rust::waproto::whatsapp::message::interactive_message::native_flow_message::NativeFlowButton;
use whatsapp_rust::waproto::whatsapp::message::interactive_response_message::InteractiveResponseMessage as Answered;
use whatsapp_rust::waproto::whatsapp::message::template_message::hydrated_four_row_template::Title;

use crate::inward::frame::Frame;

pub fn read(message: &wa::Message, frame: &Frame<'_>) -> Option<Content> {
    if let Some(buttons) = message.buttons_message.as_option() {
        return Some(Content::Buttons(of_buttons(buttons)));
    }
    if let Some(list) = message.list_message.as_option() {
        return Some(Content::Buttons(of_list(list)));
    }
    if let Some(template) = message.template_message.as_option() {
        return template.hydrated_template.as_option().map(|template| Content::Buttons(of_template(template)));
    }
    if let Some(interactive) = message.interactive_message.as_option() {
        return of_interaction(interactive).map(Content::Buttons);
    }
    pressed(message, frame).map(Content::ButtonReply)
}

fn reply(id: Option<&String>, text: Option<&String>) -> Button {
    let text = text.cloned().unwrap_or_default();
    Button { id: id.cloned().unwrap_or_default(), text, action: Action::Reply }
}

fn of_buttons(buttons: &kinds::ButtonsMessage) -> Buttons {
    let header = match &buttons.header {
        Some(Header::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let button = |button: &kinds::buttons_message::Button| {
        let text = button.button_text.as_option().and_then(|text| text.display_text.as_ref());
        reply(button.button_id.as_ref(), text)
    };
    Buttons {
        header,
        body: buttons.content_text.clone().unwrap_or_default(),
        footer: buttons.footer_text.clone(),
        buttons: buttons.buttons.iter().map(button).collect(),
    }
}

fn of_list(list: &kinds::ListMessage) -> Buttons {
    let rows = list.sections.iter().flat_map(|section| &section.rows);
    Buttons {
        header: list.title.clone(),
        body: list.description.clone().unwrap_or_default(),
        footer: list.footer_text.clone(),
        buttons: rows.map(|row| reply(row.row_id.as_ref(), row.title.as_ref())).collect(),
    }
}

fn of_template(template: &kinds::template_message::HydratedFourRowTemplate) -> Buttons {
    let header = match &template.title {
        Some(Title::HydratedTitleText(text)) => Some(text.clone()),
        _ => None,
    };
    let button = |button: &wa::HydratedTemplateButton| {
        Some(match button.hydrated_button.as_ref()? {
            HydratedButton::QuickReplyButton(quick) => reply(quick.id.as_ref(), quick.display_text.as_ref()),
            HydratedButton::UrlButton(link) => {
                let action = Action::Url(link.url.clone().unwrap_or_default());
                Button { action, ..reply(None, link.display_text.as_ref()) }
            }
            HydratedButton::CallButton(call) => {
                let action = Action::Call(call.phone_number.clone().unwrap_or_default());
                Button { action, ..reply(None, call.display_text.as_ref()) }
            }
        })
    };
    Buttons {
        header,
        body: template.hydrated_content_text.clone().unwrap_or_default(),
        footer: template.hydrated_footer_text.clone(),
        buttons: template.hydrated_buttons.iter().filter_map(button).collect(),
    }
}

fn of_interaction(interactive: &kinds::InteractiveMessage) -> Option<Buttons> {
    let buttons = match interactive.interactive_message.as_ref()? {
        Interaction::NativeFlowMessage(flow) => flow.buttons.iter().map(of_flow).collect(),
        _ => return None,
    };
    Some(Buttons {
        header: interactive.header.as_option().and_then(|header| header.title.clone()).filter(|text| !text.is_empty()),
        body: interactive.body.as_option().and_then(|body| body.text.clone()).unwrap_or_default(),
        footer: interactive.footer.as_option().and_then(|footer| footer.text.clone()),
        buttons,
    })
}

/// What a button of the newer kind says of itself, as JSON.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Flow {
    display_text: String,
    id: String,
    url: Option<String>,
    copy_code: Option<String>,
    phone_number: Option<String>,
}

fn of_flow(button: &NativeFlowButton) -> Button {
    let said = button.button_params_json.as_deref().unwrap_or_default();
    let flow: Flow = serde_json::from_str(said).unwrap_or_default();
    let action = match (flow.url, flow.copy_code, flow.phone_number) {
        (Some(url), _, _) => Action::Url(url),
        (_, Some(code), _) => Action::Copy(code),
        (_, _, Some(number)) => Action::Call(number),
        _ => Action::Reply,
    };
    Button { id: flow.id, text: flow.display_text, action }
}

fn pressed(message: &wa::Message, frame: &Frame<'_>) -> Option<ButtonReply> {
    let (id, text, context) = if let Some(answer) = message.buttons_response_message.as_option() {
        let Some(Response::SelectedDisplayText(text)) = &answer.response else { return None };
        (answer.selected_button_id.clone(), Some(text.clone()), &answer.context_info)
    } else if let Some(answer) = message.template_button_reply_message.as_option() {
        (answer.selected_id.clone(), answer.selected_display_text.clone(), &answer.context_info)
    } else if let Some(answer) = message.list_response_message.as_option() {
        let row = answer.single_select_reply.as_option().and_then(|reply| reply.selected_row_id.clone());
        (row, answer.title.clone(), &answer.context_info)
    } else {
        let answer = message.interactive_response_message.as_option()?;
        let Some(Answered::NativeFlowResponseMessage(flow)) = &answer.interactive_response_message else {
            return None;
        };
        let said: Flow = serde_json::from_str(flow.params_json.as_deref().unwrap_or_default()).unwrap_or_default();
        let text = answer.body.as_option().and_then(|body| body.text.clone());
        (Some(said.id), text, &answer.context_info)
    };
    let asked = context.as_option().and_then(|context| frame.quoted(context)).map(|quoted| quoted.target);
    let target = asked.unwrap_or(Target { remote: String::new(), from_me: false, sender: None });
    Some(ButtonReply { target, id: id.unwrap_or_default(), text: text.unwrap_or_default() })
}
