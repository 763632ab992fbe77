import { expect, test } from 'vitest';
import { metresBetween, ringOf, type Zone } from '@/features/map/projection.ts';
import { cornered, pressed, round, withCorner } from '@/features/zone/shape.ts';

const centre = { lat: 41.59, lon: -93.62 };
const circle: Zone = { shape: 'radius', centre, metres: 6500 };
const square = [
  { lat: 41, lon: -94 },
  { lat: 42, lon: -94 },
  { lat: 42, lon: -93 },
  { lat: 41, lon: -93 },
];

test('a circle becomes an area with corners on its edge, and that a circle again', () => {
  const area = cornered(circle);
  expect(area.shape).toBe('polygon');
  expect(ringOf(area)).toHaveLength(8);
  for (const corner of ringOf(area)) expect(metresBetween(centre, corner) / 6500).toBeCloseTo(1, 1);
  const again = round(area, centre);
  expect(again.shape === 'radius' && again.metres / 6500).toBeCloseTo(1, 1);
  expect(round({ shape: 'polygon', corners: [] }, centre)).toEqual({ ...circle, metres: 5000 });
});

test('a press moves a circle, and adds a corner where the edge is nearest', () => {
  expect(pressed(circle, { lat: 41.123456789, lon: 1 })).toEqual({
    ...circle,
    centre: { lat: 41.12346, lon: 1 },
  });
  expect(withCorner(square, { lat: 41.5, lon: -92.9 })[3]).toEqual({ lat: 41.5, lon: -92.9 });
  expect(withCorner(square, { lat: 40.9, lon: -93.5 }).at(-1)).toEqual({ lat: 40.9, lon: -93.5 });
  expect(withCorner(square.slice(0, 1), centre)).toEqual([square[0], centre]);
});
