use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use jiff::{SignedDuration, Timestamp};

/// Where the time comes from: the machine, or a clock that a test turns by hand.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    System,
    /// The machine's clock, so much ahead.
    Ahead(SignedDuration),
    /// Microseconds since the epoch.
    Turned(Arc<AtomicI64>),
}

impl Clock {
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// The machine's clock moved: for a demo city whose stores are open whenever someone looks.
    pub const fn ahead(by: SignedDuration) -> Self {
        Self(Source::Ahead(by))
    }

    /// A clock that stands at `start` until it is turned; clones turn together.
    pub fn turned(start: Timestamp) -> Self {
        Self(Source::Turned(Arc::new(AtomicI64::new(start.as_microsecond()))))
    }

    /// Now, in UTC, to the microsecond: what the database keeps.
    #[allow(clippy::disallowed_methods)]
    pub fn now(&self) -> Timestamp {
        let micros = match &self.0 {
            Source::System => Timestamp::now().as_microsecond(),
            Source::Ahead(by) => Timestamp::now().as_microsecond() + by.as_micros() as i64,
            Source::Turned(at) => at.load(Ordering::SeqCst),
        };
        Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Moves a turned clock forward; the machine's clock cannot be moved and stays as it is.
    pub fn advance(&self, by: SignedDuration) {
        if let Source::Turned(at) = &self.0 {
            at.fetch_add(by.as_micros() as i64, Ordering::SeqCst);
        }
    }

    /// Sets a turned clock; the machine's clock stays as it is.
    pub fn set(&self, to: Timestamp) {
        if let Source::Turned(at) = &self.0 {
            at.store(to.as_microsecond(), Ordering::SeqCst);
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}
