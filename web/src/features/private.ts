/** Pages for the visitor alone: the house sends what is around them, and they are read in the browser. */
import { createRoute } from '@tanstack/react-router';
import { lazily, signedInOnly } from '@/lib/lazily.ts';
import { shop } from '@/shop.tsx';
import { Waiting } from '@/ui/waiting.tsx';

const under = { getParentRoute: () => shop, pendingComponent: Waiting } as const;
const own = { ...under, beforeLoad: signedInOnly } as const;

/** Only within the site: an address that somebody wrote into a link leads nowhere else. */
const within = (to: unknown) =>
  typeof to === 'string' && /^\/(?![/\\])/.test(to) ? { to: to.slice(0, 500) } : {};

export const signIn = createRoute({
  ...under,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { to?: string } => within(search.to),
  component: lazily('own', () => import('./sign-in/page.tsx')),
});

export const signUp = createRoute({
  ...under,
  path: '/sign-up',
  validateSearch: (search: Record<string, unknown>): { to?: string } => within(search.to),
  component: lazily('own', () => import('./sign-in/sign-up.tsx')),
});

export const back = createRoute({
  ...under,
  path: '/signed-in',
  validateSearch: ({ flow, ticket, error }: Record<string, unknown>) => {
    const text = (value: unknown) => (typeof value === 'string' ? value.slice(0, 100) : undefined);
    return { flow: text(flow), ticket: text(ticket), error: text(error) };
  },
  component: lazily('own', () => import('./sign-in/signed-in.tsx')),
});

export const forgotten = createRoute({
  ...under,
  path: '/forgotten',
  component: lazily('own', () => import('./sign-in/forgotten.tsx')),
});

export const basket = createRoute({
  ...under,
  path: '/basket',
  component: lazily('own', () => import('./basket/page.tsx')),
});

export const checkout = createRoute({
  ...own,
  path: '/checkout/$cart',
  component: lazily('own', () => import('./checkout/page.tsx')),
});

export const orders = createRoute({
  ...own,
  path: '/orders',
  component: lazily('own', () => import('./orders/page.tsx')),
});

export const order = createRoute({
  ...own,
  path: '/orders/$order',
  component: lazily('own', () => import('./order/page.tsx')),
});

export const account = createRoute({
  ...own,
  path: '/account',
  component: lazily('own', () => import('./account/page.tsx')),
});

export const privatePages = [signIn, signUp, back, forgotten, basket, checkout, orders, order, account];
