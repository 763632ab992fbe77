import { createRoute } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { lazily } from '@/lib/lazily.ts';
import { titled, within } from '../operator.ts';

export type State = Schema<'OrdersState'>;

/** Where an order can stand, in the order in which it mostly does. */
export const STATES: State[] = [
  'placing',
  'placed',
  'paid',
  'accepted',
  'packed',
  'out_for_delivery',
  'delivered',
  'returning',
  'closed',
  'cancelled',
];

const orders = createRoute({
  ...within,
  path: '/orders',
  validateSearch: ({ state, number }: Record<string, unknown>): { state?: State; number?: string } => {
    const known = STATES.find((one) => one === state);
    return {
      ...(known && { state: known }),
      ...(number !== undefined && { number: String(number).slice(0, 20) }),
    };
  },
  head: titled('operator', 'operator.orders'),
  component: lazily('handling', () => import('./page.tsx')),
});

const order = createRoute({
  ...within,
  path: '/orders/$order',
  head: titled('operator', 'operator.orders'),
  component: lazily('handling', () => import('../order/page.tsx'), 'ledger'),
});

export const orderPages = [orders, order];
