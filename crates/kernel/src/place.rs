use serde::{Deserialize, Serialize};

/// Mean radius of the Earth in metres (IUGG).
const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// A point on the Earth in degrees (WGS 84).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Latitude in degrees, north positive.
    #[schema(minimum = -90.0, maximum = 90.0)]
    pub lat: f64,
    /// Longitude in degrees, east positive.
    #[schema(minimum = -180.0, maximum = 180.0)]
    pub lon: f64,
}

impl Place {
    /// Whether both numbers are finite and within the globe's bounds.
    pub fn is_valid(self) -> bool {
        (-90.0..=90.0).contains(&self.lat) && (-180.0..=180.0).contains(&self.lon)
    }

    /// Great-circle distance in metres, by the haversine formula.
    pub fn metres_to(self, other: Self) -> f64 {
        let (lat1, lat2) = (self.lat.to_radians(), other.lat.to_radians());
        let half_lat = ((lat2 - lat1) / 2.0).sin();
        let half_lon = ((other.lon - self.lon).to_radians() / 2.0).sin();
        let h = half_lat * half_lat + lat1.cos() * lat2.cos() * half_lon * half_lon;
        2.0 * EARTH_RADIUS_M * h.sqrt().min(1.0).asin()
    }
}

/// An area on the map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "shape", rename_all = "snake_case", deny_unknown_fields)]
pub enum Zone {
    /// Everything within `metres` of `centre`, the edge included.
    Radius { centre: Place, metres: u32 },
    /// A closed ring of corners, without repeating the first. A point exactly on an edge may fall
    /// on either side.
    Polygon { corners: Vec<Place> },
}

impl Zone {
    /// The greatest number of corners a polygon may have.
    pub const MAX_CORNERS: usize = 1_000;

    /// Whether the shape makes sense: valid places, a positive radius, at least three corners.
    pub fn is_valid(&self) -> bool {
        match self {
            Self::Radius { centre, metres } => centre.is_valid() && *metres > 0,
            Self::Polygon { corners } => {
                (3..=Self::MAX_CORNERS).contains(&corners.len())
                    && corners.iter().all(|corner| corner.is_valid())
            }
        }
    }

    /// Whether `place` lies in the zone (polygons by the even-odd rule).
    pub fn contains(&self, place: Place) -> bool {
        match self {
            Self::Radius { centre, metres } => centre.metres_to(place) <= f64::from(*metres),
            Self::Polygon { corners } => inside(corners, place),
        }
    }
}

fn inside(corners: &[Place], place: Place) -> bool {
    let Some(mut previous) = corners.last() else { return false };
    let mut inside = false;
    for corner in corners {
        let crosses = (corner.lat > place.lat) != (previous.lat > place.lat);
        if crosses {
            let share = (place.lat - corner.lat) / (previous.lat - corner.lat);
            if place.lon < corner.lon + share * (previous.lon - corner.lon) {
                inside = !inside;
            }
        }
        previous = corner;
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;

    const DES_MOINES: Place = Place { lat: 41.5868, lon: -93.6250 };

    #[test]
    fn a_degree_of_latitude_is_111_kilometres() {
        let north = Place { lat: DES_MOINES.lat + 1.0, ..DES_MOINES };
        assert!((DES_MOINES.metres_to(north) - 111_195.0).abs() < 10.0);
    }

    #[test]
    fn a_square_contains_its_middle_and_nothing_outside() {
        let corner = |lat, lon| Place { lat, lon };
        let square = Zone::Polygon {
            corners: vec![corner(0.0, 0.0), corner(0.0, 2.0), corner(2.0, 2.0), corner(2.0, 0.0)],
        };
        assert!(square.contains(corner(1.0, 1.0)));
        assert!(!square.contains(corner(1.0, 2.1)));
        assert!(!square.contains(corner(-0.1, 1.0)));
    }
}
