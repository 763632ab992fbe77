import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileMessage } from '@lingui/message-utils/compileMessage';
import { describe, expect, test } from 'vitest';

const folder = join(import.meta.dirname, '../messages');
const areas = readdirSync(join(folder, 'en'));
const read = (language: string, area: string): Record<string, string> =>
  JSON.parse(readFileSync(join(folder, language, area), 'utf8'));
const texts = readdirSync(folder).flatMap((language) => areas.map((area) => ({ language, area })));
const all = Object.assign({}, ...areas.map((area) => read('en', area)));

/** Names of what is filled in. */
const places = (text: string) =>
  [...new Set([...text.matchAll(/\{([a-z]\w*)[,}]/g)].map(([, name]) => name))].sort();

type Token = string | [name: string, kind?: string, forms?: Record<string, Token[] | string>];

/** The forms of each plural, those within others too. */
function plurals(tokens: Token[] | string): string[][] {
  if (typeof tokens === 'string') return [];
  return tokens.flatMap((token) => {
    if (typeof token === 'string' || typeof token[2] !== 'object') return [];
    const { offset: _, ...forms } = token[2];
    const within = Object.values(forms).flatMap(plurals);
    return token[1] === 'plural' ? [Object.keys(forms), ...within] : within;
  });
}

describe.each(texts)('$area in $language', ({ language, area }) => {
  const messages = read(language, area);
  const english = read('en', area);

  test('say all that English says, and nothing else', () => {
    expect(Object.keys(messages)).toEqual(Object.keys(english));
  });

  test.each(Object.entries(messages))('%s', (key, text) => {
    expect(text.trim()).not.toBe('');
    expect(() => compileMessage(text)).not.toThrow();
    expect(places(text)).toEqual(places(english[key] ?? ''));
    const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
    for (const forms of plurals(compileMessage(text) as Token[])) {
      const named = forms.filter((form) => !/^=?\d+$/.test(form));
      expect(named.toSorted()).toEqual(pluralCategories.toSorted());
    }
  });
});

test('a plural that lacks a form is found, wherever it stands', () => {
  const text =
    '{of, plural, one {{n, plural, =0 {a} other {b}}} two {c} other {d}} of {n, select, 0 {e} other {f}}';
  const found = plurals(compileMessage(text) as Token[]);
  expect(found.map((forms) => forms.length)).toEqual([3, 2]);
});

const sources = readdirSync(join(import.meta.dirname, '../src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => ({ name, text: readFileSync(join(import.meta.dirname, '../src', name), 'utf8') }));

test('each message is said somewhere, and each area says nothing that another does', () => {
  const said = sources.map(({ text }) => text).join('\n');
  // Keys that are put together from a group and what the server says.
  const groups = [...said.matchAll(/(?:word\(\s*'([a-z]+)'|`([a-zA-Z.]+\.)\$\{)/g)].map(
    ([, group, start]) => start ?? `${group}.`,
  );
  const unsaid = Object.keys(all).filter(
    (key) => !said.includes(`'${key}'`) && !groups.some((group) => key.startsWith(group)),
  );
  expect(unsaid).toEqual([]);
  const keys = areas.flatMap((area) => Object.keys(read('en', area)));
  expect(keys.length).toBe(new Set(keys).size);
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
