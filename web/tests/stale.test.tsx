// @vitest-environment jsdom
/** A page that has been read and cannot be read again stays, with what was typed, and says so. */
import { act, fireEvent, waitFor } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import looked from '../../e2e/pages.json' with { type: 'json' };
import { AT_LAST, afresh, answering, full, json, many, refused, STORE, shown, visit } from './visit.tsx';

const few = { ...many, length: 3 };
/** Those that read something for their visitor, and keep nothing of it on the device. */
const PAGES = looked
  .filter((path) => /^[/](operator|vendor|basket|checkout|orders|account)/.test(path))
  .map((path) => path.replace('$code', 'US-IA').replace(/\$\w+/, STORE));
/** Nothing is read for them but what their visitor may do; and of the made-up house, a basket is ordered, and a vendor none. */
const BARE = [
  '/operator/stores/new',
  '/vendor/products/import',
  `/checkout/${STORE}`,
  `/operator/vendors/${STORE}`,
];
const TEXT = 'main input[name]:not([type=number], [type=file], [type=date], [type=datetime-local])';

afresh();

test.each(PAGES)('%s', { timeout: 60_000 }, async (address) => {
  answering(full(few), few);
  const { page, known } = visit(address);
  await shown(page, 'main h1');
  await waitFor(() => expect(page.querySelector('main .animate-pulse')).toBeNull(), AT_LAST);
  const [title, before] = [page.querySelector('main h1'), page.querySelectorAll('main *').length];
  const field = page.querySelector<HTMLInputElement>(TEXT);
  if (field) fireEvent.change(field, { target: { value: 'EUR' } });
  const typed = field?.value;
  const answers = fetch;
  vi.stubGlobal('fetch', async (asked: string, init?: RequestInit) =>
    asked.includes('/sessions/') ? answers(asked, init) : json(refused, 503),
  );
  await act(() => known.invalidateQueries());
  const said = () => [...page.querySelectorAll('main [role=alert]')].map(({ textContent }) => textContent);
  if (!BARE.includes(address)) await waitFor(() => expect(said().join()).not.toBe(''), AT_LAST);
  expect(page.querySelector('main h1')).toBe(title);
  expect(page.querySelectorAll('main *').length).toBeGreaterThanOrEqual(before);
  if (field) expect([field.isConnected, field.value]).toEqual([true, typed]);
});

test('what was typed stays where a store is another version and no other store', async () => {
  const rest = full(few);
  const kept = new Map<string, string>();
  let later = 0;
  answering(async (address, init) => {
    const text = kept.get(address) ?? (await (await rest(address, init)).text());
    kept.set(address, text);
    const told = JSON.parse(text || 'null');
    return json(told?.version ? { ...told, version: told.version + later, paused: null } : told);
  }, few);
  const { page, known } = visit('/operator/stores/01a21c5a-2673-7207-a3ac-0000000000aa');
  const name = () => page.querySelector<HTMLInputElement>('main input[name=name]');
  await waitFor(() => expect(name()?.value).toBeTruthy(), AT_LAST);
  fireEvent.change(name() as HTMLInputElement, { target: { value: 'Corner' } });
  later = 1;
  await act(() => known.invalidateQueries());
  await waitFor(() => expect(known.isFetching()).toBe(0), AT_LAST);
  expect(name()?.value).toBe('Corner');
});

test.each([
  ['/basket', /^[/]v1[/]cart[/]carts[?]/],
  [`/vendor/orders?store=${STORE}`, /[/]queue[?]/],
  ['/operator/live', /[/](jobs|under-way)[?]/],
] as const)('%s says once that its lists could not be read anew', async (address, lists) => {
  answering(full(few), few);
  const { page, known } = visit(address);
  await shown(page, 'main h1');
  await waitFor(() => expect(known.isFetching()).toBe(0), AT_LAST);
  const answers = fetch;
  vi.stubGlobal('fetch', async (asked: string, init?: RequestInit) =>
    lists.test(asked) ? json(refused, 503) : answers(asked, init),
  );
  const alerts = () => page.querySelectorAll('main [role=alert]').length;
  const before = alerts();
  await act(() => known.invalidateQueries());
  await waitFor(() => expect(known.isFetching()).toBe(0), AT_LAST);
  expect(alerts()).toBe(before + 1);
});
