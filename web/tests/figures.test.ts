import { expect, test } from 'vitest';
import { ceiling } from '@/features/figures/chart.tsx';
import { shown } from '@/features/figures/shown.ts';
import { amounts, PERCENTAGES, ppm } from '@/lib/amount.ts';
import { csv } from '@/lib/csv.ts';
import { dayIn, daysOf, shifted, spanOf } from '@/lib/days.ts';

test('a table program reads what was meant, and works nothing out', async () => {
  const file = csv([
    ['name', 'sum'],
    ['a "dry" gin, small', '-12.50'],
    ['=SUM(A1)', 7],
  ]);
  const bytes = new Uint8Array(await file.arrayBuffer());
  // The mark by which a table program knows how letters are written.
  expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  expect(await file.text()).toBe('name,sum\r\n"a ""dry"" gin, small",-12.50\r\n\'=SUM(A1),7\r\n');
});

test('days follow each other, over the ends of months and years', () => {
  expect(daysOf('2027-12-30', '2028-01-02')).toEqual([
    '2027-12-30',
    '2027-12-31',
    '2028-01-01',
    '2028-01-02',
  ]);
  expect(shifted('2028-03-01', -1)).toBe('2028-02-29');
  expect(spanOf({ to: '2027-01-30' }, 'UTC')).toEqual({ from: '2027-01-01', to: '2027-01-30' });
  expect(['2027-02-29', '2027-13-01', 'soon', 20270101, undefined].map(dayIn)).toEqual(
    Array(5).fill(undefined),
  );
  expect(dayIn('2028-02-29')).toBe('2028-02-29');
  expect(daysOf('9999-12-30', '9999-12-31')).toEqual(['9999-12-30', '9999-12-31']);
  expect(shifted('0000-01-01', -1)).toBe('0000-01-01');
});

test('an address that somebody has written by hand shows what it can', () => {
  expect(shown({ from: '2027-01-01', to: 'soon', measure: 'love', as: 'song', store: '' })).toEqual({
    from: '2027-01-01',
  });
});

test('a chart ends at a round number that is no less than what it shows', () => {
  for (const [value, top] of [
    [0, 1],
    [0.3, 0.5],
    [7, 10],
    [1001, 2000],
    [5000, 5000],
  ] as const) {
    expect(ceiling(value)).toBe(top);
  }
});

test('fields take amounts and percentages as people write them', () => {
  const takes = (pattern: string, text: string) => new RegExp(`^(?:${pattern})$`, 'v').test(text);
  expect(['5', '5.', '5,25', ' 5.2 '].every((text) => takes(amounts('USD'), text))).toBe(true);
  expect(['', '5.255', '-5', '5.2 $'].some((text) => takes(amounts('USD'), text))).toBe(false);
  expect(takes(amounts('JPY'), '5.2')).toBe(false);
  expect(takes(PERCENTAGES, '12.5')).toBe(true);
  expect(ppm('12,5')).toBe(125_000);
});
