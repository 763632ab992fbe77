/** What a first visit costs. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { reached, source } from '../build/reached.ts';

interface Chunk {
  file: string;
  css?: string[];
  imports?: string[];
}

const site = join(import.meta.dirname, '../dist/site');
const manifest: Record<string, Chunk> = JSON.parse(readFileSync(join(site, 'manifest.json'), 'utf8'));

function loaded(entry: string, seen = new Set<string>()): Set<string> {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  for (const other of manifest[entry]?.imports ?? []) loaded(other, seen);
  return seen;
}

const weight = (file: string) => gzipSync(readFileSync(join(site, file))).length;
const sum = (files: string[]) => files.map(weight).reduce((a, b) => a + b, 0);

const escaped = (text: string) => text.replaceAll('.', '[.]');

const first = [...loaded('src/main.tsx')].map((entry) => manifest[entry] as Chunk);

const languages = ['en', 'he'];

test('the style of the first load is at most 10 kB', () => {
  expect(sum(first.flatMap(({ css }) => css ?? []))).toBeLessThan(10_000);
});

interface First {
  path: string;
  files: string[];
  says: string[];
}

/** What the house names in each page of the shop, to be fetched at once. */
const pages: First[] = JSON.parse(readFileSync(join(import.meta.dirname, '../first.json'), 'utf8'));

test.each(languages.flatMap((language) => pages.map((page) => ({ language, ...page }))))(
  'the first load of $path in $language is at most 130 kB of script, with all that it says',
  ({ language, files, says }) => {
    const entries = new Set(['src/main.tsx', ...files].flatMap((entry) => [...loaded(entry)]));
    const words = sum(
      ['shop', ...says].map((area) => manifest[`messages/${language}/${area}.json`]?.file as string),
    );
    expect(words).toBeGreaterThan(0);
    expect(sum([...entries].map((entry) => manifest[entry]?.file as string)) + words).toBeLessThan(130_000);
  },
);

test('each page of the shop is among them, with what its route fetches', () => {
  const all: string[] = JSON.parse(readFileSync(join(import.meta.dirname, '../../e2e/pages.json'), 'utf8'));
  const ofShop = all.filter((path) => !/^[/](driver|operator|vendor)([/]|$)/.test(path));
  const named = ofShop.map((path) => path.replace(/[$]\w*$/, '*'));
  expect(pages.map(({ path }) => path).toSorted()).toEqual(named.toSorted());
  const routes = readdirSync(join(import.meta.dirname, '../src/features'), {
    recursive: true,
    encoding: 'utf8',
  })
    .filter((name) => /(^private|route)[.]tsx?$/.test(name))
    .map((name) => ({ from: dirname(`src/features/${name}`), code: source(`features/${name}`) }));
  const lazy =
    /(?:lazily|lazyRouteComponent)\(\s*(?:'(\w+)',\s*)?\(\) => import\('([^']+)'\)((?:,\s*'\w+')*)/g;
  const fetched = routes.flatMap(({ from, code }) =>
    [...code.matchAll(lazy)].map(([, area, file = '', others = '']) => ({
      file: join(from, file),
      says: [area, ...[...others.matchAll(/\w+/g)].map(([other]) => other)].filter(
        (one) => one !== undefined && one !== 'Page',
      ),
    })),
  );
  for (const { path, files, says } of pages.filter(({ files }) => files.length > 0)) {
    const found = fetched.find(({ file }) => file === files.at(-1));
    expect([...(found?.says ?? ['not fetched'])].toSorted(), path).toEqual(says.toSorted());
  }
});

/** Those that customers do without, or see later. */
const OTHERS =
  /^features\/(figures|books|letter|vendor|driver|operator|map|account|basket|checkout|orders|sign-in)\//;

test('nothing of charts, the portal, drivers, operators and maps is written for the first load', () => {
  const others = [...reached('main.tsx')].filter((name) => OTHERS.test(name));
  expect(others).toEqual([]);
});

test('nor does it come with it as it is built', () => {
  const built = first.map(({ file }) => readFileSync(join(site, file), 'utf8')).join('\n');
  const written = [...reached('main.tsx')].map(source).join('\n');
  // Whatever shows something says something, and what it says is in its code by its key.
  const areas = readdirSync(join(import.meta.dirname, '../messages/en')).filter(
    (name) => name !== 'shop.json',
  );
  const keys = areas.flatMap((name) =>
    Object.keys(JSON.parse(readFileSync(join(import.meta.dirname, '../messages/en', name), 'utf8'))),
  );
  expect(keys.length).toBeGreaterThan(1_000);
  const within = (code: string) => keys.filter((key) => new RegExp(`['"\`]${escaped(key)}['"\`]`).test(code));
  expect(within(built).filter((key) => !within(written).includes(key))).toEqual([]);
  const pages = Object.keys(manifest).filter((entry) => OTHERS.test(entry.replace('src/', '')));
  expect(pages.length).toBeGreaterThan(50);
  expect(pages.filter((entry) => loaded('src/main.tsx').has(entry))).toEqual([]);
});

test('nobody fetches a map who sees none', () => {
  const drawers = ['src/features/map/maplibre-map.tsx', 'src/features/map/google-map.tsx'];
  const entries = Object.keys(manifest).filter((entry) => !drawers.includes(entry));
  expect(Object.keys(manifest)).toEqual(expect.arrayContaining(drawers));
  for (const drawer of drawers)
    expect(
      entries.filter((entry) => loaded(entry).has(drawer)),
      drawer,
    ).toEqual([]);
  expect([...loaded('src/main.tsx')].filter((entry) => entry.includes('/map/'))).toEqual([]);
});
