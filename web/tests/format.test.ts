// @vitest-environment jsdom
import { expect, test } from 'vitest';
import { country, money, number, span, strength, volume, within } from '@/lib/format.ts';
import { learn, speak, t } from '@/lib/messages.ts';

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ');

test('money has as many decimals as its currency', () => {
  speak('en', 'en-US');
  expect(money({ amount: 1299, currency: 'USD' })).toBe('$12.99');
  expect(money({ amount: 1299, currency: 'JPY' })).toBe('¥1,299');
  expect(plain(money({ amount: 1299, currency: 'KWD' }))).toBe('KWD 1.299');
  expect(money({ amount: -5, currency: 'USD' })).toBe('-$0.05');
});

test('measures and countries are written as the reader is used to', async () => {
  speak('en', 'en-GB');
  expect(volume(750)).toBe('750 ml');
  expect(volume(1500)).toBe('1.5 l');
  expect(strength(1410)).toBe('14.1%');
  expect(number(10.58, 1)).toBe('10.6');
  expect(country('US')).toBe('United States');
  speak('he', 'he-IL');
  await learn('shop');
  expect(country('US')).toBe('ארצות הברית');
  expect(t('search.results', { n: 2 })).toBe('שני משקאות');
});

test('hours are those of the place, and go past midnight', () => {
  speak('en', 'en-US');
  const hours = (from: string, to: string) =>
    plain(span(from, to, 'America/Chicago')).replaceAll('\u2009', ' ');
  expect(hours('2026-11-28T00:00Z', '2026-11-28T01:00Z')).toBe('6:00 – 7:00 PM');
  expect(hours('2026-11-28T05:00Z', '2026-11-28T06:00Z')).toBe('11:00 PM – 12:00 AM');
  expect(within('2026-11-28T00:00Z', '2026-11-28T01:00Z', 'America/Chicago')).toContain('Fri, Nov 27');
});
