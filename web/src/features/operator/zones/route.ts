import { createRoute } from '@tanstack/react-router';
import { lazily } from '@/lib/lazily.ts';
import { titled, within } from '../operator.ts';

const zones = createRoute({
  ...within,
  path: '/zones',
  validateSearch: ({ store }: Record<string, unknown>): { store?: string } =>
    typeof store === 'string' ? { store: store.slice(0, 100) } : {},
  head: titled('zones', 'zones.title'),
  component: lazily('zones', () => import('./page.tsx')),
});

export const zonePages = [zones];
