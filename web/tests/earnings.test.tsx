// @vitest-environment jsdom
/** What drivers earned, with a network and without. */
import { fireEvent, screen, waitFor } from '@testing-library/react';
import type { Schema } from '@tipple/api';
import { beforeEach, expect, test, vi } from 'vitest';
import { shifted, today, weekOf } from '@/lib/days.ts';
import { money } from '@/lib/format.ts';
import { learn, speak } from '@/lib/messages.ts';
import { AT_LAST, afresh, answering, json, none, STORE, visit } from './visit.tsx';

afresh();
beforeEach(() => learn('driver'));

const usd = (amount: number) => ({ amount, currency: 'USD' });
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const day = today(zone);

function delivery(on: string, n: number): Schema<'EarnedDelivery'> {
  const [pay, tip, total] = [usd(450), usd(n), usd(450 + n)];
  const job = `01a21c5a-2673-7207-a3ac-${String(n).padStart(12, '0')}`;
  return { job, day: on, at: `${on}T12:00:00Z`, number: `K7Q2-${n}F`, store_name: '=Cork', pay, tip, total };
}

/** So many deliveries on a day, of a week that has no others. */
function week(on: string, deliveries: Schema<'EarnedDelivery'>[]): Schema<'Earnings'> {
  const tips = deliveries.reduce((sum, { tip }) => sum + tip.amount, 0);
  const pay = 450 * deliveries.length;
  const sums = { deliveries: deliveries.length, pay: usd(pay), tips: usd(tips), total: usd(pay + tips) };
  const some = deliveries.length > 0;
  return {
    driver: STORE,
    at: '2026-11-27T12:00:00Z',
    owed: [usd(123_456)],
    totals: some ? [sums] : [],
    days: some ? [{ day: on, ...sums }] : [],
  };
}

/** A house where something was delivered today; what it was asked for. */
function house(deliveries: Schema<'EarnedDelivery'>[], gone = () => false) {
  const asked: string[] = [];
  answering((address) => {
    if (gone()) throw new TypeError('no network');
    asked.push(address);
    const { pathname, searchParams } = new URL(address, 'http://house');
    const now = searchParams.get('from') === weekOf(day);
    const of = now ? deliveries : [];
    if (pathname === `/v1/payments/drivers/${STORE}/earnings`) return json(week(day, of));
    if (pathname === `/v1/payments/drivers/${STORE}/deliveries`) {
      const first = Number(searchParams.get('after') ?? 0);
      const next = first + 2 < of.length ? String(first + 2) : undefined;
      return json({ items: of.slice(first, first + 2), next });
    }
    return json({ step: 'begin_shift', offer: null, job: null, next: null, on_shift_since: null });
  }, none);
  return asked;
}

const at = (name: string) => screen.findByRole('heading', { name }, AT_LAST);

test('a week begins where the reader says that it does', () => {
  for (const [locale, first] of [
    ['en-US', '2026-11-22'],
    ['en-GB', '2026-11-23'],
    ['he-IL', '2026-11-22'],
  ] as const) {
    speak('en', locale);
    expect(weekOf('2026-11-27'), locale).toBe(first);
    expect(weekOf(first), locale).toBe(first);
    expect(weekOf(shifted(first, 6)), locale).toBe(first);
  }
  speak('en');
});

test('today, this week, what is owed, and each delivery in pay and tip; more on demand', async () => {
  const asked = house([delivery(day, 1), delivery(day, 2), delivery(day, 3)]);
  const { page } = visit('/driver/earnings');
  await at('Earnings');
  const text = () => page.textContent ?? '';
  expect(text()).toContain(`Today${money(usd(1_356))}3 deliveries`);
  expect(text()).toContain(`This week${money(usd(1_356))}3 deliveries`);
  expect(text()).toContain(`Pay ${money(usd(1_350))} · Tips ${money(usd(6))}`);
  expect(text()).toContain(money(usd(123_456)));
  expect(screen.getAllByRole('listitem')).toHaveLength(2);
  expect(asked.some((one) => one.includes(`to=${shifted(weekOf(day), 6)}`))).toBe(true);
  expect(asked.some((one) => one.includes(`time_zone=${encodeURIComponent(zone)}`))).toBe(true);
  fireEvent.click(screen.getByRole('button', { name: 'Show more' }));
  await waitFor(() => expect(screen.getAllByRole('listitem')).toHaveLength(3), AT_LAST);
  expect(text()).toContain(`Pay ${money(usd(450))} · Tips ${money(usd(3))}`);
});

test('another week is chosen, in the address too, and may be empty', async () => {
  house([delivery(day, 1)]);
  const { page, history } = visit('/driver/earnings');
  await at('Earnings');
  expect(screen.queryByRole('link', { name: 'Later' })).toBeNull();
  fireEvent.click(screen.getByRole('link', { name: 'Earlier' }));
  await at('Nothing was delivered in this week');
  expect(history.location.search).toContain(shifted(weekOf(day), -7));
  // What it is now stays.
  await waitFor(() => expect(page.textContent).toContain(`This week${money(usd(451))}`), AT_LAST);
  const pick = shifted(day, -14);
  fireEvent.change(screen.getByLabelText('The week of a day'), { target: { value: pick } });
  await waitFor(() => expect(history.location.search).toContain(pick), AT_LAST);
  expect(await screen.findByRole('link', { name: 'Later' }, AT_LAST)).toBeTruthy();
});

test('all of the week goes into a file', async () => {
  house([delivery(day, 1), delivery(day, 2), delivery(day, 305)]);
  let saved: Blob | undefined;
  vi.stubGlobal(
    'URL',
    Object.assign(URL, {
      createObjectURL: (blob: Blob) => {
        saved = blob;
        return 'blob:';
      },
      revokeObjectURL: () => {},
    }),
  );
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => {});
  visit('/driver/earnings');
  await at('Earnings');
  fireEvent.click(screen.getByRole('button', { name: 'Save as CSV' }));
  await waitFor(() => expect(saved).toBeTruthy(), AT_LAST);
  const lines = (await (saved as Blob).text()).replace('\uFEFF', '').trim().split('\r\n');
  expect(lines).toEqual([
    'Day,Time,Order,Store,Currency,Pay,Tip,Total',
    `${day},${day}T12:00:00Z,K7Q2-1F,'=Cork,USD,4.50,0.01,4.51`,
    `${day},${day}T12:00:00Z,K7Q2-2F,'=Cork,USD,4.50,0.02,4.52`,
    `${day},${day}T12:00:00Z,K7Q2-305F,'=Cork,USD,4.50,3.05,7.55`,
  ]);
});

test('without a network it is what was known last, and says since when', async () => {
  let gone = false;
  house([delivery(day, 7)], () => gone);
  const first = visit('/driver/earnings');
  await at('Earnings');
  first.page.remove();
  gone = true;
  const { page } = visit('/driver/earnings');
  await waitFor(() => expect(page.textContent).toContain('No connection. This is how it was on'), AT_LAST);
  expect(page.textContent).toContain(`Today${money(usd(457))}`);
  expect(page.textContent).toContain('K7Q2-7F');
  expect(page.textContent).not.toContain('Save as CSV');
  page.remove();
  // Of another week than that nothing is known.
  const other = visit(`/driver/earnings?week=${shifted(day, -21)}`).page;
  await waitFor(() => expect(other.textContent).toContain('is not known on this phone'), AT_LAST);
  expect(other.textContent).toContain('K7Q2-7F');
  other.remove();
  // Nor does anybody else see it.
  localStorage.setItem('own:earnings', JSON.stringify({ person: 'another', week: { from: weekOf(day) } }));
  const nobodys = visit('/driver/earnings').page;
  await waitFor(() => expect(nobodys.textContent).toContain('does not know your earnings yet'), AT_LAST);
});

test('an order that is offered meanwhile is seen', async () => {
  house([]);
  const all = globalThis.fetch;
  const offer = { offer: STORE, store: { store: STORE } };
  vi.stubGlobal('fetch', async (address: string, init?: RequestInit) =>
    address === '/v1/delivery/me'
      ? json({ step: 'answer_offer', offer, job: null, next: null, on_shift_since: null })
      : all(address, init),
  );
  visit('/driver/earnings');
  expect(await screen.findByRole('link', { name: 'An order for you' }, AT_LAST)).toBeTruthy();
});
