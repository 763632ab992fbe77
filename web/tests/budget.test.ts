/** What a first visit costs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

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

const first = [...loaded('src/main.tsx')].map((entry) => manifest[entry] as Chunk);

test('the first load is at most 130 kB of script and 10 kB of style', () => {
  expect(sum(first.map(({ file }) => file))).toBeLessThan(130_000);
  expect(sum(first.flatMap(({ css }) => css ?? []))).toBeLessThan(10_000);
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
