//! What GREEN-API calls the stages of a call.

use sluice_model::event::CallStage;

/// The `status` of notifications and journals (contract greenapi.md §3.2: the format page's spelling `hangUp`).
pub const fn of_call(stage: CallStage) -> &'static str {
    match stage {
        CallStage::Offered => "offer",
        CallStage::Accepted => "pickUp",
        CallStage::Declined => "declined",
        CallStage::Missed => "missed",
        CallStage::Ended => "hangUp",
    }
}
