// @vitest-environment jsdom
/** Kinds of drink have names in each language. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { learn, speak } from '@/lib/messages.ts';
import { categoriesAround, categoryName } from '@/ui/category-name.ts';

const root = join(import.meta.dirname, '../..');
const demo = readFileSync(join(root, 'tipple/demo/products.csv'), 'utf8')
  .split('\n')
  .slice(1)
  .map((line) => /,((?:[a-z-]+\/)*[a-z-]+),[\d.]+,\d+,/.exec(line)?.[1])
  .filter((path) => path !== undefined);
const imported = ['iowa-products', 'tipple-products'].flatMap((name) =>
  [
    ...readFileSync(join(root, 'mappings', `${name}.toml`), 'utf8').matchAll(/"([a-z-]+(?:\/[a-z-]+)+)"/g),
  ].map(([, path]) => path as string),
);
const all = [...new Set([...demo, ...imported].flatMap(categoriesAround))];

describe.each(['en', 'he'] as const)('in %s', (language) => {
  beforeEach(async () => {
    speak(language);
    await learn('kinds');
  });

  test('each kind of the demo and of the lists that are imported has a name', () => {
    expect(demo.length).toBeGreaterThan(50);
    expect(all.length).toBeGreaterThan(50);
    const words: Record<string, string> = JSON.parse(
      readFileSync(join(root, `web/messages/${language}/kinds.json`), 'utf8'),
    );
    expect(all.filter((path) => !words[`kind.${path}`])).toEqual([]);
  });

  test('one that nobody here has heard of is called by its slug', () => {
    expect(categoryName('sake/junmai-daiginjo')).toBe('Junmai daiginjo');
  });
});

test('names are those of the trade, and an operator may have given another', async () => {
  speak('en');
  await learn('kinds');
  expect(categoryName('beer/ipa')).toBe('IPA');
  expect(categoryName('beer/ipa', 'Ipa')).toBe('IPA');
  expect(categoryName('beer/ipa', 'India pale ale')).toBe('India pale ale');
  speak('he');
  await learn('kinds');
  expect(categoryName('wine/red', 'Red')).toBe('יין אדום');
  expect(categoryName('sake/junmai', 'Junmai sake')).toBe('Junmai sake');
});
