// @vitest-environment jsdom
/** What the house says no to when a store packs, and what is to be done then. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { Schema } from '@tipple/api';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { PickList } from '@/features/vendor/orders/pick-list.tsx';
import { learn, speak } from '@/lib/messages.ts';
import { Failed } from '@/lib/network.ts';

const send = vi.hoisted(() => vi.fn());
vi.mock('@/lib/send.ts', async (original) => ({ ...(await original<object>()), send }));

beforeAll(async () => {
  speak('en');
  await Promise.all((['shop', 'own', 'vendor'] as const).map(learn));
});
afterEach(cleanup);

const order = {
  order: 'o-1',
  lines: [{ line: 'l-1', product: 'p-1', name: 'Rye', quantity: 2, drink: { volume_ml: 700, pack: 1 } }],
} as unknown as Schema<'OrderSummary'>;

test.each([
  [{ why: 'nothing would be left to be paid' }, /^What would be left to pay cannot be worked out/],
  [{ cause: 'no-tariff' }, /^No price\.$/],
])('what it costs cannot be told: %o', async (told, said) => {
  sessionStorage.setItem('picks-o-1', JSON.stringify({ 'l-1': { picked: 2 } }));
  const problem = { status: 409, code: 'not-priced', title: 'No.', detail: 'No price.', ...told };
  send.mockRejectedValue(new Failed(problem));
  render(
    <QueryClientProvider client={new QueryClient()}>
      <PickList order={order} />
    </QueryClientProvider>,
  );
  await userEvent.click(screen.getByRole('button', { name: 'All in the bag' }));
  expect((await screen.findByRole('alert')).textContent).toMatch(said);
});
