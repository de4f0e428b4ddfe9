//! Every method, in the order of the vendor's documents (contract greenapi.md §2).

use http::Method;
use sluice_model::Scope;

use super::read::{account, buttons, files, groups, journals, partner, receiving, sending, service, statuses};
use crate::{Body, Endpoint, Needs};

/// Rows of `verb "method" "more of the path" scope body read`. Each is served with and without the `/v3` that MAX's
/// client puts in front (contract §1.1). The partner's rows have neither an instance nor more of a path.
macro_rules! table {
    (
        instance { $($verb:ident $name:literal $more:literal $scope:ident $body:ident $read:path;)+ }
        partner { $($partner_verb:ident $partner_name:literal $partner_body:ident $partner_read:path;)+ }
    ) => {
        &[$(
            row(Method::$verb, $name, concat!("/waInstance{id}/", $name, "/{token}", $more),
                Needs::Account(Scope::$scope), Body::$body, $read),
            row(Method::$verb, $name, concat!("/v3/waInstance{id}/", $name, "/{token}", $more),
                Needs::Account(Scope::$scope), Body::$body, $read),
        )+ $(
            row(Method::$partner_verb, $partner_name, concat!("/partner/", $partner_name, "/{token}"),
                Needs::Key(Scope::Manage), Body::$partner_body, $partner_read),
        )+]
    };
}

const fn row(
    method: Method,
    name: &'static str,
    path: &'static str,
    needs: Needs,
    body: Body,
    read: fn(&crate::Call) -> Result<sluice_model::Command, sluice_model::Refusal>,
) -> Endpoint {
    Endpoint { name, method, path, needs, body, read }
}

pub static ENDPOINTS: &[Endpoint] = table! {
    instance {
        GET "getSettings" "" Read None account::get_settings;
        POST "setSettings" "" Manage Small account::set_settings;
        GET "getStateInstance" "" Read None account::account;
        GET "getStateInstanceHistory" "" Read None account::get_state_history;
        GET "getStatusInstance" "" Read None account::account;
        GET "reboot" "" Manage None account::reboot;
        GET "logout" "" Manage None account::logout;
        GET "qr" "" Manage None account::qr;
        GET "scanqrcode" "" Manage None account::scan_qr_code;
        POST "getAuthorizationCode" "" Manage Small account::get_authorization_code;
        POST "startAuthorization" "" Manage Small account::start_authorization;
        POST "sendAuthorizationCode" "" Manage Small account::send_authorization_code;
        POST "sendAuthorizationPassword" "" Manage Small account::send_authorization_password;
        POST "setProfilePicture" "" Manage File account::set_profile_picture;
        GET "getWaSettings" "" Read None account::account;
        GET "getAccountSettings" "" Read None account::account;
        GET "updateApiToken" "" Manage None account::update_api_token;
        GET "getDeviceInfo" "" Read None account::account;
        GET "setSystemProxy" "" Manage None account::set_system_proxy;

        POST "sendMessage" "" Send Small sending::send_message;
        POST "sendFileByUrl" "" Send Small files::send_file_by_url;
        POST "sendFileByUpload" "" Send File files::send_file_by_upload;
        POST "uploadFile" "" Send File files::upload_file;
        POST "sendPoll" "" Send Small sending::send_poll;
        POST "sendLocation" "" Send Small sending::send_location;
        POST "sendContact" "" Send Small sending::send_contact;
        POST "forwardMessages" "" Send Small sending::forward_messages;
        POST "sendInteractiveButtons" "" Send Small buttons::send_interactive_buttons;
        POST "sendInteractiveButtonsReply" "" Send Small buttons::send_interactive_buttons_reply;
        POST "sendLink" "" Send Small sending::send_link;
        POST "sendButtons" "" Send Small buttons::send_buttons;
        POST "sendTemplateButtons" "" Send Small buttons::send_template_buttons;
        POST "sendListMessage" "" Send Small buttons::send_list_message;
        POST "sendTemplate" "" Send Small buttons::send_template;

        GET "receiveNotification" "" Listen None receiving::receive;
        DELETE "deleteNotification" "/{receipt}" Listen None receiving::delete;
        DELETE "deleteNotification" "" Listen Small receiving::delete_by_body;
        POST "publishNotification" "" Listen Small receiving::publish;
        POST "downloadFile" "" Read Small journals::download_file;

        POST "getChatHistory" "" Read Small journals::get_chat_history;
        POST "getMessage" "" Read Small journals::get_message;
        GET "lastIncomingMessages" "" Read Small journals::last_incoming_messages;
        GET "lastOutgoingMessages" "" Read Small journals::last_outgoing_messages;
        GET "lastIncomingCalls" "" Read Small journals::last_incoming_calls;
        GET "lastOutgoingCalls" "" Read Small journals::last_outgoing_calls;

        GET "showMessagesQueue" "" Read None journals::show_messages_queue;
        GET "clearMessagesQueue" "" Send None journals::clear_messages_queue;
        GET "getMessagesCount" "" Read None journals::get_messages_count;
        GET "getWebhooksCount" "" Listen None journals::get_webhooks_count;
        DELETE "clearWebhooksQueue" "" Listen None journals::clear_webhooks_queue;
        GET "clearWebhooksQueue" "" Listen None journals::clear_webhooks_queue;

        POST "createGroup" "" Send Small groups::create_group;
        POST "updateGroupName" "" Send Small groups::update_group_name;
        POST "getGroupData" "" Read Small groups::get_group_data;
        POST "addGroupParticipant" "" Send Small groups::add_group_participant;
        POST "removeGroupParticipant" "" Send Small groups::remove_group_participant;
        POST "setGroupAdmin" "" Send Small groups::set_group_admin;
        POST "removeAdmin" "" Send Small groups::remove_admin;
        POST "setGroupPicture" "" Send File groups::set_group_picture;
        POST "updateGroupSettings" "" Send Small groups::update_group_settings;
        POST "leaveGroup" "" Send Small groups::leave_group;

        POST "readChat" "" Send Small service::read_chat;
        POST "checkWhatsapp" "" Read Small service::check_whatsapp;
        POST "checkAccount" "" Read Small service::check_account;
        POST "getAvatar" "" Read Small service::get_avatar;
        GET "getContacts" "" Read None service::get_contacts;
        GET "getChats" "" Read None service::get_chats;
        POST "getContactInfo" "" Read Small service::get_contact_info;
        POST "editMessage" "" Send Small service::edit_message;
        POST "deleteMessage" "" Send Small service::delete_message;
        POST "archiveChat" "" Send Small service::archive_chat;
        POST "unarchiveChat" "" Send Small service::unarchive_chat;
        POST "setDisappearingChat" "" Send Small service::set_disappearing_chat;
        POST "sendTyping" "" Send Small service::send_typing;
        POST "addContact" "" Send Small service::save_contact;
        POST "editContact" "" Send Small service::save_contact;
        POST "deleteContact" "" Send Small service::delete_contact;

        POST "sendTextStatus" "" Send Small statuses::send_text_status;
        POST "sendVoiceStatus" "" Send Small statuses::send_voice_status;
        POST "sendMediaStatus" "" Send Small statuses::send_media_status;
        POST "deleteStatus" "" Send Small statuses::delete_status;
        GET "getStatusStatistic" "" Read None statuses::get_status_statistic;
        GET "getIncomingStatuses" "" Read Small journals::get_incoming_statuses;
        GET "getOutgoingStatuses" "" Read Small journals::get_outgoing_statuses;
    }
    partner {
        GET "getInstances" None partner::get_instances;
        POST "createInstance" Small partner::create_instance;
        POST "deleteInstanceAccount" Small partner::delete_instance_account;
    }
};
