//! How often each method may be called for an instance (contract greenapi.md §1.3).

use std::num::NonZeroU32;
use std::time::Duration;

use crate::Rate;

/// The vendor does not say how many calls may come at once. A client that starts calls some of the slow methods several
/// times in a row, so that each bucket holds ten calls at least.
const BURST: u32 = 10;

/// `None` where the vendor names no limit.
pub fn of(method: &str) -> Option<Rate> {
    let per_second = match method {
        "receiveNotification" | "deleteNotification" => 100,
        "sendMessage"
        | "sendFileByUpload"
        | "sendFileByUrl"
        | "sendPoll"
        | "sendLocation"
        | "sendContact"
        | "sendLink"
        | "sendButtons"
        | "sendTemplateButtons"
        | "sendListMessage"
        | "sendTemplate"
        | "forwardMessages" => 50,
        "getMessage"
        | "addGroupParticipant"
        | "removeGroupParticipant"
        | "setGroupAdmin"
        | "removeAdmin"
        | "leaveGroup"
        | "readChat"
        | "checkWhatsapp"
        | "checkAccount"
        | "getAvatar"
        | "deleteMessage"
        | "archiveChat"
        | "unarchiveChat"
        | "deleteStatus" => 10,
        "downloadFile" | "sendTextStatus" | "sendVoiceStatus" | "sendMediaStatus" => 5,
        "qr" => 3,
        "getSettings"
        | "setSettings"
        | "getStateInstance"
        | "getStatusInstance"
        | "reboot"
        | "logout"
        | "scanqrcode"
        | "getWaSettings"
        | "getAccountSettings"
        | "getChatHistory"
        | "lastIncomingMessages"
        | "lastOutgoingMessages"
        | "createGroup"
        | "updateGroupName"
        | "getGroupData"
        | "setGroupPicture"
        | "getDeviceInfo"
        | "getContacts"
        | "getContactInfo"
        | "setDisappearingChat"
        | "clearMessagesQueue"
        | "showMessagesQueue"
        | "getIncomingStatuses"
        | "getOutgoingStatuses"
        | "getStatusStatistic" => 1,
        // The older page's limit: one in ten seconds stops a client that sets a picture and looks at it.
        "setProfilePicture" => 1,
        "clearWebhooksQueue" => return Some(rate(Duration::from_secs(60), 1)),
        _ => return None,
    };
    Some(rate(Duration::from_secs(1) / per_second, per_second.max(BURST)))
}

fn rate(every: Duration, burst: u32) -> Rate {
    Rate { every, burst: NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::green_api::table::ENDPOINTS;

    #[test]
    fn the_limits_are_the_vendors_and_every_one_is_of_a_method() {
        let per_second = |method| of(method).map(|rate| (rate.per_second(), rate.burst.get()));
        assert_eq!(per_second("receiveNotification"), Some((100, 100)));
        assert_eq!(per_second("sendMessage"), Some((50, 50)));
        assert_eq!(per_second("getSettings"), Some((1, 10)));
        assert_eq!(per_second("clearWebhooksQueue"), Some((1, 1)));
        assert_eq!(per_second("uploadFile"), None);
        let limited = ENDPOINTS.iter().filter(|endpoint| of(endpoint.name).is_some()).count();
        assert!(limited > ENDPOINTS.len() / 2, "{limited}");
    }
}
