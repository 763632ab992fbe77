// @vitest-environment jsdom
/** Baskets: what has changed in them is said as soon as they are read, and the way on is the house's to open. */
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, expect, test } from 'vitest';
import { AT_LAST, afresh, answering, bare, full, json, visit } from './visit.tsx';

afresh();
const CART = '01a21c5a-2673-7207-a3ac-0000000000c1';
const [RYE, GIN, GONE] = ['1', '2', '3'].map((n) => `01a21c5a-2673-7207-a3ac-0000000000d${n}`) as [
  string,
  string,
  string,
];
const usd = (amount: number) => ({ amount, currency: 'USD' });
const cart = {
  cart: CART,
  store: CART,
  store_name: 'Cork & Barley',
  state: 'open',
  lines: [RYE, GIN, GONE].map((product) => ({ product, quantity: 4, if_missing: 'none' })),
  tip: usd(0),
  coupons: [],
  version: 3,
};
const quoted = (product: string, name: string, price: number) => ({
  product,
  name,
  drink: { class: 'spirits', abv_bp: 4000, volume_ml: 700, pack: 1 },
  quantity: 4,
  unit_price: usd(price),
  charges: [],
  total: usd(4 * price),
  net_unit_price: usd(price),
});
const quote = {
  lines: [quoted(RYE, 'Rye', 2450), quoted(GIN, 'Gin', 2000)],
  charges: [],
  subtotal: usd(17_800),
  discount: usd(0),
  tax: usd(0),
  tax_included: usd(0),
  deposit: usd(0),
  fees: usd(0),
  tip: usd(0),
  total: usd(17_800),
};
const changes = [{ product: RYE, name: 'Rye', before: usd(2000), now: usd(2450) }];
const goods = [
  { code: 'out-of-stock', detail: 'Gin: only 2 left.', product: GIN, name: 'Gin', free: 2 },
  { code: 'not-offered', detail: 'Port is not offered here.', product: GONE, name: 'Port' },
];
const closed = { code: 'no-destination', detail: 'Say where it should be delivered.' };

let page: object;
let sent: [method: string, address: string, body: unknown][];

beforeEach(() => {
  sent = [];
});

function open(more: object, address = '/basket') {
  page = { ...cart, quote, tip_choices: [], problems: [], price_changes: [], can: ['change'], ...more };
  const answers = full(bare);
  answering(async (asked, init) => {
    const method = init?.method ?? 'GET';
    if (method !== 'GET') {
      sent.push([method, asked, init?.body && JSON.parse(String(init.body))]);
      return json(cart);
    }
    if (asked.startsWith(`/v1/cart/carts/${CART}/`)) return answers(asked);
    if (asked.startsWith(`/v1/cart/carts/${CART}`)) return json(page);
    return asked.startsWith('/v1/cart/carts?') ? json({ items: [cart], next: null }) : answers(asked);
  }, bare);
  return visit(address);
}

const basket = () => screen.findByRole('region', { name: 'Cork & Barley' }, AT_LAST);
const line = (product: string) => `/v1/cart/carts/${CART}/lines/${product}`;

test.each(['/basket', `/checkout/${CART}`])(
  '%s tells a price that changed, before and after',
  async (address) => {
    open({ price_changes: changes, can: ['change', 'proceed'], problems: [closed] }, address);
    const told = await screen.findByRole(
      'region',
      { name: 'A price has changed since you saw it last' },
      AT_LAST,
    );
    expect(within(told).getByRole('listitem').textContent).toBe('Rye: $20.00 before, $24.50 now');
    fireEvent.click(within(told).getByRole('button', { name: 'That is all right' }));
    await waitFor(
      () => expect(sent).toEqual([['PUT', line(RYE), { quantity: 4, seen_price: usd(2450) }]]),
      AT_LAST,
    );
  },
);

test('what is sold out is told with what to do about it, and keeps one from the checkout', async () => {
  open({ problems: [closed, ...goods] });
  const here = await basket();
  await within(here).findByText('Gin: only 2 left.', {}, AT_LAST);
  const links = within(here).getAllByRole('link', { name: /^See others like it/ });
  expect(links.map((link) => link.getAttribute('href'))).toEqual([`/p/${GIN}`, `/p/${GONE}`]);
  const on = within(here).getByRole('button', { name: 'Go to checkout' });
  expect((on as HTMLButtonElement).disabled).toBe(true);
  const why = document.getElementById(on.getAttribute('aria-describedby') ?? '');
  expect(why?.textContent).toMatch(/^Not yet/);
  expect(within(here).queryByRole('link', { name: 'Go to checkout' })).toBeNull();

  fireEvent.click(within(here).getByRole('button', { name: 'Take 2 Gin' }));
  await waitFor(() => expect(sent).toEqual([['PUT', line(GIN), { quantity: 2 }]]), AT_LAST);
  fireEvent.click(await within(here).findByRole('button', { name: 'Take it out Port' }, AT_LAST));
  await waitFor(() => expect(sent[1]).toEqual(['PUT', line(GONE), { quantity: 0 }]), AT_LAST);
});

test('what is said at the checkout keeps nobody from it', async () => {
  open({ problems: [closed], can: ['change', 'proceed'] });
  const on = await within(await basket()).findByRole('link', { name: 'Go to checkout' }, AT_LAST);
  expect(on.getAttribute('href')).toBe(`/checkout/${CART}`);
});

test('baskets are shown to the last one', async () => {
  const answers = full(bare);
  const cartOf = (n: number) => ({ ...cart, cart: CART.replace(/c1$/, `e${n}`), store_name: `Store ${n}` });
  answering(async (asked) => {
    const { pathname, searchParams } = new URL(asked, 'http://house');
    if (pathname !== '/v1/cart/carts') return answers(asked);
    return searchParams.has('after')
      ? json({ items: [cartOf(3)], next: null })
      : json({ items: [cartOf(1), cartOf(2)], next: 'x' });
  }, bare);
  visit('/basket');
  await screen.findByRole('region', { name: 'Store 2' }, AT_LAST);
  fireEvent.click(screen.getByRole('button', { name: 'Show more' }));
  await screen.findByRole('region', { name: 'Store 3' }, AT_LAST);
});
