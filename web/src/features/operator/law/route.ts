import { createRoute } from '@tanstack/react-router';
import { lazily } from '@/lib/lazily.ts';
import { titled, within } from '../operator.ts';

const jurisdictions = createRoute({
  ...within,
  path: '/compliance',
  head: titled('law', 'law.title'),
  component: lazily('law', () => import('./page.tsx')),
});

const jurisdiction = createRoute({
  ...within,
  path: '/compliance/$code',
  validateSearch: ({ version }: Record<string, unknown>): { version?: number } =>
    Number.isSafeInteger(version) && Number(version) > 0 ? { version: Number(version) } : {},
  head: titled('law', 'law.title'),
  component: lazily('law', () => import('./jurisdiction.tsx')),
});

export const lawPages = [jurisdictions, jurisdiction];
