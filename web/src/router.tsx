/** What leads to pages, whoever reads them. */
import type { QueryClient } from '@tanstack/react-query';
import { type AnyRoute, createRouter, type RouterHistory } from '@tanstack/react-router';
import { help } from './features/help/route.ts';
import { home } from './features/home/route.tsx';
import { offline } from './features/offline/route.tsx';
import { product } from './features/product/route.tsx';
import { category, search } from './features/search/route.tsx';
import { store } from './features/store/route.tsx';
import { stores } from './features/stores/route.tsx';
import { Missing } from './ui/missing.tsx';
import { ProblemPage } from './ui/problem.tsx';

/** Pages that are the same for all, which the house writes. */
export const openPages = [home, search, category, product, stores, store, help, offline] as const;

export function routerOf<Pages extends AnyRoute>(
  routeTree: Pages,
  readings: QueryClient,
  history: RouterHistory,
) {
  const router = createRouter({
    routeTree,
    history,
    context: { readings } as never,
    defaultNotFoundComponent: Missing,
    defaultErrorComponent: ({ error }) => (
      <ProblemPage error={error as Error} again={() => void router.invalidate()} />
    ),
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultPendingMs: 300,
    // Where there is no browser it would write a script into the page, which the policy forbids.
    scrollRestoration: !import.meta.env.SSR,
  });
  for (const route of Object.values(router.routesById)) close(route as AnyRoute);
  return router;
}

const closed = new WeakSet<AnyRoute>();

/** What a page makes nothing of in its address does not come to it: the router alone would hand it on as it is. */
function close(route: AnyRoute) {
  const { validateSearch } = route.options;
  if (closed.has(route) || typeof validateSearch !== 'function') return;
  closed.add(route);
  route.options.validateSearch = (said: Record<string, unknown>) => ({
    ...Object.fromEntries(Object.keys(said).map((name) => [name, undefined])),
    ...validateSearch(said),
  });
}
