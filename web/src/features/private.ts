/** Pages for the visitor alone: the house sends what is around them, and they are read in the browser. */
import { createRoute } from '@tanstack/react-router';
import { lazily, signedInOnly } from '@/lib/lazily.ts';
import { type Area, type Key, learn, t } from '@/lib/messages.ts';
import { shop } from '@/shop.tsx';
import { Waiting } from '@/ui/waiting.tsx';
import { orderOf } from './order/requests.ts';
import { WaitingOrder } from './order/waiting.tsx';

const under = { getParentRoute: () => shop, pendingComponent: Waiting } as const;
const own = { ...under, beforeLoad: signedInOnly } as const;

/** What the page is called, once its words are learnt. */
const titled = (area: Area, key: Key) => async () => {
  await learn(area);
  return { meta: [{ title: `${t(key)} · ${t('site.name')}` }] };
};

/** Only within the site: an address that somebody wrote into a link leads nowhere else. */
const within = ({ to }: Record<string, unknown>): { to?: string } =>
  typeof to === 'string' && /^\/(?![/\\])/.test(to) ? { to: to.slice(0, 500) } : {};

export const signIn = createRoute({
  ...under,
  path: '/sign-in',
  validateSearch: within,
  head: titled('own', 'signIn.title'),
  component: lazily('own', () => import('./sign-in/page.tsx'), 'entry'),
});

export const signUp = createRoute({
  ...under,
  path: '/sign-up',
  // A letter's link brings what ends a sign-up.
  beforeLoad: async (way) => (await import('@/lib/letter.ts')).opened(way),
  loader: async () => (await import('@/lib/letter.ts')).kept('/sign-up'),
  validateSearch: within,
  head: titled('own', 'signUp.title'),
  component: lazily('own', () => import('./sign-in/sign-up.tsx'), 'entry', 'names'),
});

export const back = createRoute({
  ...under,
  path: '/signed-in',
  validateSearch: ({ flow, ticket, error }: Record<string, unknown>) => {
    const text = (value: unknown) => (typeof value === 'string' ? value.slice(0, 100) : undefined);
    return { flow: text(flow), ticket: text(ticket), error: text(error) };
  },
  component: lazily('own', () => import('./sign-in/signed-in.tsx'), 'entry'),
});

export const forgotten = createRoute({
  ...under,
  path: '/forgotten',
  head: titled('entry', 'forgotten.title'),
  component: lazily('own', () => import('./sign-in/forgotten.tsx'), 'entry'),
});

export const basket = createRoute({
  ...under,
  path: '/basket',
  head: titled('basket', 'basket.title'),
  component: lazily('own', () => import('./basket/page.tsx'), 'basket', 'bill'),
});

export const checkout = createRoute({
  ...own,
  path: '/checkout/$cart',
  head: titled('checkout', 'checkout.title'),
  component: lazily('own', () => import('./checkout/page.tsx'), 'basket', 'bill', 'checkout'),
});

export const orders = createRoute({
  ...own,
  path: '/orders',
  head: titled('own', 'orders.title'),
  component: lazily('own', () => import('./orders/page.tsx'), 'order', 'rest'),
});

export const order = createRoute({
  ...own,
  path: '/orders/$order',
  pendingComponent: WaitingOrder,
  // While the page's code comes; what went wrong is the page's to say.
  loader: ({ context: { readings }, params }) => readings.prefetchQuery(orderOf(params.order)),
  head: titled('own', 'orders.title'),
  component: lazily('own', () => import('./order/page.tsx'), 'order', 'bill'),
});

export const account = createRoute({
  ...own,
  path: '/account',
  head: titled('own', 'account.title'),
  component: lazily('own', () => import('./account/page.tsx'), 'account', 'names'),
});

export const secondFactor = createRoute({
  ...own,
  path: '/account/second-factor',
  head: titled('own', 'second.page'),
  component: lazily('factors', () => import('./account/second-factor/page.tsx'), 'own'),
});

export const privatePages = [
  signIn,
  signUp,
  back,
  forgotten,
  basket,
  checkout,
  orders,
  order,
  account,
  secondFactor,
];
