import { expect, test } from 'vitest';
import { minor, typed } from '@/lib/amount.ts';

test('amounts are typed as they are shown, with a point or a comma', () => {
  expect(typed({ amount: 1289, currency: 'USD' })).toBe('12.89');
  expect(typed({ amount: 1289, currency: 'JPY' })).toBe('1289');
  expect(minor('12.89', 'USD')).toBe(1289);
  expect(minor(' 12,9 ', 'USD')).toBe(1290);
  expect(minor('12', 'KWD')).toBe(12_000);
  for (const currency of ['USD', 'JPY', 'KWD']) {
    for (const amount of [1, 99, 100, 123_456_789]) {
      expect(minor(typed({ amount, currency }), currency)).toBe(amount);
    }
  }
});

test('what is no amount in the currency is none', () => {
  for (const text of ['', 'a lot', '-1', '1.234', '1e3', '12.89 $'])
    expect(minor(text, 'USD')).toBeUndefined();
  expect(minor('1.5', 'JPY')).toBeUndefined();
});
