//! Moments on the wire: RFC 3339, in UTC and to the millisecond on the way out, with any offset on the way in.

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};
use sluice_model::Timestamp;
use utoipa::ToSchema;

/// A moment (RFC 3339), such as `2026-10-01T12:00:00.000Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-10-01T12:00:00.000Z")]
pub struct When(pub Timestamp);

impl When {
    /// `None` for the end of time, which is no moment of a calendar.
    pub fn of(at: Timestamp) -> Option<Self> {
        jiff::Timestamp::from_millisecond(at.millis()).is_ok().then_some(Self(at))
    }
}

impl Serialize for When {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let moment = jiff::Timestamp::from_millisecond(self.0.millis()).unwrap_or(jiff::Timestamp::MAX);
        to.collect_str(&format_args!("{moment:.3}"))
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(from)?;
        let moment: jiff::Timestamp = text
            .parse()
            .map_err(|_| D::Error::custom("must be a time with its offset, such as 2026-10-01T12:00:00Z"))?;
        Ok(Self(Timestamp::from_millis(moment.as_millisecond())))
    }
}
