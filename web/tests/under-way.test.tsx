// @vitest-environment jsdom
/** Long lists of what has to be done: the most pressing first, all of it counted, and read to the end. */
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, expect, test, vi } from 'vitest';
import { AT_LAST, afresh, answering, full, json, many, STORE, visit } from './visit.tsx';

afresh();
const few = { ...many, length: 3 };
const OTHER = '01a21c5a-2673-7207-a3ac-0000000000aa';
let asked: URL[];

beforeEach(() => {
  asked = [];
});

const id = (n: number) => `01a21c5a-2673-7207-a3ac-${String(n).padStart(12, '0')}`;

/** A house with so many of what lies under a path, in the order in which it gives them. */
function having(path: RegExp, count: number, like: (n: number) => object) {
  const answers = full(few);
  const house = async (address: string, init?: RequestInit) => {
    const url = new URL(address, 'http://house');
    asked.push(url);
    if (url.pathname === '/v1/orders/under-way/stores') {
      const load = { unanswered: 0, in_store: count, with_driver: 0 };
      return json({
        items: [
          { store: STORE, ...load },
          { store: OTHER, ...load },
        ],
        next: null,
      });
    }
    if (!path.test(url.pathname)) return answers(address, init);
    const { items } = (await (await answers(url.pathname)).json()) as { items: object[] };
    const from = Number(url.searchParams.get('after') ?? 0);
    const until = Math.min(from + Number(url.searchParams.get('limit')), count);
    return json({
      items: Array.from({ length: until - from }, (_, at) => ({ ...items[0], ...like(from + at) })),
      next: until < count ? String(until) : null,
    });
  };
  answering(house, few, [STORE]);
}

const order = (n: number, state: string) => ({ order: id(n), number: `N-${n}`, state, driver_name: null });
const of = (path: string) => asked.filter(({ pathname }) => pathname === path);

test('the board shows what presses most as the house lists it, how many there are, and the rest when asked', async () => {
  having(/^\/v1\/orders\/under-way$/, 120, (n) => order(n, 'accepted'));
  const { history } = visit('/operator/live');
  const column = await screen.findByRole('region', { name: 'At the store' }, AT_LAST);
  const shown = () => within(column).queryAllByRole('link', { name: /^N-/ });
  await waitFor(() => expect(shown()).toHaveLength(50), AT_LAST);
  expect(shown()[0]?.textContent).toBe('N-0');
  expect(within(column).getByRole('heading').textContent).toContain('240');
  for (const more of [100, 120]) {
    fireEvent.click(within(column).getByRole('button', { name: 'Show more' }));
    await waitFor(() => expect(shown()).toHaveLength(more), AT_LAST);
  }
  expect(within(column).queryByRole('button', { name: 'Show more' })).toBeNull();
  expect(of('/v1/orders/all')).toEqual([]);

  // One store's are chosen by the house, not out of what happens to be here.
  history.push(`/operator/live?store=${STORE}`);
  await waitFor(() => {
    const stores = of('/v1/orders/under-way').map(({ searchParams }) => searchParams.get('store'));
    expect(stores.filter((store) => store === STORE)).toHaveLength(3);
  }, AT_LAST);
  const late = of('/v1/delivery/jobs').map(({ searchParams }) => searchParams.get('store'));
  expect(late).toContain(STORE);
  const again = await screen.findByRole('region', { name: 'At the store' }, AT_LAST);
  await waitFor(() => expect(within(again).getByRole('heading').textContent).toContain('120'), AT_LAST);
});

test('late deliveries are read on', async () => {
  having(/^\/v1\/delivery\/jobs$/, 60, (n) => ({ job: id(n), order: id(n), number: `L-${n}`, can: [] }));
  visit('/operator/live');
  const late = await screen.findByRole('region', { name: 'Late or stuck' }, AT_LAST);
  const shown = () => within(late).queryAllByRole('link', { name: /^L-/ });
  await waitFor(() => expect(shown()).toHaveLength(50), AT_LAST);
  fireEvent.click(within(late).getByRole('button', { name: 'Show more' }));
  await waitFor(() => expect(shown()).toHaveLength(60), AT_LAST);
});

test('a late delivery is told by the clock of its store, though its order is not among those on the board', async () => {
  const job = { store: OTHER, eta: '2026-11-27T18:00:00Z', number: 'L-1', can: [] };
  having(/^\/v1\/delivery\/jobs$/, 1, (n) => ({ ...job, job: id(n), order: id(n) }));
  const answers = fetch;
  vi.stubGlobal('fetch', async (address: string, init?: RequestInit) => {
    const answer = await answers(address, init);
    if (!address.startsWith('/v1/catalogue/stores?')) return answer;
    const told = (await answer.json()) as { items: object[] };
    const there = { ...told.items[0], store: OTHER, time_zone: 'Asia/Tokyo' };
    return json({ ...told, items: [there, ...told.items.slice(1)] });
  });
  visit('/operator/live');
  const late = await screen.findByRole('region', { name: 'Late or stuck' }, AT_LAST);
  await waitFor(() => expect(late.textContent).toMatch(/3:00\sAM/), AT_LAST);
});

test('a queue has all that waits for an answer, and the rest of the work when asked', async () => {
  const like = (n: number) => order(n, n < 130 ? 'paid' : 'accepted');
  having(/^\/v1\/orders\/stores\/[^/]+\/queue$/, 330, like);
  visit(`/vendor/orders?store=${STORE}`);
  const column = (name: string) => screen.findByRole('region', { name }, AT_LAST);
  const orders = (of: HTMLElement) => within(of).queryAllByRole('article');
  const fresh = await column('New');
  await waitFor(() => expect(orders(fresh)).toHaveLength(130), AT_LAST);
  expect(within(fresh).getByRole('heading', { level: 2 }).textContent).toBe('New130');
  await screen.findByText('130 orders wait for your answer', {}, AT_LAST);
  expect(document.title).toMatch(/^\(130\)/);
  const packing = await column('To pack');
  expect(within(packing).getByRole('heading', { level: 2 }).textContent).toBe('To pack30+');
  while (screen.queryByRole('button', { name: 'Show more' })) {
    const before = orders(packing).length;
    fireEvent.click(screen.getByRole('button', { name: 'Show more' }));
    await waitFor(() => expect(orders(packing).length).toBeGreaterThan(before), AT_LAST);
  }
  expect(within(packing).getByRole('heading', { level: 2 }).textContent).toBe('To pack200');
}, 60_000);
