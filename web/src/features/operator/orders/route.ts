import { createRoute } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { dayIn } from '@/lib/days.ts';
import { lazily } from '@/lib/lazily.ts';
import { titled, within } from '../operator.ts';
import { filled, id, text } from '../searched.ts';

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

/** Which orders. */
export interface Asked {
  state?: State;
  number?: string;
  store?: string;
  /** Days of the calendar on which they were placed, both included. */
  from?: string;
  to?: string;
}

const orders = createRoute({
  ...within,
  path: '/orders',
  validateSearch: ({ state, number, store, from, to }: Record<string, unknown>): Asked =>
    filled({
      state: STATES.find((one) => one === state),
      number: text(number, 20),
      store: id(store),
      from: dayIn(from),
      to: dayIn(to),
    }),
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
