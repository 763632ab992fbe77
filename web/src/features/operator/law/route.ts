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

const newVersion = createRoute({
  ...within,
  path: '/compliance/$code/new',
  head: titled('law', 'law.new'),
  // Hours are set as a store sets its own.
  component: lazily('law', () => import('./draft/page.tsx'), 'vendor'),
});

export const lawPages = [jurisdictions, jurisdiction, newVersion];
