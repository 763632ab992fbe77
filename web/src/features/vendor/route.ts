/** The store portal: pages for those who work at a store, with a frame of their own. */

import { createRoute, redirect, retainSearchParams } from '@tanstack/react-router';
import { kindOf, shown } from '@/features/figures/shown.ts';
import { dayIn } from '@/lib/days.ts';
import { lazily, signedInOnly } from '@/lib/lazily.ts';
import { type Key, learn, t } from '@/lib/messages.ts';
import { whoever } from '@/lib/session.ts';
import { root } from '@/root.ts';
import { Waiting } from '@/ui/waiting.tsx';

/** Which store the portal shows; every address of it says so. */
interface AtStore {
  store?: string;
}

const vendor = createRoute({
  getParentRoute: () => root,
  path: '/vendor',
  validateSearch: ({ store }: Record<string, unknown>): AtStore =>
    store === undefined ? {} : { store: String(store).slice(0, 60) },
  search: { middlewares: [retainSearchParams<AtStore>(['store'])] },
  beforeLoad: async (there) => {
    await signedInOnly(there);
    const session = await whoever();
    // Where a store's people need one too, all that they could do here waits for it.
    if (session?.must_enrol && !session.roles.some((role) => 'stores' in role)) {
      throw redirect({ to: '/account/second-factor' });
    }
  },
  pendingComponent: Waiting,
  component: lazily('vendor', async () => {
    // Forms and states are called the same here.
    const [frame] = await Promise.all([
      import('./frame.tsx'),
      ...(['own', 'order', 'after'] as const).map(learn),
    ]);
    return frame;
  }),
});

const within = { getParentRoute: () => vendor, pendingComponent: Waiting } as const;

const titled = (key: Key) => async () => {
  await learn('vendor');
  return { meta: [{ title: `${t(key)} · ${t('site.name')}` }] };
};

const start = createRoute({
  ...within,
  path: '/',
  beforeLoad: ({ search }) => {
    throw redirect({ to: '/vendor/orders', search, replace: true });
  },
});

const orders = createRoute({
  ...within,
  path: '/orders',
  head: titled('vendor.orders'),
  component: lazily('vendor', () => import('./orders/page.tsx')),
});

const slip = createRoute({
  ...within,
  path: '/orders/$order/slip',
  head: titled('slip.title'),
  component: lazily('vendor', () => import('./orders/slip.tsx')),
});

/** What the table of products shows, so that a link leads to the same. */
export interface Shown {
  q?: string;
  low?: boolean;
  page?: number;
}

const products = createRoute({
  ...within,
  path: '/products',
  validateSearch: ({ q, low, page }: Record<string, unknown>): Shown => ({
    ...((typeof q === 'string' || typeof q === 'number') && { q: String(q).slice(0, 200) }),
    ...(low === true && { low }),
    ...(Number(page) > 1 && { page: Math.floor(Number(page)) }),
  }),
  head: titled('vendor.products'),
  component: lazily('vendor', () => import('./products/page.tsx')),
});

const file = createRoute({
  ...within,
  path: '/products/import',
  head: titled('vendor.file'),
  component: lazily('vendor', () => import('./file/page.tsx')),
});

/** How complaints can stand; none chosen shows all. */
export const COMPLAINED = ['open', 'second', 'agreed', 'refunded', 'declined'] as const;
export type Complained = (typeof COMPLAINED)[number];

const complaints = createRoute({
  ...within,
  path: '/complaints',
  validateSearch: ({ state }: Record<string, unknown>): { state?: Complained } => {
    const known = COMPLAINED.find((one) => one === state);
    return known ? { state: known } : {};
  },
  head: titled('vendor.complaints'),
  component: lazily('vendor', () => import('./complaints/page.tsx')),
});

const opening = createRoute({
  ...within,
  path: '/hours',
  head: titled('vendor.hours'),
  component: lazily('vendor', () => import('./hours/page.tsx')),
});

const zone = createRoute({
  ...within,
  path: '/zone',
  head: titled('vendor.zone'),
  component: lazily('vendor', () => import('./zone/page.tsx'), 'zones', 'address'),
});

const staff = createRoute({
  ...within,
  path: '/staff',
  head: titled('vendor.staff'),
  component: lazily('vendor', () => import('./staff/page.tsx')),
});

const figures = createRoute({
  ...within,
  path: '/analytics',
  beforeLoad: ({ search }) => {
    throw redirect({ to: '/vendor/analytics/$kind', params: { kind: 'sales' }, search, replace: true });
  },
});

const analytics = createRoute({
  ...within,
  path: '/analytics/$kind',
  // Its tabs stay where they are.
  remountDeps: () => undefined,
  params: kindOf,
  validateSearch: shown,
  head: async () => {
    await learn('figures');
    return { meta: [{ title: `${t('figures.title')} · ${t('site.name')}` }] };
  },
  component: lazily('figures', () => import('./analytics/page.tsx'), 'kinds'),
});

const payouts = createRoute({
  ...within,
  path: '/payouts',
  validateSearch: ({ from, to }: Record<string, unknown>): { from?: string; to?: string } => ({
    ...(dayIn(from) && { from: dayIn(from) }),
    ...(dayIn(to) && { to: dayIn(to) }),
  }),
  head: async () => {
    await learn('books');
    return { meta: [{ title: `${t('books.payouts')} · ${t('site.name')}` }] };
  },
  component: lazily('books', () => import('./payouts/page.tsx'), 'ledger'),
});

export const vendorPages = vendor.addChildren([
  start,
  orders,
  slip,
  complaints,
  products,
  file,
  opening,
  zone,
  staff,
  figures,
  analytics,
  payouts,
]);
