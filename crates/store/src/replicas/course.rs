use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;
use wire::Position;

/// Where the primary's log was, and when: what lag is measured by. A replica that has all of a quiet
/// primary is not behind, however old its last row is, and no clock of another machine is asked.
#[derive(Debug, Default)]
pub(super) struct Course {
    marks: VecDeque<(Instant, Position)>,
}

impl Course {
    /// Where the primary was when it was last seen; nothing before that.
    pub fn newest(&self) -> Option<Position> {
        self.marks.back().map(|(_, position)| *position)
    }

    /// Notes where it is. Of what was before `limit` ago only the last matters, and of another primary's
    /// log nothing.
    pub fn mark(&mut self, now: Instant, position: Position, limit: Duration) {
        self.marks.retain(|(_, before)| {
            (before.cluster, before.timeline) == (position.cluster, position.timeline)
        });
        self.marks.push_back((now, position));
        while self.marks.get(1).is_some_and(|(at, _)| now.saturating_duration_since(*at) >= limit) {
            self.marks.pop_front();
        }
    }

    /// Whether it is known where the primary was so long ago.
    pub fn is_as_long_as(&self, now: Instant, limit: Duration) -> bool {
        self.marks.front().is_some_and(|(at, _)| now.saturating_duration_since(*at) >= limit)
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

    fn position(at: u64) -> Position {
        Position { cluster: 1, timeline: 1, at }
    }

    fn after(begun: Instant, seconds: u64) -> Instant {
        begun + Duration::from_secs(seconds)
    }

    #[test]
    fn lag_is_how_long_ago_the_primary_was_there() {
        let (begun, mut course) = (Instant::now(), Course::default());
        assert_eq!(course.least(begun, LIMIT), None, "nothing is known");
        for second in 0..20 {
            let now = after(begun, second);
            course.mark(now, position(second * 10), LIMIT);
            let wanted = second.saturating_sub(5) * 10;
            assert_eq!(course.least(now, LIMIT), Some(position(wanted)), "{second}");
            assert_eq!(course.is_as_long_as(now, LIMIT), second >= 5, "{second}");
        }
        assert!(course.marks.len() <= 7, "what is old is forgotten: {}", course.marks.len());
        // A primary of which nothing is heard any more: all that is known of it is wanted.
        assert_eq!(course.least(after(begun, 60), LIMIT), Some(position(190)));
    }

    #[test]
    fn a_quiet_primary_leaves_nobody_behind() {
        let (begun, mut course) = (Instant::now(), Course::default());
        for second in 0..60 {
            course.mark(after(begun, second), position(7), LIMIT);
        }
        assert_eq!(course.least(after(begun, 60), LIMIT), Some(position(7)));
    }

    #[test]
    fn of_another_primary_all_is_wanted_that_is_known() {
        let (begun, mut course) = (Instant::now(), Course::default());
        for second in 0..10 {
            course.mark(after(begun, second), position(100 + second), LIMIT);
        }
        let promoted = Position { timeline: 2, ..position(90) };
        course.mark(after(begun, 10), promoted, LIMIT);
        assert_eq!(course.least(after(begun, 10), LIMIT), Some(promoted));
        assert_eq!(course.newest(), Some(promoted));
    }
}
