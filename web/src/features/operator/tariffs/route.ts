import { createRoute } from '@tanstack/react-router';
import { lazily } from '@/lib/lazily.ts';
import { titled, within } from '../operator.ts';
import { filled, id } from '../searched.ts';

const tariffs = createRoute({
  ...within,
  path: '/tariffs',
  validateSearch: ({ store }: Record<string, unknown>): { store?: string } => filled({ store: id(store) }),
  head: titled('tariffs', 'tariffs.title'),
  component: lazily('tariffs', () => import('./page.tsx')),
});

export const tariffPages = [tariffs];
