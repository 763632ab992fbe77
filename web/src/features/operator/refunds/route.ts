import { createRoute } from '@tanstack/react-router';
import { lazily } from '@/lib/lazily.ts';
import { titled, within } from '../operator.ts';

/** How refunds can be sorted out; nothing chosen shows those that wait. */
export const STANDINGS = ['waiting', 'alone', 'approved', 'declined', 'lapsed', 'all'] as const;
export type Standing = (typeof STANDINGS)[number];

const refunds = createRoute({
  ...within,
  path: '/refunds',
  validateSearch: ({ state }: Record<string, unknown>): { state?: Standing } => {
    const known = STANDINGS.find((one) => one === state);
    return known && known !== 'waiting' ? { state: known } : {};
  },
  head: titled('operator', 'operator.refunds'),
  component: lazily('handling', () => import('./page.tsx')),
});

export const refundPages = [refunds];
