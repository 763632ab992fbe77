//! Offers: the rounds that make them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};
use kernel::{DriverId, Id, JobId, Place};
use store::Tx;

use crate::{
    App, Config,
    assign::{Candidate, OpenJob, Reach, matching},
    db::{self, OnShift, PastOffer, WaitingRow},
    estimate::ride,
    job::JobState,
    rides::Rides,
    table::{Table, table},
};

/// One driver asked to do one job.
pub enum Offer {}
/// Names an offer.
pub type OfferId = Id<Offer>;

/// The most that one round looks at; the rest is for the next.
const MOST_JOBS: i64 = 200;
const MOST_DRIVERS: i64 = 500;
/// At how many stores those who are near are looked at first, where there are more drivers than that.
const MOST_STORES: usize = 25;

/// Ends offers whose time is up and matches waiting jobs to drivers. Only one process does so at
/// a time; the others leave it to that one.
pub async fn round(app: App) -> anyhow::Result<()> {
    let table = if app.router.is_asked() { to_ask(&app).await? } else { ToAsk::Nobody };
    match table {
        ToAsk::Nobody => make_offers(&app, None).await,
        ToAsk::Router(table) => {
            let made = make_offers(&app, Some(app.router.matrix(&table).await)).await;
            db::round_is_over(&app.db, app.clock.now()).await?;
            made
        }
        ToAsk::Elsewhere => Ok(()),
    }
}

/// Whom a round asks about its ways.
enum ToAsk {
    /// Nothing depends on it.
    Nobody,
    Router(Table),
    /// Another process asks already, and makes the offers.
    Elsewhere,
}

/// A round that asks and dies is over so long after its answer was due.
const SLACK: SignedDuration = SignedDuration::from_secs(5);

/// Which ways matter as things are now. They are asked about afterwards, outside of any transaction,
/// and by one process.
async fn to_ask(app: &App) -> anyhow::Result<ToAsk> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    db::expire_offers(&mut tx, now).await?;
    let (jobs, candidates) = at_hand(app, &mut tx, now).await?;
    if matters(app, &jobs, &candidates).is_none() {
        tx.commit().await?;
        return Ok(ToAsk::Nobody);
    }
    let until = now + app.router.patience() + SLACK;
    if !db::round_asks(&mut tx, now, until).await? {
        tx.commit().await?;
        return Ok(ToAsk::Elsewhere);
    }
    // The round that asked before may have offered it all since it was looked at.
    let (jobs, candidates) = at_hand(app, &mut tx, now).await?;
    let Some(table) = matters(app, &jobs, &candidates) else { return Ok(ToAsk::Nobody) };
    tx.commit().await?;
    Ok(ToAsk::Router(table))
}

/// `rides` is none where nobody was asked, for nothing depended on it: where something does by now,
/// it is left to the round that asks.
async fn make_offers(app: &App, rides: Option<Rides>) -> anyhow::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    if rides.is_some() {
        db::round_will_be_mine(&mut tx).await?;
    } else if !db::round_is_mine(&mut tx).await? {
        return Ok(());
    }
    db::expire_offers(&mut tx, now).await?;
    let (jobs, candidates) = at_hand(app, &mut tx, now).await?;
    if rides.is_none() && app.router.is_asked() && matters(app, &jobs, &candidates).is_some() {
        return Ok(tx.commit().await?);
    }
    let reach = Reach { max_metres: app.config.max_metres(), rides: rides.unwrap_or_default() };
    let pairs = matching(&jobs, &candidates, &reach);
    if !pairs.is_empty() {
        let expires_at = now + SignedDuration::from_secs(app.config.offer_seconds);
        db::make_offers(&mut tx, &pairs, now, expires_at).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The ways that offers depend on, if any.
fn matters(app: &App, jobs: &[OpenJob], candidates: &[Candidate]) -> Option<Table> {
    let reach = Reach::built_in(app.config.max_metres());
    table(jobs, candidates, &reach, app.router.matrix_ways())
}

/// The jobs without a driver, and the drivers who could fetch one.
async fn at_hand(app: &App, tx: &mut Tx<'_>, now: Timestamp) -> sqlx::Result<Sides> {
    let waiting = db::waiting_jobs(tx, now, MOST_JOBS).await?;
    if waiting.is_empty() {
        return Ok(Sides::default());
    }
    let ids: Vec<_> = waiting.iter().map(|row| row.job.uuid()).collect();
    let past = db::past_offers(tx, &ids).await?;
    let near = near(app, tx, &waiting).await?;
    let on_shift =
        db::drivers_on_shift(tx, None, &near, app.config.heard_since(now), MOST_DRIVERS).await?;
    Ok(sides(&app.config, now, &waiting, &past, &on_shift))
}

/// Whom a round looks at first, where it cannot look at all who are on shift. Redis is asked within the
/// transaction, for it is about these jobs, and answers at once or is given up.
async fn near(app: &App, tx: &mut Tx<'_>, waiting: &[WaitingRow]) -> sqlx::Result<Vec<DriverId>> {
    let Some(places) = &app.places else { return Ok(Vec::new()) };
    if !db::more_on_shift_than(tx, MOST_DRIVERS).await? {
        return Ok(Vec::new());
    }
    let mut stores: Vec<Place> = Vec::new();
    for row in waiting {
        if stores.len() < MOST_STORES && !stores.contains(&row.store) {
            stores.push(row.store);
        }
    }
    let each = MOST_DRIVERS as usize / stores.len().max(1);
    Ok(places.near(&stores, app.config.max_metres(), each).await)
}

type Sides = (Vec<OpenJob>, Vec<Candidate>);

/// A round at once, because something changed; what it misses the next regular one does.
pub async fn round_now(app: &App) {
    if let Err(error) = round(app.clone()).await {
        tracing::warn!(error = format!("{error:#}"), "offers wait for the next round");
    }
}

fn sides(
    config: &Config,
    now: Timestamp,
    waiting: &[WaitingRow],
    past: &[PastOffer],
    on_shift: &[OnShift],
) -> Sides {
    let mut past_of: HashMap<JobId, Vec<&PastOffer>> = HashMap::new();
    for offer in past {
        past_of.entry(offer.job).or_default().push(offer);
    }
    let open_job = |row: &WaitingRow| {
        let past = past_of.get(&row.job).map_or(&[][..], Vec::as_slice);
        let mut missed = BTreeMap::new();
        for offer in past.iter().filter(|offer| !offer.declined) {
            *missed.entry(offer.driver).or_insert(0) += 1;
        }
        OpenJob {
            job: row.job,
            store: row.store,
            ready_in: row.ready_at.duration_since(now).as_secs(),
            waiting: now.duration_since(row.since).as_secs(),
            barred: barred(config, now, row, past, on_shift),
            missed,
        }
    };
    let jobs = waiting.iter().map(open_job).collect();
    let soon = config.soon_free_minutes * 60;
    let candidates = on_shift
        .iter()
        .filter(|driver| !driver.taken)
        .map(|driver| candidate(config, now, driver))
        .filter(|candidate| candidate.free_in <= soon)
        .collect();
    (jobs, candidates)
}

/// Who must not be asked: whoever ordered it, and whoever declined. Where that is every driver who
/// could do it, of the latter only those who declined a moment ago, so that no order waits for ever.
fn barred(
    config: &Config,
    now: Timestamp,
    row: &WaitingRow,
    past: &[&PastOffer],
    on_shift: &[OnShift],
) -> BTreeSet<DriverId> {
    let declines = past.iter().filter(|offer| offer.declined);
    let own = std::iter::once(row.own);
    let all: BTreeSet<DriverId> =
        declines.clone().map(|offer| offer.driver).chain(own.clone()).collect();
    let max_metres = config.max_metres();
    let others = on_shift.iter().any(|driver| {
        !all.contains(&driver.driver) && ride(driver.place, row.store).metres <= max_metres
    });
    if others {
        return all;
    }
    let since = now - SignedDuration::from_mins(config.ask_again_minutes);
    declines.filter(|offer| offer.at > since).map(|offer| offer.driver).chain(own).collect()
}

/// When and where a driver is free.
pub fn candidate(config: &Config, now: Timestamp, driver: &OnShift) -> Candidate {
    let door = config.at_door().as_secs();
    let ride = |from: Place, to: Place| i64::from(ride(from, to).seconds);
    let (free_in, place) = match &driver.carried {
        None => (0, driver.place),
        Some(carried) => match carried.state {
            JobState::Arrived => (door, carried.door),
            JobState::Returning => (ride(driver.place, carried.store), carried.store),
            _ => {
                let until_door = carried.eta.map_or_else(
                    || ride(driver.place, carried.door),
                    |eta| eta.duration_since(now).as_secs().max(0),
                );
                (until_door + door, carried.door)
            }
        },
    };
    let idle = match driver.carried {
        None => now.duration_since(driver.idle_since).as_secs(),
        Some(_) => 0,
    };
    Candidate { driver: driver.driver, place, free_in, idle }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORE: Place = Place { lat: 41.5868, lon: -93.6250 };

    fn now() -> Timestamp {
        "2026-06-15T17:00:00Z".parse().unwrap()
    }

    fn waiting() -> WaitingRow {
        WaitingRow {
            job: JobId::new(),
            own: DriverId::new(),
            store: STORE,
            ready_at: now(),
            since: now(),
        }
    }

    fn on_shift(north: f64) -> OnShift {
        OnShift {
            driver: DriverId::new(),
            place: Place { lat: STORE.lat + north, ..STORE },
            idle_since: now(),
            taken: false,
            carried: None,
        }
    }

    fn pairs(
        config: &Config,
        job: &WaitingRow,
        past: &[PastOffer],
        on_shift: &[OnShift],
    ) -> Vec<(JobId, DriverId)> {
        let (jobs, candidates) = sides(config, now(), std::slice::from_ref(job), past, on_shift);
        matching(&jobs, &candidates, &Reach::built_in(config.max_metres()))
    }

    fn declined(job: &WaitingRow, driver: &OnShift, minutes_ago: i64) -> PastOffer {
        let at = now() - SignedDuration::from_mins(minutes_ago);
        PastOffer { job: job.job, driver: driver.driver, declined: true, at }
    }

    #[test]
    fn who_declined_is_asked_again_only_when_nobody_else_could() {
        let config = Config::default();
        let (job, near, far) = (waiting(), on_shift(0.0), on_shift(0.1));
        let asked = |past: &[PastOffer], drivers: &[OnShift]| pairs(&config, &job, past, drivers);
        let past = [declined(&job, &near, 60)];
        let (near_id, far_id) = (near.driver, far.driver);
        let mut town = [near, far];
        assert_eq!(asked(&past, &town), [(job.job, far_id)]);
        town[1].taken = true;
        assert_eq!(asked(&past, &town), [], "the other one is only busy");
        assert_eq!(asked(&past, &town[..1]), [(job.job, near_id)], "nobody else is on shift");
        let past = [declined(&job, &town[0], 1)];
        assert_eq!(asked(&past, &town[..1]), [], "not so soon");
    }

    #[test]
    fn nobody_is_asked_to_bring_their_own_order_however_long_it_waits() {
        let config = Config::default();
        let (mut job, own, other) = (waiting(), on_shift(0.0), on_shift(0.1));
        job.own = own.driver;
        let asked = |past: &[PastOffer], drivers: &[OnShift]| pairs(&config, &job, past, drivers);
        let other_id = other.driver;
        let past = [declined(&job, &other, 60)];
        let town = [own, other];
        assert_eq!(asked(&[], &town), [(job.job, other_id)], "though it is farther away");
        assert_eq!(asked(&[], &town[..1]), [], "though nobody else is on shift");
        assert_eq!(
            asked(&past, &town),
            [(job.job, other_id)],
            "the only one who can is asked again"
        );
        assert_eq!(asked(&past, &town[..1]), []);
    }

    #[test]
    fn whoever_carries_is_a_candidate_only_when_soon_free() {
        let config = Config::default();
        let job = waiting();
        let mut driver = on_shift(0.2);
        let carried = |minutes: i64| db::Carried {
            state: JobState::PickedUp,
            eta: Some(now() + SignedDuration::from_mins(minutes)),
            store: STORE,
            door: STORE,
        };
        driver.carried = Some(carried(5));
        let found = candidate(&config, now(), &driver);
        assert_eq!((found.free_in, found.place), (8 * 60, STORE));
        let asked = |driver| pairs(&config, &job, &[], &[driver]);
        assert_eq!(asked(driver).len(), 1);
        let mut late = on_shift(0.2);
        late.carried = Some(carried(40));
        assert_eq!(asked(late), []);
    }
}
