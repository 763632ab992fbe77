import { createRoute } from '@tanstack/react-router';
import { lazily } from '@/lib/lazily.ts';
import { titled, within } from '../operator.ts';
import { filled, id } from '../searched.ts';

/** How far a message can be; nothing chosen shows those that nobody tries to send any more. */
export const STATES = ['dead', 'failed', 'unknown', 'pending', 'sending', 'sent', 'all'] as const;
export type State = (typeof STATES)[number];

/** Which messages are shown. */
export interface Shown {
  state?: State;
  order?: string;
  person?: string;
}

const messages = createRoute({
  ...within,
  path: '/messages',
  validateSearch: ({ state, order, person }: Record<string, unknown>): Shown =>
    filled({ state: STATES.find((one) => one === state), order: id(order), person: id(person) }),
  head: titled('handling', 'letters.title'),
  component: lazily('handling', () => import('./page.tsx')),
});

export const messagePages = [messages];
