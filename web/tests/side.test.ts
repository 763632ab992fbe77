import { expect, test } from 'vitest';
import { sideOf } from '@/lib/side.ts';

test('a name begins at the side of its first letter', () => {
  expect(sideOf('Hilltop Wines')).toBe('ltr');
  expect(sideOf('12 יינות')).toBe('rtl');
  expect(sideOf('“נבל” Wines')).toBe('rtl');
  expect(sideOf('24')).toBe('ltr');
});
