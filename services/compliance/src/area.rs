//! Areas as the law needs them: everyone must agree on what lies in one.

use kernel::{Place, Zone};

/// So near to the edge nobody can tell on which side a door is.
const EDGE_METRES: f64 = 1.0;
const METRES_PER_DEGREE: f64 = 111_195.0;

/// Whether `place` lies in the zone, or as good as on its edge.
pub fn touches(zone: &Zone, place: Place) -> bool {
    if zone.contains(place) {
        return true;
    }
    match zone {
        Zone::Radius { centre, metres } => {
            centre.metres_to(place) <= f64::from(*metres) + EDGE_METRES
        }
        Zone::Polygon { corners } => {
            edges(corners).any(|edge| metres_to_edge(edge, place) <= EDGE_METRES)
        }
    }
}

/// What makes no sense about a zone: a shape of which one could say in two ways what it contains.
pub fn flaw(zone: &Zone) -> Option<&'static str> {
    if !zone.is_valid() {
        return Some("needs a radius, or three to a thousand corners on the globe");
    }
    let Zone::Polygon { corners } = zone else { return None };
    if edges(corners).any(|(from, to)| (from.lon - to.lon).abs() > 180.0) {
        return Some("goes round the globe; draw one for each side of the 180th meridian");
    }
    let edges: Vec<Edge> = edges(corners).collect();
    let last = edges.len() - 1;
    for (at, edge) in edges.iter().enumerate() {
        let folded = |next: &Edge| edge.0 == edge.1 || folds(*edge, next.1);
        if folded(&edges[(at + 1) % edges.len()]) {
            return Some("has corners that bound nothing");
        }
        let others = edges.iter().enumerate().skip(at + 2);
        let mut others = others.filter(|(other, _)| !(at == 0 && *other == last));
        if others.any(|(_, other)| cross(*edge, *other)) {
            return Some("has edges that cross or touch each other");
        }
    }
    None
}

type Edge = (Place, Place);

/// The edge before each corner.
fn edges(corners: &[Place]) -> impl Iterator<Item = Edge> {
    let before = corners.iter().cycle().skip(corners.len().saturating_sub(1));
    before.zip(corners).map(|(from, to)| (*from, *to))
}

/// In metres on a map that is flat around `place`, which is its middle.
fn flat(place: Place, other: Place) -> (f64, f64) {
    let east = (other.lon - place.lon) * place.lat.to_radians().cos();
    (east * METRES_PER_DEGREE, (other.lat - place.lat) * METRES_PER_DEGREE)
}

fn metres_to_edge((from, to): Edge, place: Place) -> f64 {
    let (from, to) = (flat(place, from), flat(place, to));
    let along = (to.0 - from.0, to.1 - from.1);
    let length = along.0 * along.0 + along.1 * along.1;
    let share = -(from.0 * along.0 + from.1 * along.1) / length;
    // An edge without a length has no share.
    let share = if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) };
    (from.0 + share * along.0).hypot(from.1 + share * along.1)
}

/// On which side of the line through an edge a place lies; 0 on it.
fn side((from, to): Edge, place: Place) -> f64 {
    let turn =
        (to.lon - from.lon) * (place.lat - from.lat) - (to.lat - from.lat) * (place.lon - from.lon);
    if turn == 0.0 { 0.0 } else { turn.signum() }
}

/// Whether two edges have a place in common.
fn cross(one: Edge, other: Edge) -> bool {
    let (a, b) = (side(one, other.0), side(one, other.1));
    let (c, d) = (side(other, one.0), side(other, one.1));
    if a == 0.0 && b == 0.0 {
        return beside(one, other);
    }
    a * b <= 0.0 && c * d <= 0.0
}

/// Whether two edges on one line overlap.
fn beside(one: Edge, other: Edge) -> bool {
    let overlap = |along: fn(Place) -> f64| {
        let (low, high) = (along(one.0).min(along(one.1)), along(one.0).max(along(one.1)));
        low <= along(other.0).max(along(other.1)) && along(other.0).min(along(other.1)) <= high
    };
    overlap(|place| place.lat) && overlap(|place| place.lon)
}

/// Whether the way on from the end of an edge to `next` goes back along it.
fn folds(edge: Edge, next: Place) -> bool {
    let back = (edge.1.lon - edge.0.lon) * (next.lon - edge.1.lon)
        + (edge.1.lat - edge.0.lat) * (next.lat - edge.1.lat);
    side(edge, next) == 0.0 && back <= 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn polygon(corners: &[(f64, f64)]) -> Zone {
        let corners = corners.iter().map(|(lat, lon)| Place { lat: *lat, lon: *lon }).collect();
        Zone::Polygon { corners }
    }

    #[test]
    fn on_the_edge_is_within() {
        let slanted = polygon(&[(41.0, -93.0), (41.3, -92.3), (41.9, -92.9)]);
        // A third of the way along the first edge: on it as exactly as a number can be.
        let edge = Place { lat: 41.1, lon: -93.0 + 0.7 / 3.0 };
        let metre = 1.0 / METRES_PER_DEGREE;
        for (south, within) in [(0.0, true), (0.5, true), (-0.5, true), (3.0, false)] {
            let place = Place { lat: edge.lat - south * metre, ..edge };
            assert_eq!(touches(&slanted, place), within, "{south} m south of the edge");
        }
        let round = Zone::Radius { centre: edge, metres: 500 };
        let north = |metres: f64| Place { lat: edge.lat + metres * metre, ..edge };
        assert!(touches(&round, north(500.0)) && !touches(&round, north(502.0)));
    }

    #[test]
    fn a_shape_that_can_be_read_in_two_ways_is_flawed() {
        let square = [(41.0, -93.0), (41.0, -92.0), (42.0, -92.0), (42.0, -93.0)];
        assert_eq!(flaw(&polygon(&square)), None);
        let star = [(42.0, -93.0), (40.5, -92.5), (41.5, -94.0), (41.5, -92.0), (40.5, -93.5)];
        for (what, corners) in [
            ("a bow tie", vec![square[0], square[2], square[1], square[3]]),
            ("a star, of which the middle counts twice", star.to_vec()),
            ("a line", vec![square[0], square[1], (41.0, -91.0)]),
            ("a point", vec![square[0]; 3]),
            ("a ring that repeats its first corner", [&square[..], &square[..1]].concat()),
            ("a spike", [&square[..], &[(42.0, -94.0), (42.0, -93.5)]].concat()),
            ("the globe but for Fiji", vec![(-19.0, 177.0), (-19.0, -178.0), (-16.0, -178.0)]),
        ] {
            assert!(flaw(&polygon(&corners)).is_some(), "{what}");
        }
    }
}
