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
