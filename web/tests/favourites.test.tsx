// @vitest-environment jsdom
/** What somebody has marked, however much it is. */
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import { AT_LAST, afresh, answering, full, json, many, visit } from './visit.tsx';

afresh();
const few = { ...many, length: 3 };
const id = (n: number) => `01a21c5a-2673-7207-a3ac-${String(n).padStart(12, '0')}`;
const COUNT = 130;

/** A house where so many are marked. */
function marked() {
  const answers = full(few);
  answering(async (address, init) => {
    const { pathname, searchParams: asked } = new URL(address, 'http://house');
    const ids = asked.get('ids')?.split(',');
    if (pathname === '/v1/catalogue/products' && ids) {
      const { items } = (await (await answers(address)).json()) as { items: object[] };
      return json({ items: ids.map((product) => ({ ...items[0], product })), next: null });
    }
    if (pathname !== '/v1/accounts/me/favourites') return answers(address, init);
    const from = Number(asked.get('after') ?? 0);
    const until = Math.min(from + Number(asked.get('limit')), COUNT);
    const items = Array.from({ length: until - from }, (_, at) => ({
      product: id(from + at),
      since: '2026-11-27T12:00:00Z',
    }));
    return json({ items, next: until < COUNT ? String(until) : null });
  }, few);
}

test('favourites are shown to the last one', async () => {
  marked();
  const { page } = visit('/account');
  const count = () => page.querySelectorAll('main a[href^="/p/"]').length;
  await waitFor(() => expect(count()).toBe(48), AT_LAST);
  for (const more of [96, COUNT]) {
    fireEvent.click(screen.getByRole('button', { name: 'Show more' }));
    await waitFor(() => expect(count()).toBe(more), AT_LAST);
  }
  expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull();
});

test('a drink is known to be marked whichever it is of all', async () => {
  marked();
  visit(`/p/${id(COUNT - 1)}`);
  const heart = await screen.findByRole('button', { name: 'Favourite' }, AT_LAST);
  fireEvent.pointerMove(window);
  await waitFor(() => expect(heart.getAttribute('aria-pressed')).toBe('true'), AT_LAST);
});
