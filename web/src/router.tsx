/** Which page is at which address. */
import type { QueryClient } from '@tanstack/react-query';
import { createRouter, type RouterHistory } from '@tanstack/react-router';
import { home } from './features/home/route.tsx';
import { product } from './features/product/route.tsx';
import { category, search } from './features/search/route.tsx';
import { store } from './features/store/route.tsx';
import { stores } from './features/stores/route.tsx';
import { root } from './root.ts';
import { Missing } from './ui/missing.tsx';
import { ProblemPage } from './ui/problem.tsx';

const pages = root.addChildren([home, search, category, product, stores, store]);

export function routerOf(readings: QueryClient, history: RouterHistory) {
  return createRouter({
    routeTree: pages,
    history,
    context: { readings },
    defaultNotFoundComponent: Missing,
    defaultErrorComponent: ({ error, reset }) => <ProblemPage error={error as Error} again={reset} />,
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    // Where there is no browser it would write a script into the page, which the policy forbids.
    scrollRestoration: !import.meta.env.SSR,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof routerOf>;
  }
}
