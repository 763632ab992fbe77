//! Which law holds where.

use jiff::{Timestamp, tz::TimeZone};
use kernel::{Place, Zone};

use crate::rulebook::Rulebook;

/// A place with alcohol laws of its own.
#[derive(Debug, Clone)]
pub struct Jurisdiction {
    /// Such as `US-IA`.
    pub code: String,
    pub name: String,
    pub time_zone: TimeZone,
    pub area: Zone,
    /// The code of the larger one that it lies in.
    pub parent: Option<String>,
}

/// All the law there is.
#[derive(Debug, Clone, Default)]
pub struct Law {
    pub jurisdictions: Vec<Jurisdiction>,
    pub rulebooks: Vec<Rulebook>,
}

/// The longest chain of parents that is followed.
const DEEPEST: usize = 8;

impl Law {
    /// The jurisdiction that counts at `place`: of those that contain it, one that is nobody's
    /// parent; of several such, the smallest.
    pub fn at(&self, place: Place) -> Option<&Jurisdiction> {
        if !place.is_valid() {
            return None;
        }
        let around: Vec<&Jurisdiction> =
            self.jurisdictions.iter().filter(|one| one.area.contains(place)).collect();
        let outer: Vec<&str> = around.iter().flat_map(|one| self.ancestors(one)).collect();
        around.into_iter().filter(|one| !outer.contains(&one.code.as_str())).min_by(|a, b| {
            let sizes = size(&a.area).total_cmp(&size(&b.area));
            sizes.then_with(|| a.code.cmp(&b.code))
        })
    }

    /// The newest rulebook of the jurisdiction that is in force at `at`.
    pub fn in_force(&self, jurisdiction: &str, at: Timestamp) -> Option<&Rulebook> {
        self.rulebooks
            .iter()
            .filter(|book| book.jurisdiction == jurisdiction && book.valid_from <= at)
            .max_by_key(|book| book.version)
    }

    /// The rulebooks of the jurisdiction that are in force at some instant from `from` to `to`, each
    /// with the instant from which it counts; none where none is in force at `from`.
    pub fn in_turn(
        &self,
        jurisdiction: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Vec<(Timestamp, &Rulebook)> {
        let Some(first) = self.in_force(jurisdiction, from) else { return Vec::new() };
        let of_it = self.rulebooks.iter().filter(|book| book.jurisdiction == jurisdiction);
        let mut begins: Vec<Timestamp> =
            of_it.map(|book| book.valid_from).filter(|at| from < *at && *at <= to).collect();
        begins.sort_unstable();
        let mut turns = vec![(from, first)];
        for at in begins {
            let last = turns.last().map(|(_, book)| book.version);
            if let Some(book) = self.in_force(jurisdiction, at)
                && last != Some(book.version)
            {
                turns.push((at, book));
            }
        }
        turns
    }

    fn ancestors<'a>(&'a self, of: &'a Jurisdiction) -> Vec<&'a str> {
        let mut codes = Vec::new();
        let mut next = of.parent.as_deref();
        while let Some(code) = next
            && codes.len() < DEEPEST
        {
            codes.push(code);
            let parent = self.jurisdictions.iter().find(|one| one.code == code);
            next = parent.and_then(|parent| parent.parent.as_deref());
        }
        codes
    }
}

/// About how large an area is, in square metres: enough to tell a city from its state.
fn size(area: &Zone) -> f64 {
    const METRES_PER_DEGREE: f64 = 111_195.0;
    match area {
        Zone::Radius { metres, .. } => std::f64::consts::PI * f64::from(*metres).powi(2),
        Zone::Polygon { corners } => {
            let Some(mut previous) = corners.last() else { return 0.0 };
            let mut twice = 0.0;
            for corner in corners {
                let middle = f64::midpoint(previous.lat, corner.lat).to_radians();
                twice += (corner.lon - previous.lon) * middle.cos() * (previous.lat + corner.lat);
                previous = corner;
            }
            twice.abs() / 2.0 * METRES_PER_DEGREE.powi(2)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(code: &str, half: f64, parent: Option<&str>) -> Jurisdiction {
        let corner = |lat, lon| Place { lat: 41.0 + lat, lon: -93.0 + lon };
        Jurisdiction {
            code: code.into(),
            name: code.into(),
            time_zone: TimeZone::UTC,
            area: Zone::Polygon {
                corners: vec![
                    corner(-half, -half),
                    corner(-half, half),
                    corner(half, half),
                    corner(half, -half),
                ],
            },
            parent: parent.map(str::to_owned),
        }
    }

    const MIDDLE: Place = Place { lat: 41.0, lon: -93.0 };

    fn winner(jurisdictions: Vec<Jurisdiction>) -> String {
        let law = Law { jurisdictions, rulebooks: vec![] };
        law.at(MIDDLE).unwrap().code.clone()
    }

    #[test]
    fn the_smallest_counts_and_a_child_before_its_parent() {
        assert_eq!(
            winner(vec![square("US-IA", 2.0, None), square("US-IA-DSM", 0.1, None)]),
            "US-IA-DSM"
        );
        assert_eq!(
            winner(vec![square("AA", 1.0, None), square("AA-BIG", 2.0, Some("AA"))]),
            "AA-BIG"
        );
        let three = vec![
            square("AA", 1.0, None),
            square("AA-B", 3.0, Some("AA")),
            square("AA-B-C", 4.0, Some("AA-B")),
        ];
        assert_eq!(winner(three), "AA-B-C");
    }

    #[test]
    fn a_square_degree_at_the_equator_is_12_364_square_kilometres() {
        let corner = |lat, lon| Place { lat, lon };
        let corners =
            vec![corner(-0.5, 0.0), corner(-0.5, 1.0), corner(0.5, 1.0), corner(0.5, 0.0)];
        assert!((size(&Zone::Polygon { corners }) / 1e6 - 12_364.0).abs() < 10.0);
    }

    #[test]
    fn nowhere_is_nobodys() {
        let law = Law { jurisdictions: vec![square("AA", 1.0, None)], rulebooks: vec![] };
        assert!(law.at(Place { lat: f64::NAN, lon: 0.0 }).is_none());
        assert!(law.at(Place { lat: 0.0, lon: 0.0 }).is_none());
    }
}
