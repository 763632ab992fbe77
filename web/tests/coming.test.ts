// @vitest-environment jsdom
/** Somebody follows a link to a page that does not come at once. */
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { tellComing } from '@/lib/coming.ts';
import { learn, speak } from '@/lib/messages.ts';

const heard = new Map<string, () => void>();
const router = { subscribe: (event: string, then: () => void) => heard.set(event, then) };
const busy = () => document.getElementById('content')?.getAttribute('aria-busy');
const said = () => document.querySelector('body > [role=status]')?.textContent;

beforeAll(async () => {
  speak('en');
  await learn('shop');
});

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = '<main id="content"></main>';
  tellComing(router as never);
});
afterEach(() => void vi.useRealTimers());

test('what is there at once is not announced', () => {
  heard.get('onBeforeLoad')?.();
  vi.advanceTimersByTime(140);
  heard.get('onResolved')?.();
  vi.advanceTimersByTime(1_000);
  expect([busy(), said()]).toEqual(['false', '']);
});

test('what takes longer is, until it is there; a second link begins anew', () => {
  heard.get('onBeforeLoad')?.();
  vi.advanceTimersByTime(100);
  heard.get('onBeforeLoad')?.();
  vi.advanceTimersByTime(100);
  expect(busy()).toBeNull();
  vi.advanceTimersByTime(60);
  expect(busy()).toBe('true');
  expect(said()).not.toBe('');
  heard.get('onResolved')?.();
  expect([busy(), said()]).toEqual(['false', '']);
});
