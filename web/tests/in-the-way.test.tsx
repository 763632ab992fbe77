// @vitest-environment jsdom
/** What stands in the way of an order is read out when it comes. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import type { Schema } from '@tipple/api';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { InTheWay } from '@/features/basket/in-the-way.tsx';
import { learn, speak } from '@/lib/messages.ts';

beforeAll(async () => {
  speak('en');
  await Promise.all([learn('shop'), learn('basket')]);
});
afterEach(cleanup);

const low = {
  code: 'below-least-order',
  detail: 'Too little.',
  least: { amount: 2_500, currency: 'USD' },
} as Schema<'CartProblem'>;

const house = new QueryClient();
const shown = (problems: Schema<'CartProblem'>[]) => (
  <QueryClientProvider client={house}>
    <InTheWay cart="c1" problems={problems} />
  </QueryClientProvider>
);

test('its region is there before it, takes no room, and stays', async () => {
  const { container, rerender } = render(shown([]));
  const region = container.querySelector('[aria-live=polite]');
  expect(region?.textContent).toBe('');
  expect(region?.className).toBe('sr-only');
  rerender(shown([low]));
  const said = await screen.findByText(/25/);
  expect(region?.contains(said)).toBe(true);
  expect(region?.className).toBe('');
  expect(container.querySelectorAll('[aria-live]')).toHaveLength(1);
  rerender(shown([]));
  expect(container.querySelector('[aria-live=polite]')).toBe(region);
  expect(region?.textContent).toBe('');
});
