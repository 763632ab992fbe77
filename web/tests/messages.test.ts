import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileMessage } from '@lingui/message-utils/compileMessage';
import { describe, expect, test } from 'vitest';

const folder = join(import.meta.dirname, '../messages');
const languages = readdirSync(folder).map((file) => file.replace('.json', ''));
const read = (language: string): Record<string, string> =>
  JSON.parse(readFileSync(join(folder, `${language}.json`), 'utf8'));
const english = read('en');

/** Names of what is filled in. */
const places = (text: string) =>
  [
    ...new Set(
      [...text.matchAll(/\{(\w+)/g)].map(([, name]) => name).filter((name) => /^[a-z]/.test(name ?? '')),
    ),
  ].sort();

describe.each(languages)('messages in %s', (language) => {
  const messages = read(language);

  test('say all that English says, and nothing else', () => {
    expect(Object.keys(messages)).toEqual(Object.keys(english));
  });

  test.each(Object.entries(messages))('%s', (key, text) => {
    expect(text.trim()).not.toBe('');
    expect(() => compileMessage(text)).not.toThrow();
    expect(places(text)).toEqual(places(english[key] ?? ''));
  });
});

const sources = readdirSync(join(import.meta.dirname, '../src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => ({ name, text: readFileSync(join(import.meta.dirname, '../src', name), 'utf8') }));

test('each message is said somewhere', () => {
  // Keys that are put together from a group and what the server says.
  const groups = ['class.', 'container.', 'stock.', 'search.sort.', 'search.'];
  const said = sources.map(({ text }) => text).join('\n');
  const unsaid = Object.keys(english).filter(
    (key) => !said.includes(`'${key}'`) && !groups.some((group) => key.startsWith(group)),
  );
  expect(unsaid).toEqual([]);
});

test('no text for people stands in the code', () => {
  // Between tags, or in an attribute that is read out.
  const text = />\s*[A-Za-z][^<>{}=;()]*[a-z]\s*<\/|(?:aria-label|placeholder|title|alt)="[^"]/;
  expect(
    sources
      .filter(({ name, text: code }) => name.endsWith('.tsx') && text.test(code))
      .map(({ name }) => name),
  ).toEqual([]);
});
