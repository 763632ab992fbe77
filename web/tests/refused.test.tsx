// @vitest-environment jsdom
/** What the house says no with is said in the reader's language, whatever it is. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import type { Schema } from '@tipple/api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Page as Obstacles } from '@/features/basket/obstacles.tsx';
import { Verdicts } from '@/features/operator/order/verdicts.tsx';
import { learn, speak } from '@/lib/messages.ts';
import { ask, Failed } from '@/lib/network.ts';
import { readings } from '@/lib/reading.ts';
import { inWords, reasonOf } from '@/lib/refused.ts';
import { said, sentence } from '@/lib/said.ts';
import { Bill } from '@/ui/bill.tsx';
import { Field, Form } from '@/ui/form.tsx';

const root = join(import.meta.dirname, '../..');
const rust = ['services', 'crates']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  .filter((name) => /\/src\/.*\.rs$/.test(name) && !/(^|\/)tests?(\/|\.rs)/.test(name))
  // What a provider's stand-in says is said to the house alone.
  .filter((name) => !name.startsWith('services/sandbox/'))
  .map((name) => ({ name, text: readFileSync(join(root, name), 'utf8') }));

const all = (pattern: RegExp, where = (_: string) => true) =>
  rust
    .filter(({ name }) => where(name))
    .flatMap(({ text }) => [...text.matchAll(pattern)].map(([, found]) => found as string));

/** As serde writes it. */
const kebab = (variant: string) => variant.replace(/(?!^)([A-Z])/g, '-$1').toLowerCase();

/** All codes of problems, where they are declared. */
function declared(): string[] {
  const enums = all(
    /serde\(tag = "code", rename_all = "kebab-case"\)\]\s*(?:#\[[^\]]*\]\s*)*(?:pub )?enum \w+ \{([\s\S]*?)\n\}/g,
  );
  const variants = enums.flatMap((body) =>
    [...body.matchAll(/^ {4}([A-Z]\w*)/gm)].map(([, variant]) => kebab(variant as string)),
  );
  const plain = all(/\bProblem::new\(\s*[\w:.]+(?:\(\))?,\s*"([a-z-]+)"/g);
  const shared = all(/\bSelf::new\(\s*[\w:]+,\s*"([a-z-]+)"/g, (name) =>
    name.endsWith('wire/src/problem.rs'),
  );
  const named = all(/let code = "([a-z-]+)"/g);
  return [...new Set([...variants, ...plain, ...shared, ...named])].sort();
}

const read = (language: string): Record<string, string> =>
  Object.assign(
    {},
    ...['shop', 'own', 'basket', 'bill', 'extras', 'reasons', 'refused'].map((area) =>
      JSON.parse(readFileSync(join(root, 'web/messages', language, `${area}.json`), 'utf8')),
    ),
  );

/** Said of what a page puts into an address or a header itself, which nobody types. */
const OF_ADDRESSES =
  /cursor|ETag|list of ids|^goes with |a latitude|belongs to `pin`|not asked for|path of this site|^must have 1 to|letters, digits|is not the payment's|of this provider|is not a (code|time) of/;

describe.each(['en', 'he'])('in %s', (language) => {
  const messages = read(language);

  test('each code of a problem has words', () => {
    const codes = declared();
    expect(codes.length).toBeGreaterThan(120);
    expect(codes).toEqual(
      expect.arrayContaining(['total-changed', 'not-a-driver', 'stale-version', 'leaving']),
    );
    expect(codes.filter((code) => !messages[`refused.${code}`])).toEqual([]);
  });

  test('each rule of the law has words, and each of its sentences', () => {
    const rules = all(/\bagainst(?:_item)?\(\s*"([a-z-]+)"/g, (name) =>
      name.includes('compliance/src/judge'),
    );
    const doors = all(/^\s*"([a-z]+-[a-z]+)",$/gm, (name) => name.endsWith('delivery/src/door.rs'));
    expect(new Set(rules).size).toBeGreaterThan(15);
    expect([...rules, ...doors].filter((rule) => !messages[`reason.${rule}`])).toEqual([]);
    const sentences = all(/"says": "([a-z-]+)"/g, (name) => name.includes('compliance/src/judge'));
    const ends = Object.keys(messages).map((key) => key.split('.').at(-1));
    expect(new Set(sentences).size).toBeGreaterThan(8);
    expect(sentences.filter((says) => !ends.includes(says))).toEqual([]);
  });

  test('each obstacle of a basket, each hindrance of a slot and each charge has words', () => {
    const obstacles = all(/CartProblem::new\(\s*"([a-z-]+)"/g).filter((code) => code !== 'unlawful');
    expect(obstacles.length).toBeGreaterThan(8);
    expect(obstacles.filter((code) => !messages[`obstacle.${code}`])).toEqual([]);
    const hindrances = all(/SlotReason::new\(\s*"([a-z-]+)"/g);
    expect(hindrances.length).toBeGreaterThan(3);
    expect(hindrances.filter((code) => !messages[`hindrance.${code}`])).toEqual([]);
    const [kinds = ''] = all(/pub enum ChargeKind \{([\s\S]*?)\n\}/g);
    const charges = [...kinds.matchAll(/^ {4}([A-Z]\w*)/gm)].map(([, kind]) =>
      kebab(kind as string).replaceAll('-', '_'),
    );
    expect(charges.length).toBe(8);
    expect(charges.filter((kind) => !messages[`charge.${kind}`])).toEqual([]);
  });

  test('each cause that is said as a clause has words', () => {
    const [kinds = ''] = all(/pub enum Cause \{([\s\S]*?)\n\}/g);
    const causes = [...kinds.matchAll(/^ {4}([A-Z]\w*)/gm)].map(([, cause]) => kebab(cause as string));
    expect(causes.length).toBe(9);
    expect(causes.filter((cause) => cause !== 'other' && !messages[`cause.${cause}`])).toEqual([]);
  });

  test('what checks of input say has words', () => {
    const flaws = rust.find(({ name }) => name.endsWith('wire/src/flaw.rs'))?.text ?? '';
    const [tables = ''] = flaws.split('\n/// The code of what');
    const starts = [...tables.matchAll(/^ {4}\("(.+)", "([a-z-]+)"\),$/gm)].map(([, start, code]) => ({
      start: start as string,
      code: code as string,
    }));
    expect(starts.length).toBeGreaterThan(15);
    // As `words` of that file makes them.
    const codeOf = (message: string) =>
      starts.find(({ start }) => message.startsWith(start))?.code ??
      (message.split(/[:;`(,"]/)[0] ?? '')
        .split(/[^A-Za-z]+/)
        .filter(Boolean)
        .join('-')
        .toLowerCase();
    const own = [
      ...all(/\bProblem::invalid\(\s*[^;]*?,\s*"([^"]+)",?\s*\)/g),
      ...all(/\bgarde::Error::new\("([^"]+)"/g),
      ...all(/Some\("((?:is|has|needs|goes|must) [^"]+)"\)/g),
      ...all(/then_some\("((?:is|has|must) [^"]+)"\)/g),
    ].filter((message) => !OF_ADDRESSES.test(message));
    expect(own.length).toBeGreaterThan(60);
    const codes = [...new Set([...starts.map(({ code }) => code), ...own.map(codeOf)])];
    expect(codes.filter((code) => !messages[`field.${code}`])).toEqual([]);
  });
});

beforeEach(async () => {
  speak('he', 'he-IL');
  await Promise.all((['shop', 'own', 'basket', 'bill', 'extras', 'reasons', 'refused'] as const).map(learn));
});
afterEach(cleanup);

const no = (told: Record<string, unknown>) => {
  const all = { status: 422, title: 'No.', detail: 'It is English.', code: 'x', ...told };
  const problem = all as Failed['problem'];
  return new Failed(problem, inWords(problem));
};

test('a 422 says at its field what is wrong, in Hebrew', () => {
  const failed = no({
    code: 'invalid-input',
    detail: 'name: length is lower than 3',
    field: 'name',
    errors: [{ field: 'name', message: 'length is lower than 3', code: 'too-short', limit: 3 }],
  });
  render(
    <Form send={() => {}} busy={false} failed={failed} submit="שליחה">
      <Field name="name" label="שם" />
    </Form>,
  );
  const field = screen.getByLabelText('שם');
  expect(field.getAttribute('aria-invalid')).toBe('true');
  const at = document.getElementById(`${field.id}-problem`);
  expect(at?.textContent).toBe('לפחות 3 תווים.');
  expect(screen.getByRole('alert').textContent).toBe('לפחות 3 תווים.');
});

const usd = (amount: number) => ({ amount, currency: 'USD' });

test('a code says what it names, as the reader writes money', () => {
  const text = said(
    no({ code: 'total-changed', expected: usd(4110), actual: usd(4325), field: 'expected_total' }),
  );
  expect(text).toContain('43.25');
  expect(text).toContain('41.10');
  expect(text).not.toMatch(/[A-Za-z]{2}/);
});

test('what nobody knows is said as the house said it, and marked', () => {
  expect(sentence(no({ code: 'quite-new' }))).toEqual({ text: 'It is English.', foreign: true });
  render(
    <Form send={() => {}} busy={false} failed={no({ code: 'quite-new' })} submit="שליחה">
      <Field name="name" label="שם" />
    </Form>,
  );
  const shown = screen.getByText('It is English.');
  expect([shown.lang, shown.dir]).toEqual(['en', 'auto']);
});

test('what is wrong with a field that is not in the form is said with its name', () => {
  const errors = [
    { field: 'name', message: 'length is lower than 3', code: 'too-short', limit: 3 },
    { field: 'hours.week[0]', message: 'length is lower than 3', code: 'too-short', limit: 3 },
  ];
  const failed = no({ code: 'invalid-input', detail: 'All of it.', field: 'name', errors });
  render(
    <Form send={() => {}} busy={false} failed={failed} submit="שליחה">
      <Field name="name" label="שם" />
    </Form>,
  );
  const alert = screen.getByRole('alert');
  expect(alert.textContent).toBe('⁨name⁩: לפחות 3 תווים. ⁨hours.week[0]⁩: לפחות 3 תווים.');
  expect(alert.className).not.toBe('sr-only');
});

test('a field that nobody knows, with words that nobody knows, is not lost in a sentence of the whole', () => {
  const message = 'must have at most 6 spans a day';
  const errors = [{ field: 'hours', message, code: 'quite-new' }];
  const failed = no({ code: 'invalid-input', field: 'hours', errors, detail: `hours: ${message}` });
  expect(sentence(failed)).toEqual({ text: `hours: ${message}`, foreign: true });
});

test('a no comes with its words', async () => {
  const was = globalThis.fetch;
  globalThis.fetch = async () =>
    new Response(JSON.stringify({ status: 409, code: 'cart-taken', title: '', detail: 'English.' }), {
      status: 409,
    });
  try {
    const failed = await ask('/v1/catalogue/products/x').catch((error: unknown) => error);
    expect(said(failed as Error)).toBe('הסל הזה כבר הפך להזמנה.');
  } finally {
    globalThis.fetch = was;
  }
});

test('a field of which only the sentence is known keeps it, marked', () => {
  const errors = [{ field: 'name', message: 'length is lower than 3' }];
  expect(no({ code: 'invalid-input', errors }).words?.fields.name?.foreign).toBe(true);
});

test('a bill is in Hebrew, and only names stay as they were given', () => {
  const charge = (
    kind: Schema<'ChargeKind'>,
    of: Partial<Schema<'ChargeOf'>>,
    amount: number,
    ppm?: number,
  ) => ({
    kind,
    label: 'Nobody reads this',
    of,
    amount: usd(amount),
    included: usd(0),
    tax: ppm ? { authority: 'x', ppm } : undefined,
  });
  const quote = {
    subtotal: usd(6333),
    total: usd(6500),
    lines: [
      {
        product: 'p',
        name: 'יין',
        charges: [
          charge('promotion', { matched: true }, -5),
          charge('deposit', { each: usd(5) }, 15),
          charge('sales_tax', { name: 'Sales tax' }, 189, 70_000),
          charge('sales_tax', { name: 'Iowa option tax' }, 27, 10_000),
        ],
      },
    ],
    charges: [
      charge('delivery_fee', { free_from: usd(9900) }, 0),
      charge('sales_tax', { name: 'Sales tax', fee: 'delivery' }, 28, 70_000),
      charge('service_fee', {}, 150),
      charge('coupon', { name: 'WELCOME10' }, -300),
      charge('tip', {}, 250),
    ],
  } as unknown as Schema<'Quote'>;
  render(<Bill quote={quote} />);
  const rows = screen.getAllByRole('rowheader').map((one) => one.textContent ?? '');
  const names = /WELCOME10|Sales tax|Iowa option tax/;
  expect(rows.filter((text) => /[A-Za-z]/.test(text.replace(names, '')))).toEqual([]);
  expect(
    rows.some((text) => text.includes('Sales tax') && text.includes('7%') && text.includes('דמי המשלוח')),
  ).toBe(true);
  // A tax's own name is what it is called wherever it is read.
  expect(rows.some((text) => /Iowa option tax.*1%/.test(text))).toBe(true);
  expect(rows.some((text) => text.includes('0.05'))).toBe(true);
});

test('what was charged before it said what it is of is shown by its label', () => {
  const charge = { kind: 'sales_tax', label: 'Sales tax 7 %', amount: usd(189), included: usd(0) };
  const quote = { subtotal: usd(1), total: usd(1), lines: [], charges: [charge] };
  render(<Bill quote={quote as unknown as Schema<'Quote'>} />);
  expect(screen.getByText('Sales tax 7 %').lang).toBe('en');
});

test('an obstacle of the law names the place and the limit', () => {
  const facts = { says: 'most', place: 'Iowa', most: 9000, class: 'wine' };
  const reason = { rule: 'too-many-litres', detail: 'Iowa allows at most 9000 ml of wine per order.', facts };
  const { text, foreign } = reasonOf(reason);
  expect(foreign).toBeUndefined();
  expect(text).toContain('Iowa');
  expect(text).toContain('9,000');
  expect(reasonOf({ ...reason, facts: undefined }).text).not.toContain('{');
  const problems = [{ code: 'unlawful', ...reason } as unknown as Schema<'CartProblem'>];
  render(
    <QueryClientProvider client={readings(async () => null)}>
      <Obstacles cart="c" problems={problems} />
    </QueryClientProvider>,
  );
  expect(screen.getByText(text)).toBeTruthy();
});

test("an operator reads the law's verdict in Hebrew, by rule, item and limit", async () => {
  await Promise.all([learn('operator'), learn('handling')]);
  const facts = { says: 'least', place: 'Scotland', least: { amount: 1820, currency: 'GBP' } };
  const verdict = {
    verdict: 'v',
    moment: 'placement',
    subject: 'o',
    at: '2026-11-27T18:00:00Z',
    allowed: false,
    reasons: [
      {
        rule: 'below-price-floor',
        detail: 'In Scotland this must cost at least 18.20 GBP.',
        item: 'Rum',
        facts,
      },
      { rule: 'under-age', detail: 'The buyer has not reached the age of 21.' },
      { rule: 'quite-new', detail: 'Nobody foresaw this.' },
    ],
    minimum_age: null,
    rules: [],
    facts: {},
    created_at: '2026-11-27T18:00:00Z',
  };
  render(
    <QueryClientProvider client={readings(async () => ({ items: [verdict], next: null }))}>
      <Verdicts order="o" zone="America/Chicago" />
    </QueryClientProvider>,
  );
  const least = await screen.findByText(/18\.20/);
  expect(least.textContent).toContain('Scotland');
  expect(least.textContent).not.toContain('must cost');
  expect(screen.getByText(/^הקונה צעיר מדי/)).toBeTruthy();
  expect(screen.getByText('Nobody foresaw this.').lang).toBe('en');
});
