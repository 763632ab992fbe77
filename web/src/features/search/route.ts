import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { t } from '@/lib/messages.ts';
import { shop } from '@/shop.tsx';
import { categoryName } from '@/ui/category-name.ts';
import { filters } from './filters.ts';
import { found, titleOf } from './requests.ts';

const title = (what: string) => ({
  meta: [
    { title: `${what} · ${t('site.name')}` },
    { name: 'description', content: `${what}. ${t('site.tagline')}` },
  ],
});

export const search = createRoute({
  getParentRoute: () => shop,
  path: '/search',
  validateSearch: filters,
  loaderDeps: ({ search }) => search,
  loader: ({ context: { readings }, deps }) => readings.ensureInfiniteQueryData(found(undefined, deps)),
  head: ({ match }) => title(titleOf(match.search)),
  component: lazyRouteComponent(() => import('./page.tsx'), 'Page'),
});

export const category = createRoute({
  getParentRoute: () => shop,
  path: '/c/$',
  validateSearch: filters,
  loaderDeps: ({ search }) => search,
  loader: ({ context: { readings }, deps, params }) =>
    readings.ensureInfiniteQueryData(found(params._splat, deps)),
  head: ({ params }) => title(categoryName(params._splat ?? '')),
  component: lazyRouteComponent(() => import('./category.tsx'), 'Page'),
});
