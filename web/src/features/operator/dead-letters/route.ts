import { createRoute } from '@tanstack/react-router';
import { lazily } from '@/lib/lazily.ts';
import { titled, within } from '../operator.ts';

/** Services that are told of events by others, each with a queue that is called like it. */
export const QUEUES = [
  'accounts',
  'cart',
  'catalogue',
  'compliance',
  'delivery',
  'insight',
  'notifications',
  'orders',
  'payments',
] as const;
export type Queue = (typeof QUEUES)[number];

const letters = createRoute({
  ...within,
  path: '/dead-letters',
  validateSearch: ({ queue }: Record<string, unknown>): { queue?: Queue } => {
    const known = QUEUES.find((one) => one === queue);
    return known ? { queue: known } : {};
  },
  head: titled('handling', 'dead.title'),
  component: lazily('handling', () => import('./page.tsx')),
});

export const deadLetterPages = [letters];
