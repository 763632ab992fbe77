import { createRoute } from '@tanstack/react-router';
import { lazily } from '@/lib/lazily.ts';
import { titled, within } from '../operator.ts';
import { filled, id } from '../searched.ts';

/** How complaints can be sorted out; nothing chosen shows those that wait for an answer. */
export const STATES = ['open', 'second', 'agreed', 'refunded', 'declined', 'all'] as const;
export type State = (typeof STATES)[number];

const complaints = createRoute({
  ...within,
  path: '/complaints',
  validateSearch: ({ state, order }: Record<string, unknown>): { state?: State; order?: string } =>
    filled({ state: STATES.find((one) => one === state), order: id(order) }),
  head: titled('operator', 'operator.complaints'),
  component: lazily('handling', () => import('./page.tsx')),
});

export const complaintPages = [complaints];
