// @vitest-environment jsdom
/** By keys alone: what a driver refuses. */
import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AT_LAST, afresh, answering, full, json, many, STORE, visit } from './visit.tsx';

const few = { ...many, length: 3 };

/** What was changed: how, where, and with what. */
let sent: [method: string, address: string, body: unknown][];

afresh();
beforeEach(() => {
  sent = [];
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

/** A house that says so, and yes to all changes. */
function open(says: (address: string, method: string) => unknown = () => undefined) {
  const answers = full(few);
  answering(
    async (address, init) => {
      const method = init?.method ?? 'GET';
      if (method !== 'GET') sent.push([method, address, init?.body && JSON.parse(String(init.body))]);
      const said = await says(address, method);
      if (said !== undefined) return json(said);
      return method === 'GET' ? answers(address, init) : json({});
    },
    few,
    [STORE],
  );
}

const focused = () => document.activeElement;
const named = () => focused()?.getAttribute('aria-label') ?? focused()?.textContent;

const AT = { lat: 41.5873, lon: -93.624 };
const OTHER = '01a21c5a-2673-7207-a3ac-0000000000aa';
const store = {
  store: STORE,
  name: 'Corner Cellars',
  address: '418 E Locust St',
  place: AT,
  time_zone: 'America/Chicago',
};
const carried = {
  step: 'go_to_door',
  given_name: 'Dana',
  on_shift_since: '2026-11-27T18:00:00Z',
  can: [],
  job: {
    job: OTHER,
    order: OTHER,
    number: 'K7Q2-9F',
    state: 'picked_up',
    ready: true,
    ready_at: '2026-11-27T18:00:00Z',
    eta_rough: true,
    store,
    door: { recipient: 'Ann Lee', address: '500 Locust St', place: AT, instructions: '' },
    lines: [{ line: OTHER, name: 'Old Rye', quantity: 2, alcohol: true }],
    needs_check: true,
    can: ['arrive', 'refuse'],
    refusals: ['nobody_there'],
    at_door: { can: ['check', 'refuse'], refusals: ['nobody_there'] },
  },
};

/** The heading of a step has the focus, so that the next key goes on from there. */
const step = (name: string) =>
  waitFor(() => {
    expect(named()).toBe(name);
    expect(focused()?.tagName).toBe('H1');
  }, AT_LAST);

/** By Tab as far as the button, which Enter presses. */
async function press(name: string) {
  for (let tabs = 0; tabs < 30; tabs++) {
    await userEvent.tab();
    if (focused()?.tagName === 'BUTTON' && focused()?.textContent === name)
      return userEvent.keyboard('{Enter}');
  }
  throw new Error(`no Tab leads to ${name}`);
}

test('a refusal is chosen by arrows, and Enter sends it', async () => {
  let now: object = carried;
  open((address, method) => {
    if (address === '/v1/delivery/me') return now;
    if (method === 'POST' && address.endsWith('/refuse')) {
      now = { ...carried, step: 'go_back', job: { ...carried.job, state: 'returning', can: ['return'] } };
      return {};
    }
    return undefined;
  });
  visit('/driver');
  await screen.findByRole('heading', { level: 1, name: 'Go to the door' }, AT_LAST);
  await press('Something is wrong: bring it back');
  await step('Why is it not handed over?');
  await userEvent.tab();
  expect(focused()).toBe(screen.getByRole('radio', { name: 'Nobody there' }));
  await userEvent.keyboard(' ');
  await press('Bring it back to the store');
  await step('Bring it back');
  expect(sent.find(([, address]) => address.endsWith('/refuse'))?.[2]).toEqual({
    because: 'nobody_there',
    note: '',
  });
});
