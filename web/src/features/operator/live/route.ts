import { createRoute } from '@tanstack/react-router';
import { lazily } from '@/lib/lazily.ts';
import { titled, within } from '../operator.ts';

const live = createRoute({
  ...within,
  path: '/live',
  validateSearch: ({ store }: Record<string, unknown>): { store?: string } =>
    typeof store === 'string' ? { store: store.slice(0, 36) } : {},
  head: titled('operator', 'operator.live'),
  component: lazily('handling', () => import('./page.tsx')),
});

export const livePages = [live];
