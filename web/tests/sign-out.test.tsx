// @vitest-environment jsdom
/** Whoever signs out is signed out everywhere, or told that they are not. */
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { counted } from '@/features/basket/kept.ts';
import { choosePlace } from '@/lib/place.ts';
import { anew, perhaps, signedIn, told } from '@/lib/session.ts';
import { AT_LAST, afresh, answering, bare, full, json, refused, shown, visit } from './visit.tsx';

afresh();

/** What other tabs hear. */
let heard: string[];
let other: BroadcastChannel;
beforeEach(() => {
  heard = [];
  other = new BroadcastChannel('session');
  other.onmessage = ({ data }) => heard.push(data);
});
afterEach(() => {
  other.close();
  told.over = undefined;
  told.other = undefined;
});

type Say = () => Response | Promise<Response>;
const ended = () => new Response(null, { status: 204 });
const unknown = () => json({ ...refused, status: 401, code: 'unauthenticated' }, 401);

/** The house, which says that of leaving, and of a new token. */
function house(leaving: Say, renewing?: Say) {
  const says = { leaving, renewing, left: 0 };
  const rest = full(bare);
  answering((address, init) => {
    if (address !== '/v1/accounts/sign-out') return rest(address, init);
    says.left++;
    return says.leaving();
  }, bare);
  const answers = fetch;
  vi.stubGlobal('fetch', async (address: string, init?: RequestInit) =>
    says.renewing && address.endsWith('/sessions/refresh') ? says.renewing() : answers(address, init),
  );
  return says;
}

const BUTTON = { name: 'Sign out' };
const WAYS = ['/account', '/vendor/orders', '/operator/orders'];

test.each(
  WAYS.flatMap((address) => [
    { address, what: 'says no', leaving: () => json(refused, 503) },
    { address, what: 'is not there', leaving: () => Promise.reject(new TypeError('no network')) },
    { address, what: 'is another', leaving: () => new Response('<html>Welcome to our network</html>') },
  ]),
)(
  'on $address, where the house $what: one is still signed in, is told, and can try again',
  async ({ address, leaving }) => {
    const says = house(leaving);
    const { page } = visit(address);
    fireEvent.click(await screen.findByRole('button', BUTTON, AT_LAST));
    await screen.findByText(/still signed in/, {}, AT_LAST);
    expect([perhaps(), localStorage.getItem('signed-in'), heard]).toEqual([true, '1', []]);
    await shown(page, 'h1');
    says.leaving = ended;
    fireEvent.click(screen.getByRole('button', BUTTON));
    await waitFor(() => expect(perhaps()).toBe(false), AT_LAST);
    await waitFor(() => expect(heard).toEqual(['over']), AT_LAST);
    expect([says.left, localStorage.getItem('signed-in')]).toEqual([2, null]);
  },
);

test('who cannot be named to the house is not signed out either', async () => {
  const says = house(ended);
  visit('/account');
  const button = await screen.findByRole('button', BUTTON, AT_LAST);
  says.renewing = () => json(refused, 503);
  await anew();
  fireEvent.click(button);
  await screen.findByText(/still signed in/, {}, AT_LAST);
  expect([perhaps(), says.left, heard]).toEqual([true, 0, []]);
});

test('what had ended already has ended', async () => {
  const says = house(unknown);
  visit('/account');
  const button = await screen.findByRole('button', BUTTON, AT_LAST);
  says.renewing = unknown;
  fireEvent.click(button);
  await waitFor(() => expect(heard).toEqual(['over']), AT_LAST);
  expect(perhaps()).toBe(false);
});

test('where they live and how much they had in baskets is not left to whoever comes next', async () => {
  choosePlace({ label: '500 Locust St', lat: 41.58, lon: -93.62 });
  counted([{ lines: [{ quantity: 3 }] }]);
  house(ended);
  visit('/account');
  expect((await screen.findByRole('link', { name: /Basket/ }, AT_LAST)).textContent).toBe('Basket3');
  fireEvent.click(await screen.findByRole('button', BUTTON, AT_LAST));
  await screen.findByRole('link', { name: 'Sign in' }, AT_LAST);
  await waitFor(
    () => expect(screen.getByRole('link', { name: /Basket/ }).textContent).toBe('Basket'),
    AT_LAST,
  );
  expect(screen.queryAllByText('500 Locust St')).toEqual([]);
  expect(JSON.stringify({ ...localStorage })).not.toMatch(/Locust|basket/);
});

test('a tab hears of it from another, and does what follows', async () => {
  house(ended);
  await anew();
  expect(perhaps()).toBe(true);
  told.over = vi.fn();
  other.postMessage('over');
  await waitFor(() => expect(told.over).toHaveBeenCalledOnce(), AT_LAST);
  expect([perhaps(), localStorage.getItem('signed-in')]).toEqual([false, null]);
});

test('that somebody else is signed in than before is told, and nothing else is', () => {
  const now = Math.floor(Date.now() / 1000);
  const token = `.${btoa(JSON.stringify({ iat: now, exp: now + 900 }))}.`;
  const as = (person: string) =>
    signedIn({ access_token: token, person, roles: [], session: 's', must_enrol: false } as never);
  as('ann');
  told.other = vi.fn();
  as('ann');
  expect(told.other).not.toHaveBeenCalled();
  as('bob');
  expect(told.other).toHaveBeenCalledOnce();
});
