// @vitest-environment jsdom
/** What a button opens in its own place has the focus: who pressed it by a key, or hears the page, goes on in it. */
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { headOf } from '@/lib/head.ts';
import { AT_LAST, afresh, answering, bare, full, json, STORE, visit } from './visit.tsx';

afresh();
afterEach(() => vi.unstubAllGlobals());

type Sent = [method: string, address: string, body: unknown];

/** A house that says this of what lies at some addresses, and yes to all changes. */
function open(said: (address: string) => object | undefined): Sent[] {
  const sent: Sent[] = [];
  const answers = full(bare);
  answering(async (address, init) => {
    const method = init?.method ?? 'GET';
    if (method !== 'GET') sent.push([method, address, init?.body && JSON.parse(String(init.body))]);
    const rest = await answers(address, init);
    const known = (await rest.clone().json()) as object;
    const more = said(address);
    return more ? json({ ...known, ...more }) : method === 'GET' ? rest : json({});
  }, bare);
  return sent;
}

const ORDER = `/v1/orders/orders/${STORE}`;

test('the second step of cancelling', async () => {
  open((address) => (address === ORDER ? { state: 'paid', can: ['cancel'] } : undefined));
  visit(`/orders/${STORE}`);
  fireEvent.click(await screen.findByRole('button', { name: 'Cancel the order' }, AT_LAST));
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Yes, cancel it' }));
});

test('what is wanted back for an order', async () => {
  open((address) => {
    if (address === ORDER) return { state: 'delivered', can: [] };
    return address.endsWith('/complaints')
      ? { can: ['complain'], until: '2026-12-01T12:00:00Z', items: [] }
      : undefined;
  });
  visit(`/orders/${STORE}`);
  fireEvent.click(await screen.findByRole('button', { name: 'Ask for money back' }, AT_LAST));
  const within = () => document.querySelector('#complaints form')?.contains(document.activeElement);
  await waitFor(() => expect(within()).toBe(true), AT_LAST);
});

test('the password of who has all of it erased', async () => {
  open(() => undefined);
  visit('/account');
  fireEvent.click(await screen.findByRole('button', { name: /^Erase/ }, AT_LAST));
  await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('Password')), AT_LAST);
});

const queue = `/v1/orders/stores/${STORE}/queue`;
const waiting = (more: object) => ({
  items: [
    {
      order: STORE,
      number: 'K7Q2-9F',
      recipient: 'Ann Lee',
      placed_at: '2026-11-27T18:00:00Z',
      due_at: '2026-11-27T18:00:00Z',
      total: { amount: 2000, currency: 'USD' },
      agreed: { amount: 2000, currency: 'USD' },
      preparation_minutes: 15,
      changes: [],
      lines: [
        {
          line: STORE,
          product: STORE,
          name: 'Old Rye',
          quantity: 2,
          drink: { class: 'spirits', abv_bp: 4000, volume_ml: 700, pack: 1 },
          if_missing: 'none',
        },
      ],
      ...more,
    },
  ],
  next: null,
});

test('how many there are of what is not all there', async () => {
  open((address) =>
    address.startsWith(queue) ? waiting({ state: 'accepted', can: ['pack', 'reject'] }) : undefined,
  );
  visit('/vendor/orders');
  fireEvent.click(await screen.findByRole('button', { name: /^Not all there/ }, AT_LAST));
  expect(document.activeElement).toBe(screen.getByLabelText('How many are there?'));
});

test.each([0, 15, 300])(
  'a store that takes %i minutes accepts at a press, whatever may be said besides',
  async (usual) => {
    const sent = open((address) =>
      address.startsWith(queue)
        ? waiting({ state: 'paid', can: ['accept'], preparation_minutes: usual })
        : undefined,
    );
    visit('/vendor/orders');
    const order = await screen.findByRole('article', { name: /K7Q2-9F/ }, AT_LAST);
    fireEvent.click(within(order).getByRole('button', { name: 'Accept' }));
    await waitFor(() => expect(sent).toEqual([['POST', `${ORDER}/accept`, {}]]), AT_LAST);
    fireEvent.input(within(order).getByRole('spinbutton'), { target: { value: '20' } });
    fireEvent.click(within(order).getByRole('button', { name: 'Accept' }));
    await waitFor(() => expect(sent[1]?.[2]).toEqual({ preparation_minutes: 20 }), AT_LAST);
  },
);

test('an order’s page is called something', async () => {
  open(() => undefined);
  const { router } = visit(`/orders/${STORE}`);
  await waitFor(() => expect(headOf(router.state.matches).title).toBe('Orders · Tipple'), AT_LAST);
});
