import { expect, test } from 'vitest';
import {
  fitting,
  gridOf,
  metresBetween,
  onScreen,
  type Place,
  panned,
  placeAt,
  ringOf,
  scaleOf,
  zoomed,
} from '@/features/map/projection.ts';
import { mapSettings } from '@/lib/settings.ts';

const capitol = { lat: 41.5912, lon: -93.6036 };
const door = { lat: 41.5873, lon: -93.624 };
const size = { width: 640, height: 400 };

test('a place is found again where it is drawn', () => {
  const view = { centre: door, zoom: 12.3 };
  const at = onScreen(view, size);
  expect(at(door).x).toBeCloseTo(320);
  expect(at(door).y).toBeCloseTo(200);
  const found = placeAt(view, size)(at(capitol));
  expect(found.lat).toBeCloseTo(capitol.lat, 9);
  expect(found.lon).toBeCloseTo(capitol.lon, 9);
  expect(at(capitol).x).toBeGreaterThan(320);
  expect(at(capitol).y).toBeLessThan(200);
});

const within = (places: Place[], frame = size) => {
  const at = onScreen(fitting(places, frame), frame);
  return places.map(at).every(({ x, y }) => x >= 0 && y >= 0 && x <= frame.width && y <= frame.height);
};

test.each([
  ['two', [door, capitol]],
  ['one above the other', [door, { ...door, lat: 41.7 }]],
  ['one', [door]],
  [
    'a continent',
    [
      { lat: 25, lon: -80 },
      { lat: 49, lon: -124 },
    ],
  ],
])('all that is shown is seen: %s', (_, places) => {
  expect(within(places)).toBe(true);
  expect(within(places, { width: 320, height: 240 })).toBe(true);
});

test('nothing to show is the world', () => {
  expect(fitting([], size).zoom).toBe(1);
});

test('what is drawn once as long is as far', () => {
  const view = { centre: door, zoom: 13 };
  const { metres, pixels } = scaleOf(view);
  expect(pixels).toBeLessThanOrEqual(110);
  expect(String(metres)).toMatch(/^[125]0*$/);
  const point = placeAt(view, size);
  const drawn = metresBetween(point({ x: 300, y: 200 }), point({ x: 300 + pixels, y: 200 }));
  expect(drawn / metres).toBeCloseTo(1, 2);
});

test('every corner of a circle is as far from its centre', () => {
  for (const corner of ringOf({ shape: 'radius', centre: door, metres: 5000 }))
    expect(metresBetween(door, corner) / 5000).toBeCloseTo(1, 2);
  const corners = [door, capitol, { lat: 41.6, lon: -93.7 }];
  expect(ringOf({ shape: 'polygon', corners })).toBe(corners);
});

test('it moves by pixels, and no nearer or further than there is something to see', () => {
  const view = { centre: door, zoom: 13 };
  const moved = onScreen(panned(view, 80, -40), size)(door);
  expect(moved.x).toBeCloseTo(240);
  expect(moved.y).toBeCloseTo(240);
  expect(zoomed(view, 90).zoom).toBe(18);
  expect(zoomed(view, -90).zoom).toBe(1);
});

test('the grid reaches over all that is seen, and stays in its place when the map is moved', () => {
  const view = { centre: door, zoom: 13 };
  const grid = gridOf(view, size);
  expect(grid.length).toBeGreaterThan(8);
  expect(grid.length).toBeLessThan(60);
  const east = (lines: [Place, Place][]) =>
    lines.filter(([a, b]) => Math.abs(a.lon - b.lon) < 1e-9).map(([a]) => a.lon.toFixed(6));
  const moved = east(gridOf(panned(view, 30, 0), size));
  expect(east(grid).filter((lon) => moved.includes(lon)).length).toBeGreaterThan(5);
});

test('whose map it is, the house writes on the page', () => {
  const page = (dataset: Record<string, string>) => mapSettings({ dataset } as never);
  expect(page({})).toBeUndefined();
  expect(page({ mapStyle: 'https://a.example/s.json' })).toEqual({ style: 'https://a.example/s.json' });
  expect(page({ googleKey: 'k', googleMap: 'm' })).toEqual({ google: { key: 'k', id: 'm' } });
});
