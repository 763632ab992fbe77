//! What a driver did while there was no network to say so.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use wire::{Fault, Problem, Refusal};

use crate::{
    App,
    db::{Act, JobRow},
};

/// When a deed happened.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Happened {
    /// When it happened, by the phone's clock, where it is told later: not before the step before it,
    /// and no longer than four hours ago. Just now unless told.
    happened_at: Option<Timestamp>,
}

/// A phone's clock may be so far ahead.
const AHEAD: SignedDuration = SignedDuration::from_mins(1);
/// No driver is without a network for longer.
const OLDEST: SignedDuration = SignedDuration::from_hours(4);

impl Happened {
    /// When it happened to a job.
    pub fn on(self, row: &JobRow, now: Timestamp) -> Result<Timestamp, Problem> {
        let refused = |message| Err(Problem::invalid("happened_at", message));
        match self.happened_at {
            None => Ok(now),
            Some(at) if at > now + AHEAD => refused("is in the future"),
            Some(at) if at < now - OLDEST => refused("is longer than four hours ago"),
            Some(at) if row.step_at.is_some_and(|step| at < step) => {
                refused("is before the step before it")
            }
            Some(at) => Ok(at.min(now)),
        }
    }

    /// The deed of a driver whose job has to be looked at for that.
    pub async fn act<R: Refusal>(self, app: &App, act: Act) -> Result<Act, Fault<R>> {
        if self.happened_at.is_none() {
            return Ok(act);
        }
        let row = super::own_job::<R>(app, act).await?;
        Ok(Act { at: self.on(&row, act.at)?, ..act })
    }
}
