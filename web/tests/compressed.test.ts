/** Whether all that gains by it lies there compressed. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { expect, test } from 'vitest';

const assets = join(import.meta.dirname, '../dist/site/assets');
const all = readdirSync(assets);
const read = (name: string) => readFileSync(join(assets, name));
/** Kinds of files that are compressed by themselves. */
const COMPRESSED = /\.(woff2|png)$/;

test('each file of the build has a compressed copy, which is the same', () => {
  const plain = all.filter((name) => !name.endsWith('.br') && !COMPRESSED.test(name));
  expect(plain.length).toBeGreaterThan(100);
  const without = plain.filter((name) => !all.includes(`${name}.br`));
  // The few words of the smallest files grow by it.
  expect(without.filter((name) => brotliCompressSync(read(name)).length < read(name).length)).toEqual([]);
  expect(without.every((name) => read(name).length < 128)).toBe(true);
  for (const name of plain.filter((one) => all.includes(`${one}.br`))) {
    expect(brotliDecompressSync(read(`${name}.br`)).equals(read(name)), name).toBe(true);
  }
});

test('nothing is compressed that is not there any more', () => {
  const copies = all.filter((name) => name.endsWith('.br'));
  expect(copies.filter((name) => !all.includes(name.slice(0, -3)))).toEqual([]);
});
