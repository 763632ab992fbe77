// @vitest-environment jsdom
/** Where to, without a search for addresses: what it is called is typed, and where it is stands on the map. */
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { Page as Choosing } from '@/features/place/choosing.tsx';
import { learn, speak } from '@/lib/messages.ts';
import { readings } from '@/lib/reading.ts';

vi.mock('@/features/map/later.tsx', () => ({
  MapView: ({ pick }: { pick: (place: { lat: number; lon: number }) => void }) => (
    <button type="button" onClick={() => pick({ lat: 41.58731, lon: -93.62401 })}>
      map
    </button>
  ),
}));

beforeAll(async () => {
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function () {
    this.open = false;
    this.dispatchEvent(new Event('close'));
  };
  speak('en');
  await Promise.all((['shop', 'own', 'address'] as const).map(learn));
});
beforeEach(() => localStorage.clear());
afterEach(cleanup);

function asked() {
  render(
    <QueryClientProvider client={readings(async () => ({ items: [] }))}>
      <Choosing done={() => {}} />
    </QueryClientProvider>,
  );
  return userEvent.setup();
}

test('an address is typed by hand, and its point is the one on the map', async () => {
  const user = asked();
  await user.click(screen.getByRole('button', { name: /^Type the address/ }));
  await user.type(screen.getByLabelText('Street, number, city'), '500 Locust St, Des Moines');
  await user.click(screen.getByRole('button', { name: 'map' }));
  await user.click(screen.getByRole('button', { name: 'Deliver there' }));
  expect(JSON.parse(localStorage.getItem('own:place') ?? '')).toEqual({
    label: '500 Locust St, Des Moines',
    lat: 41.58731,
    lon: -93.62401,
  });
});

test('with the keyboard alone, and without a name for it', async () => {
  const user = asked();
  screen.getByRole('button', { name: /^Type the address/ }).focus();
  await user.keyboard('{Enter}');
  screen.getByLabelText('Latitude').focus();
  await user.keyboard('41.5{Tab}-93.6{Enter}');
  expect(JSON.parse(localStorage.getItem('own:place') ?? '')).toEqual({
    label: 'The place that you marked',
    lat: 41.5,
    lon: -93.6,
  });
});
