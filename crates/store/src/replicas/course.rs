use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;
use wire::Position;

/// Where the primary's log was, and when: what lag is measured by. A replica that has all of a quiet
/// primary is not behind, however old its last row is, and no clock of another machine is asked.
#[derive(Debug, Default)]
pub(super) struct Course {
    cluster: Option<i64>,
    marks: VecDeque<(Instant, Position)>,
}

impl Course {
    /// The number of the primary's cluster; none before it was seen.
    pub fn cluster(&self) -> Option<i64> {
        self.cluster
    }

    /// Notes where it is. Of what was before `limit` ago only the last matters.
    pub fn mark(&mut self, now: Instant, (cluster, position): (i64, Position), limit: Duration) {
        self.cluster = Some(cluster);
        self.marks.push_back((now, position));
        while self.marks.get(1).is_some_and(|(at, _)| now.saturating_duration_since(*at) >= limit) {
            self.marks.pop_front();
        }
    }

    /// The least that a replica has to have so as not to be behind by more than `limit`. Of a primary
    /// that says nothing any more it has to have all that is known.
    pub fn least(&self, now: Instant, limit: Duration) -> Option<Position> {
        let is_old = |at: &Instant| now.saturating_duration_since(*at) >= limit;
        let before = self.marks.iter().rev().find(|(at, _)| is_old(at));
        before.or(self.marks.front()).map(|(_, position)| *position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(5);

    fn after(begun: Instant, seconds: u64) -> Instant {
        begun + Duration::from_secs(seconds)
    }

    #[test]
    fn lag_is_how_long_ago_the_primary_was_there() {
        let (begun, mut course) = (Instant::now(), Course::default());
        assert_eq!(course.least(begun, LIMIT), None, "nothing is known");
        for second in 0..20 {
            let now = after(begun, second);
            course.mark(now, (1, Position(second * 10)), LIMIT);
            let wanted = second.saturating_sub(5) * 10;
            assert_eq!(course.least(now, LIMIT), Some(Position(wanted)), "{second}");
        }
        assert!(course.marks.len() <= 7, "what is old is forgotten: {}", course.marks.len());
        // A primary of which nothing is heard any more: all that is known of it is wanted.
        assert_eq!(course.least(after(begun, 60), LIMIT), Some(Position(190)));
    }

    #[test]
    fn a_quiet_primary_leaves_nobody_behind() {
        let (begun, mut course) = (Instant::now(), Course::default());
        for second in 0..60 {
            course.mark(after(begun, second), (1, Position(7)), LIMIT);
        }
        assert_eq!(course.least(after(begun, 60), LIMIT), Some(Position(7)));
    }
}
