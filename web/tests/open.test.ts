/** What the web takes for open is what the house describes as open. */
import { expect, test } from 'vitest';
import { isOpen } from '@/lib/network.ts';
import house from '../../openapi/tipple.json' with { type: 'json' };

interface Operation {
  security?: object[];
}

/** What is asked before anybody is known is asked as nobody, each where it stands. */
const BEFORE = /^\/v1\/accounts\//;

test('whoever is not known reads just what the house lets everybody read', () => {
  const reads = Object.entries(house.paths as unknown as Record<string, { get?: Operation }>)
    .filter(([path, { get }]) => get && path.startsWith('/v1/') && !BEFORE.test(path))
    .map(([path, { get }]) => ({ path, open: !get?.security }));
  expect(reads.filter(({ open }) => open).length).toBeGreaterThan(5);
  const wrong = reads.filter(({ path, open }) => {
    const address = path.replace(/\{\w+\}/g, '01a21c5a-2673-7207-a3ac-bcd75d15f9dc');
    return [address, `${address}?limit=1`].some((one) => isOpen(one, {}) !== open);
  });
  expect(wrong).toEqual([]);
  expect(isOpen('/v1/catalogue/products', { method: 'POST' })).toBe(false);
});
