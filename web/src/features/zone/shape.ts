/** Areas as they are drawn: from one shape to the other, and corner by corner. */
import { metresBetween, type Place, ringOf, type Zone } from '@/features/map/projection.ts';

/** So far it reaches where nothing says how far, in metres. */
const USUAL = 5_000;

const rounded = ({ lat, lon }: Place): Place => ({
  lat: Number(lat.toFixed(5)),
  lon: Number(lon.toFixed(5)),
});

/** An area with corners, about where the circle was. */
export function cornered(zone: Zone): Zone {
  return zone.shape === 'polygon' ? zone : { shape: 'polygon', corners: ringOf(zone, 8).map(rounded) };
}

/** A circle around `centre` as far as the furthest corner. */
export function round(zone: Zone, centre: Place): Zone {
  if (zone.shape === 'radius') return zone;
  const furthest = Math.max(0, ...zone.corners.map((corner) => metresBetween(centre, corner)));
  return { shape: 'radius', centre, metres: Math.round(furthest) || USUAL };
}

/** With one corner more, between the two where the edge goes least out of its way. */
export function withCorner(corners: Place[], added: Place): Place[] {
  const corner = rounded(added);
  if (corners.length < 3) return [...corners, corner];
  const detours = corners.map((from, place) => {
    const to = corners[(place + 1) % corners.length] as Place;
    return metresBetween(from, corner) + metresBetween(corner, to) - metresBetween(from, to);
  });
  return corners.toSpliced(detours.indexOf(Math.min(...detours)) + 1, 0, corner);
}

/** After a press on the map: a circle has its centre there, and an area one corner more. */
export function pressed(zone: Zone, place: Place): Zone {
  return zone.shape === 'radius'
    ? { ...zone, centre: rounded(place) }
    : { ...zone, corners: withCorner(zone.corners, place) };
}
