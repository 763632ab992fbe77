//! Payouts that are due are drawn up by themselves; an operator sends the money.

use jiff::{SignedDuration, Timestamp};
use kernel::{Currency, Id};

use crate::{
    App, db,
    db::payout::{Candidate, NewPayout},
};

/// A day of UTC: vendors' stores may be in several time zones, and days of the books are of UTC too.
const DAY: i64 = 24 * 60 * 60;
/// Vendors that are looked at at once.
const AT_ONCE: i64 = 200;

fn day(at: Timestamp) -> i64 {
    at.as_second().div_euclid(DAY)
}

/// Up to when a payout is due at `now`: the beginning of the day (UTC), where at least `interval_days`
/// days have begun since that of `since`, the end of the payout before or the first sale.
pub fn due_until(since: Timestamp, interval_days: i32, now: Timestamp) -> Option<Timestamp> {
    if day(now) - day(since) < i64::from(interval_days.max(1)) {
        return None;
    }
    Some(now - SignedDuration::new(now.as_second().rem_euclid(DAY), now.subsec_nanosecond()))
}

/// Draws up all that are due, each once however many processes do.
pub async fn draw_due(app: App) -> anyhow::Result<()> {
    let mut after = None;
    loop {
        let some = db::payout::candidates(&app.db, after, AT_ONCE).await?;
        let Some(last) = some.last() else { return Ok(()) };
        after = Some(last.vendor_id);
        for candidate in some {
            let now = app.clock.now();
            if due_until(candidate.since.to_jiff(), candidate.interval_days, now).is_none() {
                continue;
            }
            if let Err(error) = draw(&app, &candidate).await {
                let (vendor, error) = (candidate.vendor_id, format!("{error:#}"));
                tracing::error!(%vendor, error, "a payout that is due could not be drawn up");
            }
        }
    }
}

/// Draws up one, where it is still due: another process may have been first. Where nothing is owed
/// it is due until something is.
async fn draw(app: &App, candidate: &Candidate) -> anyhow::Result<()> {
    let now = app.clock.now();
    let Some(currency) = Currency::from_code(&candidate.currency) else { return Ok(()) };
    let mut tx = app.db.begin().await?;
    db::vendor::lock_payouts(&mut tx, candidate.vendor()).await?;
    let last = db::payout::last_until(&mut tx, candidate.vendor(), currency).await?;
    let since = last.unwrap_or_else(|| candidate.since.to_jiff());
    let Some(until) = due_until(since, candidate.interval_days, now) else { return Ok(()) };
    // No Idempotency-Key begins with a space: HTTP takes it away.
    let key = format!(" {currency} {}", until.strftime("%Y-%m-%d"), currency = currency.code());
    let new = NewPayout {
        id: Id::<NewPayout<'_>>::new().uuid(),
        vendor: candidate.vendor(),
        currency,
        key: &key,
        until,
        made_by: None,
        at: now,
    };
    if let Some(row) = db::payout::freeze(&mut tx, &new).await? {
        tx.commit().await?;
        tracing::info!(payout = %row.id, vendor = %candidate.vendor_id, "a payout is due");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    const YEARS: i64 = 60 * 365 * DAY;

    proptest! {
        /// Due from the midnight on which the interval is over, whatever the time of the day.
        #[test]
        fn it_is_due_when_so_many_days_have_begun(
            since in -YEARS..YEARS, later in 0..400 * DAY, days in 1..367_i32, nanos in 0..1_000_000_000_i64,
        ) {
            let now = at(since + later) + SignedDuration::from_nanos(nanos);
            let midnight = since.div_euclid(DAY) * DAY + i64::from(days) * DAY;
            let due = due_until(at(since), days, now);
            prop_assert_eq!(due.is_some(), now >= at(midnight));
            if let Some(until) = due {
                prop_assert_eq!(until.as_second() % DAY, 0);
                prop_assert!(until > at(since) && until <= now);
                prop_assert!(now.duration_since(until) < SignedDuration::from_secs(DAY));
            }
        }

        /// Looked at at any times, payouts never overlap, are never closer than the interval, and no
        /// look finds one that a look on the same day has found.
        #[test]
        fn payouts_follow_each_other_at_the_interval(
            first in 0..YEARS, days in 1..60_i32,
            looks in prop::collection::vec(0..3 * DAY, 1..200),
        ) {
            let (mut since, mut now, mut before) = (at(first), first, None::<Timestamp>);
            for pause in looks {
                now += pause;
                let Some(until) = due_until(since, days, at(now)) else { continue };
                if let Some(before) = before {
                    prop_assert!(until.duration_since(before).as_secs() >= i64::from(days) * DAY);
                }
                prop_assert_eq!(due_until(until, days, at(now)), None);
                (since, before) = (until, Some(until));
            }
            // Nobody waits longer than the interval and the pause between two looks.
            let waits = at(now).duration_since(since).as_secs();
            prop_assert!(waits < (i64::from(days) + 1) * DAY + 3 * DAY);
        }
    }
}
