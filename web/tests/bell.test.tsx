// @vitest-environment jsdom
/** The portal's bell, where it is off: what the badge counts, and what is heard once it is on. */
import { act, cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AT_LAST, afresh, answering, full, json, many, STORE, visit } from './visit.tsx';

const few = { ...many, length: 3 };

/** How often a note was played: two are a ring. */
let notes = 0;

class Device extends EventTarget {
  state = 'running';
  get currentTime() {
    return Date.now() / 1_000;
  }
  async resume() {}
}

class Node {
  gain = { setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} };
  connect = (next: unknown) => next;
  start() {}
  stop() {}
}

class Oscillator extends Node {
  override start() {
    notes++;
  }
}

const rings = () => notes / 2;
const order = (n: number, state = 'paid') => ({
  order: `01a21c5a-2673-7207-a3ac-0000000000c${n}`,
  number: `K7Q2-9${n}`,
  state,
});

/** What the store's queue says. */
let queue: { n: number; state?: string }[];

function open() {
  const answers = full(few);
  answering(
    async (address, init) => {
      if (!/^\/v1\/orders\/stores\/[^/]+\/queue/.test(address)) return answers(address, init);
      const { items } = (await (await answers(address)).json()) as { items: object[] };
      return json({
        items: queue.map(({ n, state }) => ({ ...items[0], ...order(n, state) })),
        next: null,
      });
    },
    few,
    [STORE],
  );
  // A page of the portal that shows no orders: the bell is on each of them.
  return visit(`/vendor/hours?store=${STORE}`);
}

/** So many seconds go by, and what was asked meanwhile is answered. */
const pass = (seconds: number) => act(() => vi.advanceTimersByTimeAsync(seconds * 1_000));

afresh();
beforeEach(() => {
  notes = 0;
  queue = [];
  document.title = 'Opening hours · Tipple';
  vi.stubGlobal('AudioContext', Device);
  vi.stubGlobal('OscillatorNode', Oscillator);
  vi.stubGlobal('GainNode', Node);
  vi.useFakeTimers({ shouldAdvanceTime: true });
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const there = () => screen.findByRole('heading', { level: 1, name: 'Opening hours' }, AT_LAST);
const waits = (text: string) => waitFor(() => expect(screen.getByText(text)).toBeTruthy(), AT_LAST);

test('whoever has turned it off sees how many wait, and hears nothing', async () => {
  queue = [{ n: 1 }, { n: 2 }, { n: 3, state: 'accepted' }];
  open();
  await there();
  await waits('2 orders wait for your answer');
  await pass(60);
  expect(document.title).toMatch(/^\(2\) /);
  expect(rings()).toBe(0);
  // What came while it was silent rings as soon as it is not, once.
  const bell = screen.getByRole('button', { name: 'Sound off' });
  await userEvent.setup({ advanceTimers: vi.advanceTimersByTimeAsync }).click(bell);
  await screen.findByRole('button', { name: 'Sound on', pressed: true }, AT_LAST);
  expect(rings()).toBe(1);
});
