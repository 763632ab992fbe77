/** The operator's pages about what is sold and what it brings. */

import { createRoute, redirect } from '@tanstack/react-router';
import { kindOf, shown } from '@/features/figures/shown.ts';
import { lazily } from '@/lib/lazily.ts';
import { bookPages } from './books/route.ts';
import { titled, within } from './operator.ts';
import { filled, text } from './searched.ts';
import { storePages } from './stores/route.ts';
import { tariffPages } from './tariffs/route.ts';
import { zonePages } from './zones/route.ts';

/** What is shown of Top Picks. */
export interface Picked {
  view?: 'ranking' | 'preview' | 'history';
  /** Drinks that one looks for to add them. */
  q?: string;
  /** Whose history. */
  product?: string;
  width?: 'desk';
}

const topPicks = createRoute({
  ...within,
  path: '/top-picks',
  validateSearch: ({ view, q, product, width }: Record<string, unknown>): Picked => ({
    ...((view === 'ranking' || view === 'preview' || view === 'history') && { view }),
    ...filled({ q: text(q, 200) }),
    ...(typeof product === 'string' && { product }),
    ...(width === 'desk' && { width }),
  }),
  head: titled('curation', 'picks.title'),
  component: lazily('curation', () => import('./top-picks/page.tsx'), 'kinds'),
});

const figures = createRoute({
  ...within,
  path: '/analytics',
  beforeLoad: () => {
    throw redirect({ to: '/operator/analytics/$kind', params: { kind: 'sales' }, replace: true });
  },
});

const analytics = createRoute({
  ...within,
  path: '/analytics/$kind',
  // Its tabs stay where they are.
  remountDeps: () => undefined,
  params: kindOf,
  validateSearch: shown,
  head: titled('figures', 'figures.title'),
  component: lazily('figures', () => import('./analytics/page.tsx'), 'kinds'),
});

/** Whether something new is being made. */
const making = ({ making }: Record<string, unknown>): { making?: boolean } =>
  making === true ? { making } : {};

const coupons = createRoute({
  ...within,
  path: '/coupons',
  validateSearch: making,
  head: titled('offers', 'offers.coupons'),
  component: lazily('offers', () => import('./offers/coupons.tsx'), 'kinds'),
});

const promotions = createRoute({
  ...within,
  path: '/promotions',
  validateSearch: making,
  head: titled('offers', 'offers.promotions'),
  component: lazily('offers', () => import('./offers/promotions.tsx'), 'kinds'),
});

export const businessPages = [
  topPicks,
  figures,
  analytics,
  coupons,
  promotions,
  ...bookPages,
  ...storePages,
  ...tariffPages,
  ...zonePages,
];
