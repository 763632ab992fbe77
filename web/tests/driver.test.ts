// @vitest-environment jsdom
/** What a driver does without a network, and the arithmetic of documents. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { QueryClient } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type Did, done, foreseen, RETURNING } from '@/features/driver/acts.ts';
import { age, dayAt, dayOf, order } from '@/features/driver/dates.ts';
import { mapOf } from '@/features/driver/maps.ts';
import { add, notices, sendAll, waiting } from '@/features/driver/queue.ts';
import { me } from '@/features/driver/requests.ts';
import { learn, speak } from '@/lib/messages.ts';

type Me = Schema<'Me'>;
type State = Schema<'JobState'>;

/** What the house lets a driver do in a state, as its own code says. */
const can = (state: State): string[] => {
  const name = `${state[0]?.toUpperCase()}${state.slice(1).replace(/_(.)/g, (_, letter) => letter.toUpperCase())}`;
  const said = new RegExp(`JobState::${name} => vec!\\[([^\\]]*)\\]`).exec(RULES)?.[1];
  return state === 'arrived'
    ? ['check', 'hand_over', 'refuse']
    : (said?.match(/\w+(?=,|$)/g) ?? []).map(snake);
};
const snake = (name: string) => name.replace(/(?!^)([A-Z])/g, '_$1').toLowerCase();
const RULES = readFileSync(join(import.meta.dirname, '../../services/delivery/src/job.rs'), 'utf8');

const job = (id: string, state: State) => ({ job: id, number: `N-${id}`, state, can: can(state) });
const knows = (state: State, next = false) =>
  ({ step: 'go_to_door', job: job('a', state), next: next ? job('b', 'assigned') : null }) as unknown as Me;

let answers: (number | 'lost' | 'clock' | 'page')[];
let asked: string[];
let readings: QueryClient;

beforeEach(async () => {
  localStorage.clear();
  answers = [];
  asked = [];
  readings = new QueryClient({ defaultOptions: { queries: { queryFn: () => knows('arrived') } } });
  speak('en');
  await learn('shop');
  await learn('driver');
  vi.stubGlobal('fetch', async (address: string) => {
    asked.push(address.replace('/v1/delivery/jobs/', ''));
    const status = answers.shift() ?? 200;
    if (status === 'lost') throw new TypeError('no network');
    if (status === 'clock') {
      const body = { status: 422, code: 'invalid-input', field: 'happened_at', title: 'No.', detail: 'No.' };
      return new Response(JSON.stringify(body), { status: 422 });
    }
    if (status === 'page') return new Response('<html>Welcome to our network</html>');
    const body = status < 400 ? {} : { status, code: 'wrong-state', title: 'No.', detail: 'No.' };
    return new Response(JSON.stringify(body), { status });
  });
});

const act = (id: string, did: Did, person = 'me') => add(person, { job: id, number: `N-${id}` }, did);
const left = () => waiting.all().map(({ job, did }) => `${job} ${did}`);

describe('what waits', () => {
  test('goes out in order, once the network is there, and each but once', async () => {
    act('a', { did: 'arrive' });
    act('a', { did: 'arrive' });
    act('a', { did: 'refuse', body: { because: 'nobody_there' } });
    act('a', { did: 'return' });
    answers = ['lost'];
    await sendAll(readings, 'me');
    expect(left()).toEqual(['a arrive', 'a refuse', 'a return']);
    answers = [200, 503];
    await sendAll(readings, 'me');
    expect(left()).toEqual(['a refuse', 'a return']);
    await Promise.all([sendAll(readings, 'me'), sendAll(readings, 'me')]);
    expect(left()).toEqual([]);
    expect(asked).toEqual(['a/arrive', 'a/arrive', 'a/refuse', 'a/refuse', 'a/return']);
  });

  test('falls with what was refused before it, and that is told; other orders go on', async () => {
    act('a', { did: 'arrive' });
    act('a', { did: 'refuse', body: { because: 'unsafe' } });
    act('b', { did: 'return' });
    answers = [409, 200];
    await sendAll(readings, 'me');
    expect(asked).toEqual(['a/arrive', 'b/return']);
    expect(left()).toEqual([]);
    expect(notices.all().map(({ text }) => text)).toEqual([
      'Order N-a, “I am at the door”, was not accepted: Meanwhile somebody else has moved it on. What you did after it for this order was not sent.',
    ]);
  });

  test('says when it was done, where that was before; a time that the house does not take is left out', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-27T21:58:00Z') });
    act('a', { did: 'arrive' });
    vi.setSystemTime(Date.parse('2026-11-27T22:05:00Z'));
    act('a', { did: 'return' });
    act('b', { did: 'return' });
    vi.setSystemTime(Date.parse('2026-11-27T22:05:09Z'));
    answers = [200, 200, 'lost'];
    await sendAll(readings, 'me');
    vi.setSystemTime(Date.parse('2026-11-28T04:00:00Z'));
    answers = ['clock'];
    await sendAll(readings, 'me');
    vi.useRealTimers();
    const then = (at: string) => `?happened_at=${encodeURIComponent(at)}`;
    expect(asked).toEqual([
      `a/arrive${then('2026-11-27T21:58:00.000Z')}`,
      'a/return',
      'b/return',
      `b/return${then('2026-11-27T22:05:00.000Z')}`,
      'b/return',
    ]);
    expect(left()).toEqual([]);
    expect(notices.all()).toEqual([]);
  });

  test('waits for who did it, and for who has to sign in again', async () => {
    act('a', { did: 'arrive' }, 'another');
    act('b', { did: 'return' });
    answers = [401];
    await sendAll(readings, 'me');
    expect(asked).toEqual(['b/return']);
    expect(left()).toEqual(['a arrive', 'b return']);
  });

  test('waits where a network says yes to everything until somebody signs in to it', async () => {
    act('a', { did: 'arrive' });
    answers = ['page', 200];
    await sendAll(readings, 'me');
    expect(left()).toEqual(['a arrive']);
    await sendAll(readings, 'me');
    expect(left()).toEqual([]);
  });

  test('leaves the page where it led to until the house is asked again', async () => {
    readings.setQueryData(me.queryKey, knows('picked_up'));
    act('a', { did: 'arrive' });
    await sendAll(readings, 'me');
    expect(readings.getQueryData(me.queryKey)?.step).toBe('at_door');
  });

  test('leaves it there too where the page was opened without a network', async () => {
    localStorage.setItem('own:driver', JSON.stringify({ person: 'me', said: knows('picked_up') }));
    act('a', { did: 'arrive' });
    await sendAll(readings, 'me');
    expect(JSON.parse(localStorage.getItem('own:driver') ?? '').said.step).toBe('at_door');
  });
});

describe('what is shown meanwhile', () => {
  const as = (did: Did) => ({ ...did, id: '', person: 'me', job: 'a', number: '' });

  test('goes on where nothing but a network is missing', () => {
    expect(foreseen(knows('picked_up'), as({ did: 'arrive' })).step).toBe('at_door');
    // What may be done there the house has said beforehand.
    const there = { can: ['check', 'hand_over', 'refuse'], refusals: ['under_age'] } as const;
    const carried = { ...knows('picked_up'), job: { ...job('a', 'picked_up'), at_door: there } };
    expect(foreseen(carried as never, as({ did: 'arrive' })).job).toMatchObject({
      state: 'arrived',
      ...there,
    });
    const refused = as({ did: 'refuse', body: { because: 'unsafe' } });
    expect(foreseen(knows('arrived'), refused).step).toBe('go_back');
    expect(foreseen(knows('returning'), as({ did: 'return' })).step).toBe('wait_for_offer');
    expect(foreseen(knows('returning', true), as({ did: 'return' })).job?.job).toBe('b');
  });

  test('does not go on where the house may say no', () => {
    const whole = as({ did: 'hand_over', body: { recipient_name: 'Ann' } });
    expect(foreseen(knows('arrived'), whole)).toEqual(knows('arrived'));
    expect(done(knows('arrived'), whole).step).toBe('wait_for_offer');
    const part = as({
      did: 'hand_over',
      body: { recipient_name: 'Ann', lines: [{ line: 'l', quantity: 1 }] },
    });
    expect(done(knows('arrived'), part).step).toBe('go_back');
  });

  test('is what the house would let one do then', () => {
    expect(can('picked_up')).toEqual(['arrive', 'refuse']);
    expect(RETURNING).toEqual(can('returning'));
    // Where it lets nobody do it now, nothing is foreseen.
    const stays = { ...knows('picked_up'), job: { ...job('a', 'picked_up'), can: [] } } as unknown as Me;
    for (const did of [{ did: 'arrive' }, { did: 'refuse', body: { because: 'unsafe' } }] as const)
      expect(foreseen(stays, as(did))).toEqual(stays);
  });

  test('stays where the house is further already', () => {
    for (const state of ['arrived', 'returning'] as const)
      expect(foreseen(knows(state), as({ did: 'arrive' }))).toEqual(knows(state));
  });
});

describe('documents', () => {
  test('age is counted in whole years, on the day itself too', () => {
    expect(age('2005-06-15', '2026-06-14')).toBe(20);
    expect(age('2005-06-15', '2026-06-15')).toBe(21);
    expect(age('2004-02-29', '2026-02-28')).toBe(21);
    expect(age('2004-02-29', '2026-03-01')).toBe(22);
  });

  test('only what is a day is one', () => {
    expect(dayOf('1990', '4', '1')).toBe('1990-04-01');
    expect(dayOf('2023', '2', '29')).toBeUndefined();
    expect(dayOf('90', '4', '1')).toBeUndefined();
    expect(dayOf('1990', '13', '1')).toBeUndefined();
    expect(dayOf('1990', '', '1')).toBeUndefined();
  });

  test('today is today at the store, and dates are typed as the reader writes them', () => {
    expect(dayAt(Date.parse('2026-06-15T02:00Z'), 'America/Chicago')).toBe('2026-06-14');
    expect(order(['en-US'])).toEqual(['month', 'day', 'year']);
    expect(order(['he-IL'])).toEqual(['day', 'month', 'year']);
  });

  test("places open in the phone's maps", () => {
    const place = { lat: 41.5, lon: -93.6 };
    expect(mapOf(place, 'A & B', 'Android 16')).toBe('geo:41.5,-93.6?q=41.5%2C-93.6(A%20%26%20B)');
    expect(mapOf(place, '', 'iPhone')).toBe('https://maps.apple.com/?daddr=41.5%2C-93.6');
  });

  test("and in Google's, where its map is shown", () => {
    const page = document.documentElement.dataset;
    Object.assign(page, { googleKey: 'k', googleMap: 'm' });
    expect(mapOf({ lat: 41.5, lon: -93.6 }, '', 'iPhone')).toBe(
      'https://www.google.com/maps/dir/?api=1&destination=41.5%2C-93.6&travelmode=driving',
    );
    delete page.googleKey;
  });
});
