// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { changesOf as rulesChanged } from '@/features/operator/law/draft/changes.ts';
import { chosenOf, told as rulesTold } from '@/features/operator/law/draft/draft.ts';
import { partsOf, valuesOf } from '@/features/operator/law/rules.tsx';
import { Editor } from '@/features/operator/tariffs/editor.tsx';
import { changesOf } from '@/features/operator/tariffs/lines.ts';
import type { Tariff } from '@/features/operator/tariffs/tariff.ts';
import { learn, speak } from '@/lib/messages.ts';
import { readings } from '@/lib/reading.ts';

const send = vi.hoisted(() => vi.fn());
vi.mock('@/lib/send.ts', async (original) => ({ ...(await original<object>()), send }));

beforeAll(async () => {
  speak('en', 'en-US');
  await Promise.all((['shop', 'own', 'operator', 'tariffs', 'law'] as const).map(learn));
});
afterEach(cleanup);

const tariff: Tariff = {
  currency: 'USD',
  prices_include_tax: false,
  tax_on_excise: true,
  tax_classes: [
    { name: 'standard', rates: [{ label: 'Iowa sales tax', ppm: 60_000, authority: 'Iowa' }] },
    { name: 'exempt', rates: [] },
  ],
  excise: [{ label: 'Litre tax', class: 'spirits', per: 'pure_alcohol', micros_per_litre: 377_080_000 }],
  fee_tax_class: null,
  delivery: { base: 399, per_km: 60, free_metres: 3000, free_from: 9900 },
  service: { ppm: 50_000, least: 99, most: 799 },
  most_tip: 20_000,
};

function edited(current: Tariff) {
  render(
    <QueryClientProvider client={readings(() => new Promise(() => {}))}>
      <Editor over={{ version: 3, tariff: current }} start={current} touch={() => {}} done={() => {}} />
    </QueryClientProvider>,
  );
  return userEvent.setup();
}

test('a tariff that is looked at as it was read changes nothing', async () => {
  const user = edited(tariff);
  await user.click(screen.getByRole('button', { name: 'Look at what changes' }));
  expect(screen.getByRole('heading', { name: 'Nothing changes' })).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Go back' }));
  expect((screen.getByLabelText('USD a litre') as HTMLInputElement).value).toBe('3.7708');
});

test('what changes in a tariff is told before it is kept, and kept as it was told', async () => {
  const user = edited(tariff);
  const field = screen.getByLabelText('Delivery');
  await user.clear(field);
  await user.type(field, '4.50');
  await user.click(screen.getAllByRole('button', { name: 'Take it out' })[0] as HTMLElement);
  await user.click(screen.getByRole('button', { name: 'Look at what changes' }));
  const changes = screen.getByRole('region', { name: 'What changes' });
  expect(changes.textContent).toContain('$3.99');
  expect(changes.textContent).toContain('$4.50');
  expect(changes.textContent).toContain('Iowa sales tax 6%, owed to Iowa');
  await user.click(screen.getByRole('button', { name: 'Let it hold from now on' }));
  expect(send).toHaveBeenCalledWith('put', '/v1/cart/tariffs/{store}', {
    path: { store: 'default' },
    header: { 'if-match': '"v3"' },
    body: {
      ...tariff,
      tax_classes: [
        { name: 'standard', rates: [] },
        { name: 'exempt', rates: [] },
      ],
      delivery: { ...tariff.delivery, base: 450 },
    },
  });
});

test('duties that are called the same are still told apart', () => {
  const [first] = tariff.excise ?? [];
  if (!first) throw new Error('there is one');
  const two = { ...tariff, excise: [first, { ...first, per: 'volume' as const }] };
  const changes = changesOf(tariff, two);
  expect(changes).toHaveLength(1);
  expect(changes[0]?.before).toBeUndefined();
});

const week = Array.from({ length: 7 }, () => [{ from: '06:00:00', until: '02:00:00' }]);
const ofClass = { minimum_age: 21, sale_hours: { week, exceptions: {} }, limits: {} };
const rules = {
  beer: ofClass,
  wine: ofClass,
  spirits: ofClass,
  delivery_hours: { week, exceptions: {} },
  dry_zones: [
    {
      name: 'School',
      zone: {
        shape: 'polygon' as const,
        corners: [
          { lat: 1, lon: 1 },
          { lat: 1, lon: 2 },
          { lat: 2, lon: 2 },
        ],
      },
    },
  ],
  last_dispatch_margin_minutes: 30,
};

test('every part of a rulebook has its value beside it', () => {
  expect(partsOf(rules)).toHaveLength(valuesOf(rules).length);
});

test('a rulebook as the form says it differs from the last only where somebody changed it', () => {
  const fields = {
    'rules.beer.minimum_age': '21',
    'rules.wine.minimum_age': '21',
    'rules.spirits.minimum_age': '25',
    'rules.dry_zones[0].name': 'School',
    'rules.last_dispatch_margin_minutes': '30',
    'rules.price_floor.amount': '',
    'rules.leap_day_birthday': '',
    'kind-hospital': 'on',
  };
  const draft = rulesTold(fields, chosenOf(rules));
  expect(rulesChanged(rules, draft).map(({ name }) => name)).toEqual([
    'Spirits: Least age',
    'Doors to which nothing may be brought',
  ]);
  expect(draft.dry_zones).toEqual(rules.dry_zones);
});

test('a currency that is half typed takes nothing of what is in the form', async () => {
  const user = edited(tariff);
  const [delivery, currency] = [screen.getByLabelText('Delivery'), screen.getByLabelText('Currency')];
  await user.clear(delivery);
  await user.type(delivery, '4.50');
  await user.clear(currency);
  await user.type(currency, 'eu');
  expect((delivery as HTMLInputElement).value).toBe('4.50');
  await user.type(currency, 'r');
  expect(screen.getByLabelText('EUR a litre')).toBeTruthy();
});
