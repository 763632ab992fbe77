//! What a customer may ask money back for, and what was paid for it. Pure.

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use kernel::{LineId, spread};
use serde::{Deserialize, Serialize};
use wire::Refusal;

/// An order has so many complaints at most.
pub const MOST: i64 = 20;

/// A line of what was sold, as far as it changed hands and was not asked for yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineStanding {
    pub line: LineId,
    pub name: String,
    /// What was paid for all of it, in minor units.
    pub total: i64,
    pub sold: u32,
    /// Units that changed hands; for the others the money went back by itself.
    pub handed: u32,
    /// Units that were asked for before, whatever became of that.
    pub asked: u32,
}

impl LineStanding {
    /// Units that can be asked for.
    pub const fn left(&self) -> u32 {
        self.handed.saturating_sub(self.asked)
    }

    /// What was paid for the next `units` of them: all units together come to what was paid for those
    /// that changed hands, to the minor unit.
    fn worth(&self, units: u32) -> i64 {
        let back = self.sold.saturating_sub(self.handed);
        let kept = spread(self.total, &[self.handed.into(), back.into()])[0];
        let up_to = |units: u32| {
            let share = i128::from(kept) * i128::from(units.min(self.handed));
            (share / i128::from(self.handed.max(1))) as i64
        };
        up_to(self.asked.saturating_add(units)) - up_to(self.asked)
    }
}

/// An order that is over at its door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub over_at: Timestamp,
    pub lines: Vec<LineStanding>,
    /// Fees and the tip, in minor units; none where the whole was asked for before.
    pub charges: i64,
    /// How often something was asked for.
    pub complaints: i64,
}

/// Units of one line: the first of them, and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Units {
    pub line: LineId,
    pub first: u32,
    pub units: u32,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub units: Vec<Units>,
    /// What was paid for it and is left of the payment, in minor units.
    pub worth: i64,
}

/// Why nothing can be asked for, or not that.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum ComplaintRefusal {
    /// It has not been handed over, brought back or lost yet.
    OrderNotOver,
    /// The time for it is over.
    TooLate { until: Timestamp },
    /// Nothing of it, or none of the money, is left to ask for.
    NothingLeft,
    /// No line of that order; lines are told by their place in what was asked for.
    UnknownLine { line: usize },
    /// So many of that line are left to ask for.
    UnitsGone { line: usize, left: u32 },
    /// So often something has been asked for.
    TooManyComplaints { most: i64 },
    /// The key was used for another complaint.
    IdempotencyKeyReused,
}

impl Refusal for ComplaintRefusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::UnknownLine { .. } | Self::IdempotencyKeyReused => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            _ => StatusCode::CONFLICT,
        }
    }
    fn detail(&self) -> String {
        match self {
            Self::OrderNotOver => "This order is still under way. Wait until it has ended.".into(),
            Self::TooLate { .. } => {
                "The time in which money can be asked back for this order is over. Write to the store."
                    .into()
            }
            Self::NothingLeft => "All of this order has been asked for or given back.".into(),
            Self::UnknownLine { .. } => "This is not in the order.".into(),
            Self::UnitsGone { left: 0, .. } => "This has been asked for already.".into(),
            Self::UnitsGone { left, .. } => format!("Only {left} of it can be asked for."),
            Self::TooManyComplaints { most } => {
                format!("You have asked {most} times for this order. Write to the store.")
            }
            Self::IdempotencyKeyReused => {
                "This Idempotency-Key was used for another complaint about this order.".into()
            }
        }
    }
    fn field(&self) -> Option<String> {
        match self {
            Self::UnknownLine { line } => Some(format!("lines[{line}].line")),
            Self::UnitsGone { line, .. } => Some(format!("lines[{line}].units")),
            Self::IdempotencyKeyReused => Some("Idempotency-Key".into()),
            _ => None,
        }
    }
}

impl Standing {
    /// Until when something can be asked for.
    pub fn until(&self, days: u32) -> Timestamp {
        self.over_at + SignedDuration::from_hours(24 * i64::from(days))
    }

    /// Whether anything can be asked for now: `left` is what is left of the payment.
    pub fn open(&self, left: i64, (now, days): (Timestamp, u32)) -> Result<(), ComplaintRefusal> {
        let until = self.until(days);
        if now >= until {
            return Err(ComplaintRefusal::TooLate { until });
        }
        if self.complaints >= MOST {
            return Err(ComplaintRefusal::TooManyComplaints { most: MOST });
        }
        if left <= 0 || self.all().worth <= 0 {
            return Err(ComplaintRefusal::NothingLeft);
        }
        Ok(())
    }

    /// What is asked for with these units of lines, each line once; with none all that is left, fees and tip too.
    pub fn ask(
        &self,
        wanted: Option<&[(LineId, u32)]>,
        left: i64,
    ) -> Result<Asked, ComplaintRefusal> {
        let asked = match wanted {
            None => self.all(),
            Some(wanted) => self.some(wanted)?,
        };
        let worth = asked.worth.min(left);
        if worth <= 0 {
            return Err(ComplaintRefusal::NothingLeft);
        }
        Ok(Asked { worth, ..asked })
    }

    fn all(&self) -> Asked {
        let left = self.lines.iter().filter(|line| line.left() > 0);
        let units =
            left.clone().map(|it| Units { line: it.line, first: it.asked, units: it.left() });
        let goods: i64 = left.map(|line| line.worth(line.left())).sum();
        Asked { units: units.collect(), worth: goods.saturating_add(self.charges) }
    }

    fn some(&self, wanted: &[(LineId, u32)]) -> Result<Asked, ComplaintRefusal> {
        let mut asked = Asked { units: Vec::new(), worth: 0 };
        for (place, (line, units)) in wanted.iter().enumerate() {
            let standing = self.lines.iter().find(|it| it.line == *line);
            let standing = standing.ok_or(ComplaintRefusal::UnknownLine { line: place })?;
            let left = standing.left();
            if *units > left {
                return Err(ComplaintRefusal::UnitsGone { line: place, left });
            }
            asked.units.push(Units { line: *line, first: standing.asked, units: *units });
            asked.worth = asked.worth.saturating_add(standing.worth(*units));
        }
        Ok(asked)
    }
}

/// The most that may be agreed to now, in minor units: what was paid for it, as far as that is left of
/// the payment.
pub fn most(worth: i64, left: i64) -> i64 {
    worth.min(left).max(0)
}

#[cfg(test)]
mod tests;
