import { createRoute } from '@tanstack/react-router';
import { lazily } from '@/lib/lazily.ts';
import { titled, within } from '../operator.ts';

const licences = createRoute({
  ...within,
  path: '/licences',
  validateSearch: ({ show }: Record<string, unknown>): { show?: 'pressing' } =>
    show === 'pressing' ? { show } : {},
  head: titled('law', 'licences.title'),
  component: lazily('law', () => import('./page.tsx')),
});

export const licencePages = [licences];
