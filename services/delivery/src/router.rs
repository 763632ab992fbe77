//! Who says how long rides take that are under way: Google where a key is set, else nobody, and the
//! built-in estimate holds. No answer of a router's is used twice, and none is asked for within a
//! transaction.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use futures::future::join_all;
use jiff::SignedDuration;
use kernel::{Clock, OrderId, PersonId, Place};

use crate::{
    google::{Google, GoogleRoutes},
    pace::Pace,
    rides::Rides,
    table::Table,
};

/// The router that is set, if any.
#[derive(Clone)]
pub struct Router(Option<Arc<Asked>>);

struct Asked {
    google: Google,
    clock: Clock,
    /// Who has looked at the line of which order.
    lines: Mutex<HashMap<(OrderId, PersonId), Pace>>,
}

/// A page reads its line anew every two minutes, and may be loaded again in between.
const LINES: u32 = 6;
const LINES_WITHIN: SignedDuration = SignedDuration::from_mins(5);
/// When so many are counted, those that have come to rest are forgotten.
const MOST_LOOKERS: usize = 1_000;

impl Router {
    pub fn of(settings: &GoogleRoutes, clock: &Clock) -> anyhow::Result<Self> {
        if !settings.is_set() {
            return Ok(Self(None));
        }
        let google = Google::new(settings.clone(), clock.clone())?;
        Ok(Self(Some(Arc::new(Asked { google, clock: clock.clone(), lines: Mutex::default() }))))
    }

    /// Whether there is anybody to ask.
    pub fn is_asked(&self) -> bool {
        self.0.is_some()
    }

    /// How long one question may take; nothing where nobody is asked.
    pub fn patience(&self) -> SignedDuration {
        let settings = self.0.as_ref().map(|asked| asked.google.settings());
        let patience = settings.map_or(0, |settings| settings.timeout_ms);
        SignedDuration::from_millis(patience.try_into().unwrap_or(i64::MAX))
    }

    /// These ways, asked about at the same time. What is not answered is left to the estimate.
    pub async fn rides(&self, ways: &[(Place, Place)]) -> Rides {
        let mut rides = Rides::default();
        let Some(asked) = &self.0 else { return rides };
        let legs = join_all(ways.iter().map(|(from, to)| asked.google.leg(*from, *to))).await;
        for ((from, to), leg) in ways.iter().zip(legs) {
            if let Some(leg) = leg {
                rides.add(*from, *to, leg);
            }
        }
        rides
    }

    /// How many ways one round of offers may ask about now.
    pub fn matrix_ways(&self) -> usize {
        let Some(asked) = &self.0 else { return 0 };
        let most = asked.google.settings().matrix_ways.min(asked.google.left());
        most.try_into().unwrap_or(usize::MAX)
    }

    /// All ways of a table, in one call.
    pub async fn matrix(&self, table: &Table) -> Rides {
        match &self.0 {
            Some(asked) => asked.google.matrix(table).await,
            None => Rides::default(),
        }
    }

    /// Through where the way of an order leads, as Google encodes it, for the map of who looks at it.
    /// None where nobody says so now, or they have looked too often.
    pub async fn line(
        &self,
        of: OrderId,
        to_whom: PersonId,
        (from, to): (Place, Place),
    ) -> Option<String> {
        let asked = self.0.as_ref()?;
        if asked.may_look(of, to_whom) { asked.google.line(from, to).await } else { None }
    }
}

impl Asked {
    /// Counts a look. Lines leave the half of each minute's ways to what drivers and customers wait
    /// for more.
    fn may_look(&self, of: OrderId, to_whom: PersonId) -> bool {
        if self.google.left() <= self.google.settings().ways_per_minute / 2 {
            return false;
        }
        let now = self.clock.now();
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() >= MOST_LOOKERS {
            lines.retain(|_, pace| !pace.is_idle(now));
        }
        let pace = lines.entry((of, to_whom)).or_insert_with(|| Pace::new(LINES, LINES_WITHIN));
        pace.take(1, now)
    }
}
