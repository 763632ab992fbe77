// @vitest-environment jsdom
/** That somebody looked at a product's page. */
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { beforeEach, expect, test, vi } from 'vitest';
import { AT_LAST, afresh, answering, full, json, long, refused, shown, visit } from './visit.tsx';

const GIN = '01a21c5a-2673-7207-a3ac-00000000000f';
let views: Record<string, unknown>[];
let idle: (() => void)[];
const pause = () => new Promise((then) => setTimeout(then, 50));

afresh();

beforeEach(() => {
  views = [];
  idle = [];
  vi.stubGlobal('requestIdleCallback', (then: () => void) => idle.push(then));
  const answers = full(long);
  answering((address, init) => {
    if (address !== '/v1/insight/views') return answers(address);
    expect(new Headers(init?.headers).has('authorization')).toBe(false);
    views.push(JSON.parse(String(init?.body)));
    return json(refused, 503);
  }, long);
});

async function idled() {
  await waitFor(() => expect(idle.length).toBeGreaterThan(0), AT_LAST);
  for (const then of idle.splice(0)) then();
}

test('is told once the page is there, by whatever way somebody came, and a no is nobody’s worry', async () => {
  const unhandled = vi.fn();
  process.on('unhandledRejection', unhandled);
  visit(`/p/${GIN}`);
  await screen.findByRole('heading', { level: 1 });
  expect(views).toEqual([]);
  await idled();
  await waitFor(() => expect(views).toHaveLength(1));
  const [view] = views;
  expect(view).toMatchObject({ from: 'direct' });
  expect(view?.visitor).toMatch(/^[0-9a-f]{32}$/);
  cleanup();
  visit(`/p/${GIN}`);
  await idled();
  await waitFor(() => expect(views).toHaveLength(2));
  expect(views[1]?.visitor).toBe(view?.visitor);
  await pause();
  expect(unhandled).not.toHaveBeenCalled();
  process.off('unhandledRejection', unhandled);
});

test.each([
  ['/', 'top_picks'],
  ['/search?q=gin', 'search'],
  ['/c/wine', 'list'],
])('from %s it is from %s', async (address, from) => {
  const { page } = visit(address);
  const link = await shown(page, 'a[href^="/p/"]');
  fireEvent.click(link);
  await idled();
  await waitFor(() => expect(views).toHaveLength(1));
  expect(views[0]).toMatchObject({ from });
});

test('a page that nobody sees yet is not counted before they do', async () => {
  const seen = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
  visit(`/p/${GIN}`);
  await screen.findByRole('heading', { level: 1 });
  await pause();
  expect(idle).toEqual([]);
  seen.mockReturnValue('visible');
  document.dispatchEvent(new Event('visibilitychange'));
  await idled();
  await waitFor(() => expect(views).toHaveLength(1));
});

test('a machine that reads pages is none of those who look', async () => {
  vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue('Mozilla/5.0 (compatible; Googlebot/2.1)');
  visit(`/p/${GIN}`);
  await screen.findByRole('heading', { level: 1 });
  await pause();
  expect(idle).toEqual([]);
});

test('who has gone on by then did not look', async () => {
  visit(`/p/${GIN}`);
  await screen.findByRole('heading', { level: 1 });
  await waitFor(() => expect(idle.length).toBeGreaterThan(0), AT_LAST);
  cleanup();
  await idled();
  await pause();
  expect(views).toEqual([]);
});
