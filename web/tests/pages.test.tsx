// @vitest-environment jsdom
/** Every page of the site, whatever the house answers. */
import { createMemoryHistory } from '@tanstack/react-router';
import { cleanup, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { KINDS } from '@/features/figures/shown.ts';
import { Failed } from '@/lib/network.ts';
import { overNetwork, readings } from '@/lib/reading.ts';
import { routerOf } from '@/router.tsx';
import looked from '../../e2e/pages.json' with { type: 'json' };
import {
  AT_LAST,
  afresh,
  answering,
  bare,
  full,
  json,
  long,
  many,
  none,
  pages,
  refused,
  STORE,
  visit,
} from './visit.tsx';

/** Pages that the house writes. */
const open = /^\/($|c\/|p\/|s\/|search|stores)/;
const NAMES: Record<string, string> = { code: 'US-IA', _splat: 'wine/red', category: 'wine' };

interface Route {
  fullPath: string;
  children?: object;
  options: { component?: unknown };
}

/** All addresses, as routes name them; each kind of figures is a page. */
function paths(has: (route: Route) => unknown = () => true): string[] {
  const router = routerOf(pages, readings(overNetwork), createMemoryHistory());
  const found = Object.values(router.routesById as unknown as Record<string, Route>)
    .filter((route) => !route.children && has(route))
    .flatMap(({ fullPath }) =>
      fullPath.endsWith('/$kind') ? KINDS.map((kind) => fullPath.replace('$kind', kind)) : fullPath,
    )
    // Where something begins is no other address than without its last stroke.
    .map((path) => path.replace(/(.)[/]$/, '$1'));
  return [...new Set(found)].sort();
}

/** The same, of something in particular. */
const addresses = () =>
  paths().map((path) => path.replace(/\$(\w+)?/g, (_, name = '_splat') => NAMES[name] ?? STORE));

test('each page is looked at in a browser, too', () => {
  // Journeys fail where one of these is not: see e2e/every.spec.js.
  expect(paths(({ options }) => options.component)).toEqual(looked);
});

let wrong: string[];

/** What the page's code complains of; that an answer was no is shown, and this browser knows not all elements. */
function complained(...said: unknown[]) {
  if (said.some((one) => one instanceof Failed) || said[1] === 'search') return;
  // The error itself comes besides; and a house that is made up has two of the same country.
  if (/Error in route match|two children with the same key/.test(String(said[0]))) return;
  wrong.push(
    said
      .map((one) => (one instanceof Error ? one.stack : String(one)))
      .join(' ')
      .slice(0, 1_000),
  );
}

/** What nobody means. */
const NONSENSE = ['-1', '[]', '{"a":1}', '\u0000\u202e', 'x'.repeat(500), '1e99', '9999-12-31', '2026-02-31'];
const HOSTILE = new URLSearchParams(
  [
    'q from to at state store vendor account currency party kind year version page low view product width making order',
    'queue name email role blocked open actor subject action decided active measure as abv_min price_max sort category',
    'class country in_stock flow ticket error when born moment',
  ]
    .join(' ')
    .split(' ')
    .map((name, at) => [name, NONSENSE[at % NONSENSE.length] as string]),
).toString();

const path = (address: string) => address.split('?')[0] as string;

afresh();

beforeEach(() => {
  wrong = [];
  for (const said of ['error', 'warn'] as const) vi.spyOn(console, said).mockImplementation(complained);
});

/** It is all there, although one thing may be missing. */
async function there(page: Element, missing?: string) {
  await waitFor(() => {
    expect(page.querySelector('h1'), missing).not.toBeNull();
    const coming = page.querySelector('main .animate-pulse')?.closest('section, main')?.textContent;
    expect(coming, missing).toBeUndefined();
  }, AT_LAST);
  sensible(page);
}

const text = (page: Element) => page.querySelector('main')?.textContent ?? page.textContent ?? '';

/** It is there, has a heading, and says nothing that is for machines. */
function sensible(page: Element) {
  expect(page.querySelector('h1'), text(page)).not.toBeNull();
  expect(text(page)).not.toMatch(/undefined|NaN|\[object|Invalid Date/);
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
}

/** All that is said where there is nothing. */
const NOTHING = new Set(
  Object.values(
    import.meta.glob<Record<string, string>>('../messages/en/*.json', { eager: true, import: 'default' }),
  )
    .flatMap((texts) => Object.entries(texts))
    .filter(([key, text]) => /[.](none|empty)([.]|$)/.test(key) && !text.includes('{'))
    .map(([, text]) => text),
);

/** Where there is nothing stands what to do: a way on, or advice, which takes more than a sentence. */
function advised(page: Element) {
  for (const one of page.querySelectorAll('main :is(h1, h2, h3, p, li, td)')) {
    const said = one.textContent?.trim() ?? '';
    if (!NOTHING.has(said)) continue;
    const around = one.closest('section') ?? one.parentElement;
    const advice = /[.!] /.test(said) || (one.nextElementSibling?.textContent ?? '') !== '';
    const way = around?.querySelector('a[href], button, input, select');
    expect(advice || way, `only “${said}”`).toBeTruthy();
  }
}

describe.each(addresses())('%s', { timeout: 20_000 }, (address) => {
  test('waits, and then shows names of 200 letters', async () => {
    let go = () => {};
    const gone = new Promise<void>((then) => {
      go = then;
    });
    const answers = full(long);
    answering(async (asked) => {
      await gone;
      return answers(asked);
    }, long);
    const page = visit(address).page;
    // What the house writes itself is never seen waiting.
    if (!open.test(address)) {
      await waitFor(() => expect(page.querySelector('[aria-busy="true"], h1')).not.toBeNull(), AT_LAST);
    }
    go();
    await there(page);
  });

  test('shows nothing, and what to do', async () => {
    answering(full(none), none);
    const page = visit(address).page;
    await there(page);
    advised(page);
  });

  test('shows some of 5,000', async () => {
    answering(full(many), { ...many, length: 3 });
    const page = visit(address).page;
    await there(page);
  });

  test('shows what is there of things that have only what they must', async () => {
    answering(full(bare), bare);
    await there(visit(address).page);
  });

  test('stands when one thing cannot be read', { timeout: 60_000 }, async () => {
    const asked = new Set<string>();
    const answers = full(long);
    answering((where) => {
      asked.add(path(where));
      return answers(where);
    }, long);
    await there(visit(address).page);
    for (const one of asked) {
      cleanup();
      answering((where) => (path(where) === one ? json(refused, 503) : answers(where)), long);
      await there(visit(address).page, one);
    }
  });

  test('stands whatever is written behind its address', async () => {
    answering(full(long), long);
    await there(visit(`${address}?${HOSTILE}`).page);
  });

  test.each([
    ['says no', () => json(refused, 503)],
    ['says something else', () => new Response('<html>Bad gateway</html>', { status: 502 })],
    ['is another', () => new Response('<html>Welcome to our network</html>')],
    ['is not there', () => Promise.reject(new TypeError('no network'))],
  ])('stands when the house %s', async (_, answers) => {
    answering(answers, long);
    const page = visit(address).page;
    await there(page);
    if (!page.querySelector('main form')) expect(page.querySelector('main button, main a')).not.toBeNull();
  });
});
