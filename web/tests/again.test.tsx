// @vitest-environment jsdom
/** An old order goes into the basket again, past what is gone. */
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { beforeEach, expect, test } from 'vitest';
import { count } from '@/lib/basket.ts';
import { AT_LAST, afresh, answering, full, json, long, STORE, visit } from './visit.tsx';

afresh();
const ORDER = '01a21c5a-2673-7207-a3ac-00000000000e';
let sent: [method: string, address: string, body: unknown][];
let off: boolean;

const line = (product: string, outcome: string, wanted: number, was: number, now: number) => ({
  product,
  name: product === 'lost' ? null : `Drink ${product}`,
  outcome,
  wanted,
  was,
  now,
});
const cart = (...lines: [string, number][]) => ({
  cart: 'c1',
  store: STORE,
  store_name: 'A store',
  lines: lines.map(([product, quantity]) => ({ product, quantity, if_missing: 'none' })),
});

beforeEach(() => {
  sent = [];
  off = false;
  localStorage.setItem('of-age', '99');
  const rest = full(long);
  answering(async (address, init) => {
    const { method = 'GET', body } = init ?? {};
    if (method === 'GET') return rest(address);
    sent.push([method, address, body && JSON.parse(String(body))]);
    if (off) {
      return json(
        { status: 404, code: 'no-such-store', title: 'No', detail: 'There is no such store.' },
        404,
      );
    }
    if (address === '/v1/cart/carts') return json(cart(['few', 1]));
    if (address === '/v1/cart/carts/c1/lines') {
      const refilled = [
        line('whole', 'whole', 2, 0, 2),
        line('few', 'fewer', 4, 1, 3),
        line('out', 'sold_out', 1, 0, 0),
        line('lost', 'not_offered', 1, 0, 0),
      ];
      return json({ ...cart(['whole', 2], ['few', 3]), refilled });
    }
    return json(cart());
  }, long);
});

const again = async () =>
  fireEvent.click(await screen.findByRole('button', { name: 'Order it again' }, AT_LAST));

test('line by line it is told what is gone, the rest is in the basket, and all of it can be undone', async () => {
  visit(`/orders/${ORDER}`);
  await again();
  await screen.findByText('2 of 4 drinks are in your basket.', {}, AT_LAST);
  const told = [...document.querySelectorAll('[role=status] li')].map(({ textContent }) => textContent);
  expect(told).toEqual([
    'Drink few – the store has only 3 of 4',
    'Drink out – the store has no more of it',
    'A drink that is gone – the store does not sell it any more',
  ]);
  expect(count()).toBe(5);
  const asked = sent[1]?.[2] as { lines: { quantity: number; if_missing: string }[] };
  expect(asked.lines.length).toBeGreaterThan(0);
  expect(Object.keys(asked.lines[0] ?? {}).sort()).toEqual(['if_missing', 'product', 'quantity']);
  expect(screen.getByRole('link', { name: 'To the basket' }).getAttribute('href')).toBe('/basket');
  sent = [];
  fireEvent.click(screen.getByRole('button', { name: 'Undo' }));
  await screen.findByText('Your basket is as it was.', {}, AT_LAST);
  expect(sent).toEqual([
    ['PUT', '/v1/cart/carts/c1/lines/whole', { quantity: 0 }],
    ['PUT', '/v1/cart/carts/c1/lines/few', { quantity: 1 }],
  ]);
  expect(count()).toBe(1);
});

test('a store that is switched off says so', async () => {
  off = true;
  visit(`/orders/${ORDER}`);
  await again();
  const alert = await screen.findByText(/takes no orders at present/, {}, AT_LAST);
  expect(alert.getAttribute('role')).toBe('alert');
  await waitFor(() => expect(count()).toBe(0));
});
