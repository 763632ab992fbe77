// @vitest-environment jsdom
/** What comes to a page of what its address says. */
import { createMemoryHistory } from '@tanstack/react-router';
import { expect, test } from 'vitest';
import { overNetwork, readings } from '@/lib/reading.ts';
import { pagesFrom } from '@/pages.ts';
import { routerOf } from '@/router.tsx';

const pages = await pagesFrom('/operator', '/vendor');

function said(address: string): Record<string, unknown> {
  const router = routerOf(pages, readings(overNetwork), createMemoryHistory({ initialEntries: [address] }));
  const search = router.matchRoutes(router.latestLocation).at(-1)?.search ?? {};
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));
}

test.each(['//elsewhere.example/x', 'https://elsewhere.example', '/\\elsewhere.example', '["/a"]', '7'])(
  'signing in leads to no other site: %s',
  (to) => {
    expect(said(`/sign-in?to=${encodeURIComponent(to)}`)).toEqual({});
  },
);

test('what makes no sense, and what nobody asked for, is not there', () => {
  expect(said('/sign-in?to=/orders?x=1&more=1')).toEqual({ to: '/orders?x=1' });
  expect(said('/operator/orders?from=soon&state=lost&number=AB&q=gin')).toEqual({ number: 'AB' });
  expect(said('/vendor/products?q=gin&page=-3&low=maybe')).toEqual({ q: 'gin' });
  expect(said('/vendor/payouts?from=2026-02-31&to=2026-02-28')).toEqual({ to: '2026-02-28' });
});
