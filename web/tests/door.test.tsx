// @vitest-environment jsdom
/** At the checkout: where it goes, and when it can. */

import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { Schema } from '@tipple/api';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { Door } from '@/features/checkout/door.tsx';
import { When } from '@/features/checkout/when.tsx';
import { learn, speak } from '@/lib/messages.ts';
import { overNetwork, readings } from '@/lib/reading.ts';

const HOME = {
  id: '01a21c5a-2673-7207-a3ac-bcd75d15f9dc',
  label: 'Home',
  recipient: 'Ann Lee',
  address: '500 Locust St',
  instructions: '',
  kind: 'home',
  place: { lat: 41.5868, lon: -93.625 },
  is_default: true,
  version: 7,
};
const { id, label, is_default, version, ...THERE } = HOME;
const AT = '/v1/cart/carts/c1';

let kept: object[];
let slots: object;
let sent: [what: string, body: unknown][];

beforeAll(async () => {
  speak('en');
  await Promise.all((['shop', 'own', 'basket', 'checkout', 'extras', 'reasons'] as const).map(learn));
});
beforeEach(() => {
  kept = [HOME];
  sent = [];
  vi.stubGlobal('fetch', async (address: string, init: RequestInit = {}) => {
    const method = init.method ?? 'GET';
    if (method !== 'GET') sent.push([`${method} ${address}`, JSON.parse(String(init.body))]);
    return Response.json(address.endsWith('/slots') ? slots : { items: kept });
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function shown(destination: object | null) {
  const cart = { cart: 'c1', destination } as Schema<'CartPage'>;
  render(
    <QueryClientProvider client={readings(overNetwork)}>
      <Door cart={cart} />
    </QueryClientProvider>,
  );
}

const checked = () =>
  screen
    .getAllByRole<HTMLInputElement>('radio')
    .map((one) => [one.closest('label')?.textContent, one.checked]);

test('the address that was chosen is known again', async () => {
  shown(THERE);
  await screen.findByRole('radio', { name: /Home/ });
  expect(checked()).toEqual([['HomeAnn Lee, 500 Locust St', true]]);
});

test.each([
  ['its place', { place: { lat: 41.9, lon: -94.9 } }],
  ['how one finds it', { instructions: 'Third floor' }],
  ['what kind it is', { kind: 'office' }],
])(
  'one of which %s was changed since can be chosen anew; until then it goes where it was to',
  async (_, was) => {
    shown({ ...THERE, ...was });
    const now = await screen.findByRole('radio', { name: /Home/ });
    expect(checked()).toEqual([
      ['HomeAnn Lee, 500 Locust St', false],
      ['As it was chosen beforeAnn Lee, 500 Locust St', true],
    ]);
    await userEvent.click(now);
    await waitFor(() => expect(sent).toEqual([[`PUT ${AT}/destination`, THERE]]));
  },
);

test('an address that is gone is still where it goes', async () => {
  kept = [{ ...HOME, id: 'other', label: 'Work', address: '1 Other St' }];
  shown(THERE);
  await screen.findByRole('radio', { name: /Work/ });
  expect(checked()).toEqual([
    ['WorkAnn Lee, 1 Other St', false],
    ['As it was chosen beforeAnn Lee, 500 Locust St', true],
  ]);
});

test.each([
  ['no-destination', /Say first where it goes/],
  ['out-of-zone', /does not deliver to that address/],
  ['trip-unknown', /Try again soon/],
])('why there are no times is said: %s', async (code, says) => {
  const detail = 'How far it is cannot be told right now. Try again soon.';
  slots = { time_zone: 'America/Chicago', slots: [], missing: { code, detail } };
  render(
    <QueryClientProvider client={readings(overNetwork)}>
      <When cart={{ cart: 'c1' } as Schema<'CartPage'>} />
    </QueryClientProvider>,
  );
  expect((await screen.findByText(says)).textContent).toMatch(says);
  expect(screen.queryAllByText(/Say first where it goes/)).toHaveLength(code === 'no-destination' ? 1 : 0);
});
