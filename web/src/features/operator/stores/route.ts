/** The operator's pages about who sells, and on what terms. */
import { createRoute } from '@tanstack/react-router';
import { lazily } from '@/lib/lazily.ts';
import { titled, within } from '../operator.ts';

/** Whose stores, and which of them. */
interface Shown {
  vendor?: string;
  active?: 'true' | 'false';
}

const vendorIn = (vendor: unknown) => (typeof vendor === 'string' && vendor ? { vendor } : {});

const vendors = createRoute({
  ...within,
  path: '/vendors',
  head: titled('stores', 'stores.vendors'),
  component: lazily('stores', () => import('./vendors.tsx')),
});

const vendor = createRoute({
  ...within,
  path: '/vendors/$vendor',
  head: titled('stores', 'stores.vendor'),
  component: lazily('stores', () => import('./vendor.tsx')),
});

const stores = createRoute({
  ...within,
  path: '/stores',
  validateSearch: ({ vendor, active }: Record<string, unknown>): Shown => ({
    ...vendorIn(vendor),
    // As it is written by hand, and as the router reads it.
    ...(String(active) === 'true' && { active: 'true' as const }),
    ...(String(active) === 'false' && { active: 'false' as const }),
  }),
  head: titled('stores', 'stores.list'),
  component: lazily('stores', () => import('./stores.tsx')),
});

const newStore = createRoute({
  ...within,
  path: '/stores/new',
  validateSearch: ({ vendor }: Record<string, unknown>): { vendor?: string } => vendorIn(vendor),
  head: titled('stores', 'stores.new'),
  component: lazily('stores', () => import('./new-store.tsx'), 'vendor'),
});

const store = createRoute({
  ...within,
  path: '/stores/$store',
  head: titled('stores', 'stores.one'),
  component: lazily('stores', () => import('./store.tsx'), 'vendor'),
});

const ways = createRoute({
  ...within,
  path: '/ways',
  head: titled('stores', 'stores.ways'),
  component: lazily('stores', () => import('./ways.tsx')),
});

export const storePages = [vendors, vendor, stores, newStore, store, ways];
