/** What a first visit costs. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { reached, source } from './reached.ts';

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

/** What the page says comes before it is shown. */
const languages = ['en', 'he'];
const said = (language: string) => sum([manifest[`messages/${language}/shop.json`]?.file as string]);

test('the first load is at most 126 kB of script and 10 kB of style, with the first page and all that it says', () => {
  expect([...reached('main.tsx')]).toContain('features/home/route.tsx');
  const words = Math.max(...languages.map(said));
  expect(words).toBeGreaterThan(0);
  expect(sum(first.map(({ file }) => file)) + words).toBeLessThan(126_000);
  expect(sum(first.flatMap(({ css }) => css ?? []))).toBeLessThan(10_000);
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
