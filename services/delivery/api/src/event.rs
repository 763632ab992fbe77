use jiff::Timestamp;
use kernel::{DriverId, Event, JobId, LineId, Money, OrderId, PersonId};
use serde::{Deserialize, Serialize};

/// A delivery job has moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobMoved {
    pub job: JobId,
    pub order: OrderId,
    pub driver: Option<DriverId>,
    /// The driver's given name, for the customer.
    pub driver_name: Option<String>,
    pub moved: JobMove,
    /// When it is expected at the door, while it is on its way there.
    pub eta: Option<Timestamp>,
    /// Who did it, where that was not the driver.
    pub by: Option<PersonId>,
    /// What its driver is paid for handing it over, the tip aside; none where delivery does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay: Option<Money>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "move", rename_all = "snake_case")]
pub enum JobMove {
    /// A driver accepted.
    Assigned,
    /// The driver gave it back before pick-up; another is sought.
    Unassigned,
    /// It left the store.
    PickedUp,
    /// The driver is at the door.
    Arrived,
    /// Something changed hands: all of it, or the lines named, less than ordered.
    HandedOver { whole: bool, lines: Vec<HandedLine> },
    /// Nothing changed hands; all of it goes back.
    Refused { because: RefusedBecause, note: String },
    /// What went back is at the store again.
    Returned,
    /// What left the store, and was not handed over, will not come back.
    Lost { note: String },
    /// The law or an operator stopped it before it left the store.
    Stopped { reason: String },
}

/// How much of one line changed hands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandedLine {
    pub line: LineId,
    #[schema(minimum = 1, maximum = 999)]
    pub quantity: u32,
}

/// Why the driver did not hand it over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefusedBecause {
    UnderAge,
    NoDocument,
    DocumentNotTheirs,
    Intoxicated,
    NobodyThere,
    CustomerDeclined,
    Damaged,
    /// The law does not allow it at this time or place.
    NotLawful,
    Unsafe,
    /// The driver did not bring it: for the store or an operator to say.
    NotDelivered,
}

impl Event for JobMoved {
    const KIND: &'static str = "tipple.delivery.moved";
    fn subject(&self) -> String {
        self.order.to_string()
    }
}
