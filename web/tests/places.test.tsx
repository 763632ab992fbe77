// @vitest-environment jsdom
/** Where to, and whether stores come there: in words. */
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import type { Schema } from '@tipple/api';
import { renderToString } from 'react-dom/server.browser';
import { beforeEach, describe, expect, test } from 'vitest';
import { learn, speak } from '@/lib/messages.ts';
import { Selling } from '@/ui/selling.tsx';
import { AT_LAST, afresh, answering, full, json, long, shown, visit } from './visit.tsx';

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

afresh();
const HERE = JSON.stringify({ label: '500 Locust St', lat: 41.58731, lon: -93.62401 });
const MORNING = '2026-11-27T15:00:00Z';
type Code = Schema<'NotSoldFor'>;
const ALL: Schema<'AlcoholClass'>[] = ['beer', 'wine', 'spirits'];
const not = (code: Code, classes: Schema<'AlcoholClass'>[] = [], until?: string) => ({
  code,
  detail: 'No.',
  classes,
  until,
});
const sells = (more: Partial<Schema<'Sells'>>): Schema<'Sells'> => ({ now: false, reasons: [], ...more });

describe('a store says', () => {
  const cases: [string, Schema<'Sells'>][] = [
    ['Open now', sells({ now: true })],
    ['Open, and delivers to you now', sells({ now: true, reaches: true })],
    ['Does not deliver to you', sells({ reaches: false, reasons: [not('outside-zone')] })],
    ['Closed, opens Nov 27, 2026, 9:00 AM', sells({ reasons: [not('closed', [], MORNING)], from: MORNING })],
    ['Closed', sells({ reasons: [not('closed')] })],
    ['Takes no orders at present.', sells({ reasons: [not('switched-off')] })],
    [
      'Not sold at this hour by law: alcohol. Until Nov 27, 2026, 9:00 AM.',
      sells({ reasons: [not('unlawful-hour', ALL, MORNING)], from: MORNING }),
    ],
    [
      'Open, and delivers to you now|Not sold at this hour by law: Spirits.',
      sells({ now: true, reaches: true, reasons: [not('unlawful-hour', ['spirits'])] }),
    ],
    [
      'Not sold today by law: alcohol.|Sells again from Nov 27, 2026, 9:00 AM',
      sells({ reasons: [not('dry-day', ALL)], from: MORNING }),
    ],
    ['May not be brought there by law: alcohol.', sells({ reasons: [not('unlawful-place', ALL)] })],
    [
      'Its licence does not allow it now: Beer, Wine.',
      sells({ reasons: [not('not-licensed', ['beer', 'wine'])] }),
    ],
    ['Whether it may sell now cannot be checked at the moment.', sells({ reasons: [not('law-unknown')] })],
  ];
  test.each(cases)('%s', (text, one) => {
    const { container } = render(
      <Selling store={{ sells: one, time_zone: 'America/Chicago' }} className="" />,
    );
    const lines = [...container.querySelectorAll('span')].map(({ textContent }) => textContent);
    expect(lines.join('|').replaceAll('\u202f', ' ')).toBe(text);
  });

  test.each(cases)('%s takes as many lines where the house writes it', (_, one) => {
    const selling = <Selling store={{ sells: one, time_zone: 'America/Chicago' }} className="" />;
    const written = document.createElement('div');
    written.innerHTML = renderToString(selling);
    const { container } = render(selling);
    const lines = (within: Element) =>
      [...within.querySelectorAll('span')].map(({ textContent }) => textContent ?? '');
    const [before, after] = [lines(written), lines(container)];
    expect(before.length).toBe(after.length);
    // All that differs is the time, for which there is room.
    for (const [place, line] of before.entries()) {
      const [start = '', end = ''] = line.split(/\u2007[\u2007 ]*\u2007/);
      expect(after[place]).toMatch(new RegExp(`^${escaped(start)}.*${escaped(end)}$`));
    }
  });

  test('the same from right to left', async () => {
    speak('he');
    await learn('shop');
    for (const [, one] of cases) {
      const { container } = render(
        <Selling store={{ sells: one, time_zone: 'America/Chicago' }} className="" />,
      );
      expect(container.textContent).not.toMatch(/sells[.]|[{}]/);
      cleanup();
    }
    speak('en');
  });
});

describe('around a place', () => {
  let asked: string[];
  let reaches: boolean[];
  beforeEach(() => {
    asked = [];
    const rest = full(long);
    answering(async (address) => {
      const url = new URL(address, 'http://house');
      if (!url.searchParams.get('near')) return rest(address);
      asked.push(address);
      const answer = await (await rest(address)).json();
      const one = (store: object, at: number) => ({
        ...store,
        name: `Store ${at}`,
        distance_m: 1_500 + at,
        sells: reaches[at]
          ? sells({ now: true, reaches: true })
          : sells({ reaches: false, reasons: [not('outside-zone')] }),
      });
      if (!answer.items) return json(one(answer, 0));
      return json({ items: answer.items.slice(0, reaches.length).map(one), next: null });
    }, long);
  });

  test('a stranger is asked first, and nothing is asked of the house for it', async () => {
    reaches = [];
    const { page } = visit('/');
    const question = await screen.findByRole('region', { name: 'Where shall it go?' }, AT_LAST);
    expect(question.querySelector('button')?.textContent).toBe('Where to?');
    expect(asked).toEqual([]);
    expect(page.querySelector('dialog')).toBeNull();
  });

  test('what delivers there comes first, and how many do now is said', async () => {
    localStorage.setItem('own:place', HERE);
    reaches = [true, true, false];
    visit('/');
    await screen.findByText('2 stores deliver there now.', {}, AT_LAST);
    expect(screen.getByText('500 Locust St')).toBeTruthy();
    expect(asked).toEqual(['/v1/catalogue/stores?near=41.58731,-93.62401&beyond=true&limit=12'].map(encoded));
    expect(screen.queryByText('Store 2')).toBeNull();
    cleanup();
    visit('/stores');
    await screen.findByRole('heading', { name: 'Others, which do not deliver to you' }, AT_LAST);
    expect(screen.getByText('Store 2')).toBeTruthy();
    expect(screen.getAllByText('Open, and delivers to you now')).toHaveLength(2);
  });

  test.each(['/', '/stores'])(
    'where none does %s leads to the nearest, and to another address',
    async (address) => {
      localStorage.setItem('own:place', HERE);
      reaches = [false, false];
      const { page } = visit(address);
      await screen.findByRole('heading', { name: 'No store delivers there yet' }, AT_LAST);
      expect(page.textContent).toContain('The nearest one is Store 0, 1.5 km away.');
      expect(screen.getAllByRole('button', { name: 'Another address' }).length).toBeGreaterThan(0);
      const link = screen.getByRole('link', { name: 'Look at the nearest one' });
      expect(link.getAttribute('href')).toMatch(/^\/s\//);
      await waitFor(() => expect(screen.getAllByText('Does not deliver to you').length).toBe(2), AT_LAST);
    },
  );

  test('a store says it of this door', async () => {
    localStorage.setItem('own:place', HERE);
    reaches = [false];
    const { page } = visit('/s/01a21c5a-2673-7207-a3ac-0000000000aa');
    await shown(page, 'h1');
    await screen.findByText('Does not deliver to you', {}, AT_LAST);
    expect(asked).toHaveLength(1);
  });
});

/** As the client writes addresses. */
function encoded(address: string): string {
  const url = new URL(address, 'http://house');
  return `${url.pathname}?${url.searchParams}`;
}
