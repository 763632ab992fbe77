// @vitest-environment jsdom
/** A page that has been read and cannot be read again stays, with what was typed, and says so. */
import { act, waitFor } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { AT_LAST, afresh, answering, full, json, many, refused, STORE, shown, visit } from './visit.tsx';

const few = { ...many, length: 3 };
const PAGES = ['/basket', `/orders/${STORE}`, `/operator/stores/${STORE}`, '/operator/zones', '/vendor/zone'];

afresh();

test.each(PAGES)('%s', async (address) => {
  answering(full(few), few);
  const { page, known } = visit(address);
  await shown(page, 'main h1');
  await waitFor(() => expect(page.querySelector('main .animate-pulse')).toBeNull(), AT_LAST);
  const [title, before] = [page.querySelector('main h1'), page.querySelectorAll('main *').length];
  const field = page.querySelector<HTMLInputElement>('main input[name]');
  if (field) field.value = 'typed by hand';
  const answers = fetch;
  vi.stubGlobal('fetch', async (asked: string, init?: RequestInit) =>
    asked.includes('/sessions/') ? answers(asked, init) : json(refused, 503),
  );
  await act(() => known.invalidateQueries());
  const said = () => [...page.querySelectorAll('main [role=alert]')].map(({ textContent }) => textContent);
  await waitFor(() => expect(said().join()).not.toBe(''), AT_LAST);
  expect(page.querySelector('main h1')).toBe(title);
  expect(page.querySelectorAll('main *').length).toBeGreaterThanOrEqual(before);
  if (field) expect([field.isConnected, field.value]).toEqual([true, 'typed by hand']);
});
