//! A job's life: its states, what may be done in each, and what is said to whom.

use delivery_api::{JobMove, JobMoved, RefusedBecause};
use jiff::{SignedDuration, Timestamp};
use kernel::PersonId;
use serde::{Deserialize, Serialize};

use crate::{db::JobRow, estimate::Ride, rides::Rides};

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// No driver yet.
    Waiting,
    /// A driver is being asked.
    Offered,
    /// A driver is on the way to the store, or waits there.
    Assigned,
    PickedUp,
    /// The driver is at the door.
    Arrived,
    /// All of it changed hands. The end.
    HandedOver,
    /// All or part of it goes back to the store.
    Returning,
    /// What went back is back. The end.
    Returned,
    /// It left the store and will not come back. The end.
    Lost,
    /// The law stopped it in the store. The end.
    Stopped,
    /// The order was cancelled before it left the store. The end.
    Cancelled,
}

/// What may be done with a job: by its driver, and some of it by others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    PickUp,
    Arrive,
    Check,
    HandOver,
    Refuse,
    /// By the driver who brings it back; by the store or an operator, who have it.
    Return,
    /// By an operator.
    Lose,
}

/// Why a driver may bring back what never came to the door.
pub const ON_THE_ROAD: [RefusedBecause; 3] =
    [RefusedBecause::Damaged, RefusedBecause::NotLawful, RefusedBecause::Unsafe];
/// Why a driver may hand nothing over at the door.
pub const AT_THE_DOOR: [RefusedBecause; 9] = [
    RefusedBecause::UnderAge,
    RefusedBecause::NoDocument,
    RefusedBecause::DocumentNotTheirs,
    RefusedBecause::Intoxicated,
    RefusedBecause::NobodyThere,
    RefusedBecause::CustomerDeclined,
    RefusedBecause::Damaged,
    RefusedBecause::NotLawful,
    RefusedBecause::Unsafe,
];

/// When something is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    pub at: Timestamp,
    /// Whether any of it is by the built-in estimate.
    pub rough: bool,
}

impl Expected {
    /// After this ride.
    pub fn and(self, ride: Ride) -> Self {
        let at = self.at + SignedDuration::from_secs(i64::from(ride.seconds));
        Self { at, rough: self.rough || ride.rough }
    }
}

impl JobState {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Offered => "offered",
            Self::Assigned => "assigned",
            Self::PickedUp => "picked_up",
            Self::Arrived => "arrived",
            Self::HandedOver => "handed_over",
            Self::Returning => "returning",
            Self::Returned => "returned",
            Self::Lost => "lost",
            Self::Stopped => "stopped",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state that a column names.
    pub fn named(name: &str) -> Option<Self> {
        use JobState::*;
        let all = [
            Waiting, Offered, Assigned, PickedUp, Arrived, HandedOver, Returning, Returned, Lost,
            Stopped, Cancelled,
        ];
        all.into_iter().find(|state| state.name() == name)
    }

    /// Whether the driver has the goods.
    /// Whether nothing becomes of it any more.
    pub const fn is_end(self) -> bool {
        use JobState::{Cancelled, HandedOver, Lost, Returned, Stopped};
        matches!(self, HandedOver | Returned | Lost | Stopped | Cancelled)
    }

    pub const fn carried(self) -> bool {
        matches!(self, Self::PickedUp | Self::Arrived | Self::Returning)
    }
}

impl JobRow {
    /// Whether it is too early to bring it within the slot in which it is wanted.
    pub fn is_early(&self, now: Timestamp) -> bool {
        self.leaves_from.is_some_and(|from| now < from)
    }

    /// What its driver may do now. `checked` tells whether a check at this door holds, `carrying`
    /// whether the driver has another order in the bag.
    pub fn can(&self, checked: bool, carrying: bool, now: Timestamp) -> Vec<Deed> {
        match self.state {
            JobState::Assigned if self.ready && !carrying && !self.is_early(now) => {
                vec![Deed::PickUp]
            }
            JobState::PickedUp => vec![Deed::Arrive, Deed::Refuse],
            JobState::Arrived => self.can_at_door(checked),
            JobState::Returning => vec![Deed::Return],
            _ => Vec::new(),
        }
    }

    /// What its driver may do at the door.
    pub fn can_at_door(&self, checked: bool) -> Vec<Deed> {
        if checked || self.soft() {
            vec![Deed::Check, Deed::HandOver, Deed::Refuse]
        } else {
            vec![Deed::Check, Deed::Refuse]
        }
    }

    /// Why its driver may refuse to hand it over now.
    pub fn refusals(&self) -> &'static [RefusedBecause] {
        match self.state {
            JobState::PickedUp => &ON_THE_ROAD,
            JobState::Arrived => &AT_THE_DOOR,
            _ => &[],
        }
    }

    /// What an operator may do now.
    pub fn operator_can(&self) -> Vec<Deed> {
        if self.state.carried() { vec![Deed::Return, Deed::Lose] } else { Vec::new() }
    }

    /// Whether any line is free of alcohol, and so may change hands unchecked.
    fn soft(&self) -> bool {
        self.facts.lines.iter().any(|line| line.drink.class == kernel::AlcoholClass::None)
    }

    /// When it is expected at the door if fetched by a driver who is at the store at `at_store`.
    pub fn eta_from_store(&self, at_store: Expected, rides: &Rides) -> Expected {
        let leaves = Expected { at: at_store.at.max(self.ready_at), ..at_store };
        leaves.and(rides.ride(self.store_place(), self.door_place()))
    }

    /// When a driver who leaves the store with it now is at the door.
    pub fn eta_from_now(&self, now: Timestamp, rides: &Rides) -> Expected {
        let leaves = Expected { at: now, rough: false };
        leaves.and(rides.ride(self.store_place(), self.door_place()))
    }

    /// The event that tells of this move, and of when it is expected. Those who hear it keep it for
    /// good, so nothing in it is a router's: where the row has such a time, `told` is by the built-in
    /// estimate.
    pub fn moved_expected(&self, moved: JobMove, told: Expected) -> JobMoved {
        JobMoved { eta: Some(told.at), ..self.moved(moved) }
    }

    /// The event that tells of this move.
    pub fn moved(&self, moved: JobMove) -> JobMoved {
        let on_its_way = matches!(self.state, JobState::Assigned | JobState::PickedUp);
        JobMoved {
            job: self.id,
            order: self.order,
            driver: self.driver,
            driver_name: self.driver_name.clone(),
            moved,
            eta: if on_its_way && self.eta_rough { self.eta } else { None },
            by: None,
            pay: self.pay,
        }
    }

    /// The same, where someone other than the driver did it.
    pub fn moved_by(&self, by: PersonId, moved: JobMove) -> JobMoved {
        JobMoved { by: Some(by), ..self.moved(moved) }
    }
}
