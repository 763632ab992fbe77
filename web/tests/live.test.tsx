// @vitest-environment jsdom
/** A stream that ends is opened again: later each time, and at once where somebody looks again. */
import { cleanup, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { useLive } from '@/lib/live.ts';

const EVENT = 'id: 7\ndata: {}\n\n';

/** When it was opened, in seconds from the beginning, and after which event. */
let opened: [seconds: number, after: string | null][];
let began: number;
let visible: DocumentVisibilityState;

/** A stream takes a millisecond to end. */
const elapsed = () => Math.round((Date.now() - began) / 100) / 10;

/** A house whose streams say so much and end then, or stay open for so many seconds. */
function house(text = '', open = 0) {
  vi.stubGlobal('fetch', async (_: string, { headers }: { headers: Headers }) => {
    opened.push([elapsed(), headers.get('last-event-id')]);
    const body = new ReadableStream({
      start(stream) {
        if (text) stream.enqueue(new TextEncoder().encode(text));
        setTimeout(() => stream.close(), open * 1_000);
      },
    });
    return new Response(body);
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  // In the middle: what is told of times is what is meant.
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  opened = [];
  began = Date.now();
  visible = 'visible';
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => visible);
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const follow = (heard = () => {}) => renderHook(() => useLive('/v1/orders/orders/x/events', true, heard));
const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1_000);
const times = () => opened.map(([time]) => time);

test('one that ends at once is opened after 1, 2, 4 seconds and so on, a minute at last', async () => {
  house();
  follow();
  await seconds(200);
  expect(times()).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183]);
});

test('the same where the house does not answer', async () => {
  vi.stubGlobal('fetch', async () => {
    opened.push([elapsed(), null]);
    throw new TypeError('no network');
  });
  follow();
  await seconds(32);
  expect(times()).toEqual([0, 1, 3, 7, 15, 31]);
});

test('one that has lasted is opened again soon, after the last event', async () => {
  house(EVENT, 60);
  const heard = vi.fn();
  follow(heard);
  await seconds(130);
  expect(opened).toEqual([
    [0, null],
    [61, '7'],
    [122, '7'],
  ]);
  expect(heard).toHaveBeenCalledTimes(3);
});

test('pages do not come back at the same moment', async () => {
  house();
  vi.mocked(Math.random).mockReturnValue(0);
  follow();
  await seconds(1);
  vi.mocked(Math.random).mockReturnValue(0.999);
  follow();
  await seconds(1.4);
  // The first after half of the time, then half of twice as long; the second not yet again.
  expect(times()).toEqual([0, 0.5, 1, 1.5]);
});

test('whoever looks again, or is back on the network, waits for nothing', async () => {
  house();
  follow();
  await seconds(10);
  expect(times()).toEqual([0, 1, 3, 7]);
  visible = 'hidden';
  document.dispatchEvent(new Event('visibilitychange'));
  await seconds(1);
  expect(times()).toHaveLength(4);
  visible = 'visible';
  document.dispatchEvent(new Event('visibilitychange'));
  await seconds(1);
  expect(times()).toEqual([0, 1, 3, 7, 11]);
  window.dispatchEvent(new Event('online'));
  await seconds(1);
  expect(times()).toEqual([0, 1, 3, 7, 11, 12]);
});

test('nothing is opened any more once the page is gone', async () => {
  house();
  const { unmount } = follow();
  await seconds(2);
  unmount();
  window.dispatchEvent(new Event('online'));
  await seconds(300);
  expect(times()).toEqual([0, 1]);
});

test('nor where the house will not tell', async () => {
  vi.stubGlobal('fetch', async () => {
    opened.push([0, null]);
    return new Response('{}', { status: 404 });
  });
  follow();
  await seconds(300);
  expect(opened).toHaveLength(1);
});
