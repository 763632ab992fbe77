// @vitest-environment jsdom
/** What a file of prices and stock does, row by row, in the reader's words. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { Schema } from '@tipple/api';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Report } from '@/features/vendor/file/report.tsx';
import { learn, speak } from '@/lib/messages.ts';

const save = vi.hoisted(() => vi.fn<(content: Blob, name: string) => void>());
vi.mock('@/lib/save.ts', () => ({ save }));

beforeEach(async () => {
  save.mockReset();
  speak('he', 'he-IL');
  await Promise.all([learn('shop'), learn('own'), learn('vendor')]);
});
afterEach(cleanup);

const usd = (amount: number) => ({ amount, currency: 'USD' });

const report = {
  dry_run: true,
  new: 0,
  changed: 1,
  unchanged: 1,
  refused: 1,
  rows: [
    {
      line: 2,
      product: 'p1',
      name: 'Sunday Gin',
      gtin: '7290000000001',
      outcome: 'changed',
      changes: {
        price: { before: usd(2999), after: usd(2450) },
        on_hand: { before: 6, after: 3 },
        others: ['active'],
      },
    },
    { line: 3, product: 'p2', name: 'Plain Rum', outcome: 'unchanged', changes: {} },
    {
      line: 4,
      name: '=SUM(A1)',
      sku: 'G-7',
      outcome: 'refused',
      changes: {},
      message: 'price: is not an amount of USD',
      refusal: { code: 'not-an-amount', column: 'price', cell: 'x,"y"', facts: { currency: 'USD' } },
    },
  ],
} as unknown as Schema<'ImportReport'>;

test('each row has its name, and what was and what will be', async () => {
  render(<Report report={report} file="shelf.csv" />);
  const table = () => within(screen.getByRole('table'));
  expect(table().getByText('=SUM(A1)')).toBeTruthy();
  const why = table().getByText(/זה לא סכום/).textContent;
  expect(why).toContain('מחיר');
  expect(why).toContain('x,"y"');
  await userEvent.click(screen.getByRole('button', { name: /^משתנות/ }));
  const [, row] = table().getAllByRole('row');
  expect(row?.textContent).toContain('Sunday Gin');
  expect(row?.textContent).toContain('7290000000001');
  expect(row?.textContent).toMatch(/29\.99.*24\.50/);
  expect(row?.textContent).toMatch(/6 ← 3/);
  expect(row?.textContent).toContain('למכירה');
});

test('what was refused is saved as a table in which no cell is a formula', async () => {
  render(<Report report={report} file="shelf.csv" />);
  await userEvent.click(screen.getByRole('button', { name: 'שמירת מה שנדחה' }));
  const [content, name] = save.mock.calls[0] as [Blob, string];
  expect(name).toBe('shelf-refused.csv');
  const text = await content.text();
  expect(text).toContain("'=SUM(A1)");
  expect(text).toContain('"x,""y"""');
  expect(text).toContain('G-7');
});

test('each reason for which the house refuses a row has words', () => {
  const rust = ['sheet.rs', 'routes/listings_csv/plan.rs'].map((name) =>
    readFileSync(join(import.meta.dirname, '../../services/catalogue/src', name), 'utf8'),
  );
  const codes = rust.flatMap((text) =>
    [...text.matchAll(/RowRefusal::(?:row|column)\(\s*"([a-z-]+)"/g)].map(([, code]) => code),
  );
  expect(codes.length).toBeGreaterThan(12);
  for (const language of ['en', 'he']) {
    const path = join(import.meta.dirname, `../messages/${language}/vendor.json`);
    const messages = JSON.parse(readFileSync(path, 'utf8'));
    expect(codes.filter((code) => !messages[`row.${code}`])).toEqual([]);
  }
});
