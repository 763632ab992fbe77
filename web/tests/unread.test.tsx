// @vitest-environment jsdom
/** A part of a page that cannot be read says so where it stands, with a way to try again; the page goes on. */
import { QueryClientProvider } from '@tanstack/react-query';
import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Work } from '@/features/account/work.tsx';
import { learn } from '@/lib/messages.ts';
import { overNetwork, readings } from '@/lib/reading.ts';
import { AT_LAST, afresh, answering, full, json, many, refused, STORE, shown, visit } from './visit.tsx';

const few = { ...many, length: 3 };
const HERE = JSON.stringify({ label: '500 Locust St', lat: 41.58731, lon: -93.62401 });
const again = { name: 'Try again' };

afresh();
afterEach(() => vi.restoreAllMocks());

/** The house says no to what lies there, until it is up again. */
function failing(where: RegExp, status = 503, state = 'delivered') {
  const house = { up: false };
  const answers = full(few);
  answering(async (address) => {
    if (!house.up && where.test(address)) return json({ ...refused, status }, status);
    if (address !== `/v1/orders/orders/${STORE}`) return answers(address);
    const order = await (await answers(address)).json();
    return json({ ...order, order: STORE, state, can: ['complain'], payment: null, slot: null });
  }, few);
  return house;
}

const alerts = (page: Element) => within(page as HTMLElement).queryAllByRole('alert');

interface Part {
  what: string;
  where: RegExp;
  title: RegExp;
  state?: string;
}

describe('on the page of an order', () => {
  const parts: Part[] = [
    { what: 'what was told of it', where: /\/notifications\/messages/, title: /What we told you/ },
    { what: 'complaints', where: /\/complaints$/, title: /Is something wrong with it/ },
    { what: 'receipts', where: /\/documents$/, title: /Receipts/ },
    {
      what: 'when it comes',
      where: /\/v1\/delivery\/orders\//,
      title: /ID ready/,
      state: 'out_for_delivery',
    },
  ];

  test.each(parts)('$what: it is said, and there once it is read', async ({ where, title, state }) => {
    const house = failing(where, 503, state);
    const { page, known } = visit(`/orders/${STORE}`);
    const alert = await waitFor(() => {
      const [found] = alerts(page);
      if (!found) throw new Error(page.textContent ?? '');
      return found;
    }, AT_LAST);
    expect(alerts(page)).toHaveLength(1);
    expect(alert.closest('section')?.textContent).toMatch(title);
    const heading = page.querySelector('main h1');
    // It stays said while it is asked for again.
    const answers = fetch;
    vi.stubGlobal('fetch', (address: string, init?: RequestInit) =>
      where.test(address) ? new Promise<Response>(() => {}) : answers(address, init),
    );
    act(() => void known.invalidateQueries());
    await waitFor(() => expect(known.isFetching()).toBe(1), AT_LAST);
    expect(alerts(page)).toHaveLength(1);
    vi.stubGlobal('fetch', answers);
    await act(() => known.cancelQueries());
    house.up = true;
    fireEvent.click(within(page as HTMLElement).getByRole('button', again));
    await waitFor(() => expect(alerts(page)).toHaveLength(0), AT_LAST);
    expect(page.querySelector('main')?.textContent).toMatch(title);
    expect(page.querySelector('main h1')).toBe(heading);
  });

  test.each(parts)('$what: what does not exist is no failure', async ({ where, state }) => {
    failing(where, 404, state);
    const { page, known } = visit(`/orders/${STORE}`);
    await shown(page, 'main h1');
    await waitFor(() => {
      expect(page.querySelector('main .animate-pulse')).toBeNull();
      expect(known.isFetching()).toBe(0);
    }, AT_LAST);
    expect(alerts(page)).toEqual([]);
  });
});

describe('what comes to the door', () => {
  test.each(['/', '/stores', `/s/${STORE}`, `/p/${STORE}`])('on %s', async (address) => {
    localStorage.setItem('own:place', HERE);
    const house = failing(/[?&]near=/);
    answering(
      (
        (answers) => (where, init) =>
          !house.up && /[?&]near=/.test(where) ? json(refused, 503) : answers(where, init)
      )(full(few)),
      few,
    );
    const { page } = visit(address);
    const button = await screen.findByRole('button', again, AT_LAST);
    expect(alerts(page)).toHaveLength(1);
    expect(page.querySelector('main h1')).not.toBeNull();
    house.up = true;
    fireEvent.click(button);
    await waitFor(() => expect(alerts(page)).toHaveLength(0), AT_LAST);
  });
});

describe('where people of the house work', () => {
  test.each([
    { at: `/operator/orders/${STORE}`, where: /\/v1\/payments\/refunds/, title: /Refunds/ },
    { at: '/operator/live', where: /\/v1\/payments\/complaints/, title: /Complaints|wait for an answer/ },
  ])('on $at: it is said, and there once it is read', async ({ at, where, title }) => {
    const answers = full(few);
    let up = false;
    answering((address) => (!up && where.test(address) ? json(refused, 503) : answers(address)), few);
    const { page } = visit(at);
    const said = () =>
      alerts(page).find((one) => title.test(one.parentElement?.getAttribute('aria-label') ?? ''));
    const alert = await waitFor(() => {
      const found = said();
      if (!found) throw new Error(page.textContent ?? '');
      return found;
    }, AT_LAST);
    up = true;
    fireEvent.click(within(alert).getByRole('button', again));
    await waitFor(() => expect(said()).toBeUndefined(), AT_LAST);
    expect(page.querySelector('main')?.textContent).toMatch(title);
  });

  test('where to go on from here: the same', async () => {
    await learn('entry');
    let up = false;
    answering(full(few), few);
    const house = fetch;
    vi.stubGlobal('fetch', async (address: string, init?: RequestInit) => {
      if (address !== '/v1/gateway/may') return house(address, init);
      return up ? json({ may: ['audit'] }) : json(refused, 503);
    });
    const known = readings(overNetwork);
    known.setDefaultOptions({ queries: { ...known.getDefaultOptions().queries, retryDelay: 1 } });
    const session = { person: STORE, roles: [{ role: 'operator' }], session: STORE, must_enrol: false };
    const page = render(
      <QueryClientProvider client={known}>
        <Work session={session as never} />
      </QueryClientProvider>,
    ).container;
    const button = await screen.findByRole('button', again, AT_LAST);
    expect(alerts(page)).toHaveLength(1);
    up = true;
    fireEvent.click(button);
    await screen.findByRole('link', { name: "To the operator's pages" }, AT_LAST);
    expect(alerts(page)).toHaveLength(0);
  });
});
