import { expect, test } from 'vitest';
import { moved } from '@/features/operator/top-picks/changes.ts';
import type { Decision, Pick } from '@/features/operator/top-picks/requests.ts';

const pick = (product: string, pinned = false): Pick => ({
  product,
  name: product,
  category: 'wine',
  score: 1,
  pinned,
  reason: pinned ? 'pinned' : 'popular',
});
const decision = (product: string, action: string, more: Partial<Decision> = {}): Decision => ({
  id: `${product} ${action}`,
  product,
  name: product,
  action,
  note: '',
  decided_by: 'somebody',
  decided_at: '2026-01-01T00:00:00Z',
  ...more,
});
const names = (list: Pick[]) => list.map(({ product }) => product).join(' ');

test('one that is moved gets its place, and those with places that it pushes get the next', () => {
  const all = [pick('a', true), pick('b'), pick('c', true), pick('d')];
  const held = new Map([
    ['a', decision('a', 'pin', { position: 1, until: '2030-01-01T00:00:00Z', note: 'why' })],
  ]);
  const { order, changes } = moved(all, 3, 0, held);
  expect(names(order)).toBe('d a b c');
  expect(changes).toEqual([
    { product: 'd', action: 'pin', position: 1 },
    { product: 'a', action: 'pin', position: 2, until: '2030-01-01T00:00:00Z', note: 'why' },
    { product: 'c', action: 'pin', position: 4 },
  ]);
});

test('those out of its way are left alone', () => {
  const all = [pick('a', true), pick('b'), pick('c'), pick('d', true)];
  const { order, changes } = moved(all, 1, 2, new Map());
  expect(names(order)).toBe('a c b d');
  expect(changes).toEqual([{ product: 'b', action: 'pin', position: 3 }]);
});
