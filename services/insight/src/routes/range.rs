//! Which days and stores a report is about.

use jiff::{Timestamp, civil::Date};
use kernel::StoreId;
use serde::Deserialize;
use wire::{Day, Problem, Reach};

use crate::db::Days;

/// Which days and stores.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Range {
    /// The first day; 30 days up to the last one unless told.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    /// The last day, included; today unless told. At most 366 days in all.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Date>,
    /// The IANA name of the time zone whose days are meant, such as `America/Chicago`; UTC unless
    /// told.
    #[param(min_length = 1, max_length = 64)]
    time_zone: Option<String>,
    /// One store; all that the asker may see unless told.
    store: Option<StoreId>,
}

impl Range {
    /// The days, and of the stores those within reach.
    pub fn days(&self, reach: &Reach, now: Timestamp) -> Result<Days, Problem> {
        Ok(Days { stores: self.stores(reach)?, days: self.bounds(now)? })
    }

    fn stores(&self, reach: &Reach) -> Result<Option<Vec<StoreId>>, Problem> {
        match self.store {
            Some(store) if reach.store(store) => Ok(Some(vec![store])),
            Some(_) => Err(Problem::not_found("store")),
            None => Ok(reach.only_stores()),
        }
    }

    fn bounds(&self, now: Timestamp) -> Result<Vec<Day>, Problem> {
        wire::days((self.from, self.to), self.time_zone.as_deref(), now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(from: &str, to: &str, zone: &str) -> Range {
        Range {
            from: Some(from.parse().unwrap()),
            to: Some(to.parse().unwrap()),
            time_zone: Some(zone.into()),
            store: None,
        }
    }

    #[test]
    fn a_day_is_as_long_as_its_time_zone_makes_it() {
        let bounds = range("2026-03-07", "2026-03-08", "America/Chicago");
        let bounds = bounds.bounds(Timestamp::UNIX_EPOCH).unwrap();
        let minutes = |at: usize| bounds[at].2.duration_since(bounds[at].1).as_mins();
        assert_eq!((minutes(0), minutes(1)), (24 * 60, 23 * 60));
        assert_eq!(bounds[0].2, bounds[1].1);
    }

    #[test]
    fn a_report_has_bounds() {
        for (from, to, zone) in [
            ("2026-01-02", "2026-01-01", "UTC"),
            ("2024-01-01", "2026-01-01", "UTC"),
            ("1999-12-31", "2000-01-01", "UTC"),
            ("2026-01-01", "2026-01-01", "Nowhere/Land"),
        ] {
            assert!(range(from, to, zone).bounds(Timestamp::UNIX_EPOCH).is_err(), "{from} {zone}");
        }
        let year = range("2024-01-01", "2024-12-31", "UTC").bounds(Timestamp::UNIX_EPOCH);
        assert_eq!(year.unwrap().len(), 366);
    }

    #[test]
    fn a_report_is_about_stores_within_reach() {
        let (mine, other) = (StoreId::new(), StoreId::new());
        let staff = Reach { stores: vec![mine], ..Reach::default() };
        let asked = |store| Range { store, ..range("2026-01-01", "2026-01-01", "UTC") };
        assert_eq!(asked(None).stores(&staff).unwrap(), Some(vec![mine]));
        assert_eq!(asked(Some(mine)).stores(&staff).unwrap(), Some(vec![mine]));
        assert_eq!(asked(Some(other)).stores(&staff).unwrap_err().status, 404);
    }
}
