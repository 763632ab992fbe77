/** Places on the Earth and points on a screen: Web Mercator, as maps on the web are drawn. */
import type { Schema } from '@tipple/api';

export type Place = Schema<'Place'>;
export type Zone = Schema<'Zone'>;

/** What of the world is seen: at zoom 0 all of it is 512 pixels wide, and each one more doubles that. */
export interface View {
  centre: Place;
  zoom: number;
}

export interface Size {
  width: number;
  height: number;
}

const WORLD = 512;
/** Beyond it the projection has no end. */
const FURTHEST_NORTH = 85.05;
export const LEAST_ZOOM = 1;
export const MOST_ZOOM = 18;
/** As near as a single place is shown. */
const NEAR = 15;
const EARTH_RADIUS = 6_371_008.8;
const rad = (degrees: number) => (degrees * Math.PI) / 180;
const deg = (radians: number) => (radians * 180) / Math.PI;
const within = (value: number, least: number, most: number) => Math.min(Math.max(value, least), most);

interface Point {
  x: number;
  y: number;
}

/** On a world that is one wide and one high. */
function flat({ lat, lon }: Place): Point {
  const north = rad(within(lat, -FURTHEST_NORTH, FURTHEST_NORTH));
  return {
    x: (lon + 180) / 360,
    y: (1 - Math.log(Math.tan(Math.PI / 4 + north / 2)) / Math.PI) / 2,
  };
}

function round({ x, y }: Point): Place {
  return { lat: deg(2 * Math.atan(Math.exp(Math.PI * (1 - 2 * y))) - Math.PI / 2), lon: x * 360 - 180 };
}

/** Where a place is on the screen, in pixels from its upper left corner. */
export function onScreen({ centre, zoom }: View, { width, height }: Size): (place: Place) => Point {
  const world = WORLD * 2 ** zoom;
  const middle = flat(centre);
  return (place) => {
    const { x, y } = flat(place);
    return { x: (x - middle.x) * world + width / 2, y: (y - middle.y) * world + height / 2 };
  };
}

/** Which place lies at a point of the screen. */
export function placeAt({ centre, zoom }: View, { width, height }: Size): (point: Point) => Place {
  const world = WORLD * 2 ** zoom;
  const middle = flat(centre);
  return (point) =>
    round({
      x: middle.x + (point.x - width / 2) / world,
      y: within(middle.y + (point.y - height / 2) / world, 0, 1),
    });
}

/** Room around what is shown, in pixels: pins stand above their places, and buttons above all. */
const MARGIN = { x: 60, top: 100, bottom: 40 };

/** The view that shows all of `places`, with room around them where there is any. */
export function fitting(places: Place[], { width, height }: Size): View {
  if (places.length === 0) return { centre: { lat: 20, lon: 0 }, zoom: LEAST_ZOOM };
  const points = places.map(flat);
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const room = { x: Math.max(width - 2 * MARGIN.x, width / 3), y: height - MARGIN.top - MARGIN.bottom };
  const widest = Math.max((right - left) / room.x, (bottom - top) / Math.max(room.y, height / 3));
  const zoom = within(widest > 0 ? Math.log2(1 / (WORLD * widest)) : NEAR, LEAST_ZOOM, NEAR);
  const middle = { centre: round({ x: (left + right) / 2, y: (top + bottom) / 2 }), zoom };
  return panned(middle, 0, (MARGIN.bottom - MARGIN.top) / 2);
}

/** Nearer by so many zooms, or further away. */
export function zoomed({ centre, zoom }: View, by: number): View {
  return { centre, zoom: within(zoom + by, LEAST_ZOOM, MOST_ZOOM) };
}

/** Moved by so many pixels. */
export function panned(view: View, x: number, y: number): View {
  const point = placeAt(view, { width: 0, height: 0 });
  return { ...view, centre: point({ x, y }) };
}

/** The longest round length that fits into `most` pixels in the middle of the view. */
export function scaleOf({ centre, zoom }: View, most = 110): { metres: number; pixels: number } {
  const around = 2 * Math.PI * EARTH_RADIUS * Math.cos(rad(centre.lat));
  const perPixel = around / (WORLD * 2 ** zoom);
  const power = 10 ** Math.floor(Math.log10(most * perPixel));
  const metres = power * ([5, 2, 1].find((times) => times * power <= most * perPixel) ?? 1);
  return { metres, pixels: metres / perPixel };
}

/** How far it is as the crow flies, in metres. */
export function metresBetween(from: Place, to: Place): number {
  const half = (a: number, b: number) => Math.sin(rad(b - a) / 2) ** 2;
  const curve =
    half(from.lat, to.lat) + Math.cos(rad(from.lat)) * Math.cos(rad(to.lat)) * half(from.lon, to.lon);
  return 2 * EARTH_RADIUS * Math.asin(Math.sqrt(curve));
}

/** The edge of an area; a circle as one of many corners. */
export function ringOf(zone: Zone, corners = 72): Place[] {
  if (zone.shape === 'polygon') return zone.corners;
  const { centre, metres } = zone;
  const north = deg(metres / EARTH_RADIUS);
  const east = north / Math.max(Math.cos(rad(centre.lat)), 0.01);
  return Array.from({ length: corners }, (_, place) => {
    const angle = (2 * Math.PI * place) / corners;
    return { lat: centre.lat + north * Math.cos(angle), lon: centre.lon + east * Math.sin(angle) };
  });
}

/** Lines as far apart as the scale is long, through all that is seen and a little beyond. */
export function gridOf(view: View, size: Size): [Place, Place][] {
  const { pixels } = scaleOf(view);
  const place = placeAt(view, size);
  const origin = onScreen(view, size)({ lat: 0, lon: 0 });
  const lines: [Place, Place][] = [];
  const [wide, high] = [size.width * 2, size.height * 2];
  const first = (from: number, at: number) => from + ((((at - from) % pixels) + pixels) % pixels);
  for (let x = first(size.width - wide, origin.x); x < wide; x += pixels)
    lines.push([place({ x, y: size.height - high }), place({ x, y: high })]);
  for (let y = first(size.height - high, origin.y); y < high; y += pixels)
    lines.push([place({ x: size.width - wide, y }), place({ x: wide, y })]);
  return lines;
}
