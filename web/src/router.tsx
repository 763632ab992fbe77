/** What leads to pages, whoever reads them. */
import type { QueryClient } from '@tanstack/react-query';
import { type AnyRoute, createRouter, type RouterHistory } from '@tanstack/react-router';
import { help } from './features/help/route.ts';
import { home } from './features/home/route.ts';
import { offline } from './features/offline/route.tsx';
import { product } from './features/product/route.ts';
import { category, search } from './features/search/route.ts';
import { store } from './features/store/route.ts';
import { stores } from './features/stores/route.ts';
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
    // Nothing that was begun with one thing goes on with another.
    defaultRemountDeps: ({ params }) => params,
    // Where there is no browser it would write a script into the page, which the policy forbids.
    scrollRestoration: !import.meta.env.SSR,
  });
  for (const route of Object.values(router.routesById)) close(route as AnyRoute);
  return router;
}

type Validate = (said: Record<string, unknown>) => Record<string, unknown>;

const closed = new WeakSet<AnyRoute>();

/**
 * What a page makes nothing of in its address does not come to it: the router alone would hand it on as it is. A
 * frame leaves what is not its own to the page in it, and the page what is the frame's.
 */
function close(route: AnyRoute) {
  if (closed.has(route) || route.children || !validateOf(route)) return;
  closed.add(route);
  const validates = around(route).flatMap((one) => validateOf(one) ?? []);
  route.options.validateSearch = (said: Record<string, unknown>) =>
    Object.assign(
      Object.fromEntries(Object.keys(said).map((name) => [name, undefined])),
      ...validates.map((validate) => validate(said)),
    );
}

function validateOf(route: AnyRoute): Validate | undefined {
  const { validateSearch } = route.options;
  return typeof validateSearch === 'function' ? (validateSearch as Validate) : undefined;
}

/** A page after the frames that it is in. */
function around(route: AnyRoute): AnyRoute[] {
  const frame: AnyRoute | undefined = route.parentRoute;
  return frame ? [...around(frame), route] : [route];
}
