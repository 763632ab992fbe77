// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from 'vitest';
import { counted } from '@/features/basket/kept.ts';
import { add, count, pourAll, type Wanted, want, wanted } from '@/lib/basket.ts';
import { signedIn } from '@/lib/session.ts';

const rye: Wanted = { store: 's1', storeName: 'A store', product: 'p1', name: 'Rye', quantity: 1 };

beforeEach(() => localStorage.clear());

test('who is not known collects on this device, and the same adds up', async () => {
  await add(rye);
  await add({ ...rye, quantity: 2 });
  await add({ ...rye, store: 's2' });
  expect(wanted().map(({ store, quantity }) => [store, quantity])).toEqual([
    ['s1', 3],
    ['s2', 1],
  ]);
  expect(count()).toBe(4);
  want(rye, 0);
  expect(count()).toBe(1);
});

test('what somebody else wrote into the storage breaks nothing', () => {
  localStorage.setItem('wanted', '{broken');
  expect(wanted()).toEqual([]);
  expect(count()).toBe(0);
});

test('what cannot go keeps nothing behind it from going', async () => {
  for (const product of ['gone', 'p3', 'cut', 'p4']) await add({ ...rye, product });
  counted([]);
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (address: string) => {
    if (address.includes('/lines/')) asked.push(address.split('/').at(-1) ?? '');
    if (address.endsWith('/gone'))
      return Response.json({ status: 422, code: 'not-offered', title: '' }, { status: 422 });
    if (address.endsWith('/cut')) throw new TypeError('no network');
    return Response.json({ cart: 'c1', lines: [] });
  });
  await expect(pourAll()).rejects.toMatchObject({ problem: { code: 'not-offered' } });
  expect(asked).toEqual(['gone', 'p3', 'cut', 'p4']);
  expect(wanted().map(({ product }) => product)).toEqual(['gone', 'cut']);
  vi.unstubAllGlobals();
});

test('what was wanted goes into carts, with what it cost as it was shown, and what is refused stays', async () => {
  await add({ ...rye, seen_price: { amount: 2000, currency: 'USD' } });
  await add({ ...rye, product: 'p2' });
  counted([]);
  const claims = btoa(JSON.stringify({ iat: 0, exp: 600 }));
  signedIn({
    access_token: `x.${claims}.x`,
    person: 'ann',
    roles: [],
    session: 'one',
    must_enrol: false,
    token_type: 'Bearer',
    expires_at: '2026-11-27T12:00:00Z',
  } as never);
  const asked: [string, string][] = [];
  vi.stubGlobal('fetch', async (address: string, init: RequestInit) => {
    asked.push([address, String(init.body)]);
    expect(new Headers(init.headers).get('authorization')).toMatch(/^Bearer x\./);
    if (address.endsWith('/p2'))
      return Response.json({ status: 409, code: 'gone', title: '' }, { status: 409 });
    const lines = address.endsWith('/p1')
      ? [{ product: 'p1', quantity: 3 }]
      : [{ product: 'p1', quantity: 2 }];
    return Response.json({ cart: 'c1', lines });
  });
  await expect(pourAll()).rejects.toThrow();
  expect(asked[1]).toEqual([
    '/v1/cart/carts/c1/lines/p1',
    '{"quantity":3,"seen_price":{"amount":2000,"currency":"USD"}}',
  ]);
  expect(wanted().map(({ product }) => product)).toEqual(['p2']);
  expect(count()).toBe(4);
  vi.unstubAllGlobals();
});
