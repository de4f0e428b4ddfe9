//! Another attempt of a delivery that failed before or was asked for again.

use sluice_model::delivery::Delivery;
use sluice_store::Fault;

use super::{Ground, page};
use crate::attempt::Tried;

/// Always leaves an attempt, so that the delivery does not stay due for ever.
pub async fn retry(ground: &Ground, delivery: &Delivery) -> Result<Tried, Fault> {
    let number = delivery.attempts + 1;
    let unsendable = |why| {
        let now = ground.tools.clock().now();
        Tried::unsendable(delivery.listener, delivery.account, delivery.position, number, now, why)
    };
    let Some(job) = page::one(ground, delivery.position).await? else {
        return Ok(unsendable("this event is not kept any more"));
    };
    match ground.attempt(&job.frame, &job.entry, number).await {
        Some(tried) => Ok(tried),
        None => Ok(unsendable("the listener does not want this event, or its dialect has no word for it")),
    }
}
