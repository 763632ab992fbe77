import { createRoute } from '@tanstack/react-router';
import type { Answer } from '@tipple/api';
import { about, listed, way } from '@/lib/about.ts';
import { lazily } from '@/lib/lazily.ts';
import { learn, t } from '@/lib/messages.ts';
import { shop } from '@/shop.tsx';
import { categoriesAround, categoryName } from '@/ui/category-name.ts';
import { type Filters, filters } from './filters.ts';
import { found, titleOf } from './requests.ts';

type Found = { pages: Answer<'/v1/catalogue/products'>[] } | undefined;

const title = (what: string, found: Found, ...steps: { name: string; path: string }[]) => ({
  meta: [
    { title: `${what} · ${t('site.name')}` },
    { name: 'description', content: `${what}. ${t('site.tagline')}` },
    // Only who is not a browser reads it.
    ...(import.meta.env.SSR && found
      ? [{ 'script:ld+json': about(way(...steps), listed(found.pages.flatMap(({ items }) => items))) }]
      : []),
  ],
});

/** A category within those around it, by the path of each in the address. */
const steps = (category: string) =>
  categoriesAround(category).map((path) => ({
    name: categoryName(path),
    path: `/c/${path.split('/').map(encodeURIComponent).join('/')}`,
  }));

const toSearch = ({ q }: Filters) => `/search${q ? `?q=${encodeURIComponent(q)}` : ''}`;

export const search = createRoute({
  getParentRoute: () => shop,
  path: '/search',
  validateSearch: filters,
  loaderDeps: ({ search }) => search,
  loader: ({ context: { readings }, deps }) => readings.ensureInfiniteQueryData(found(undefined, deps)),
  head: ({ match, loaderData }) => {
    const name = titleOf(match.search);
    return title(name, loaderData, { name, path: toSearch(match.search) });
  },
  component: lazily('kinds', () => import('./page.tsx')),
});

export const category = createRoute({
  getParentRoute: () => shop,
  path: '/c/$',
  remountDeps: () => undefined,
  validateSearch: filters,
  loaderDeps: ({ search }) => search,
  loader: ({ context: { readings }, deps, params }) =>
    readings.ensureInfiniteQueryData(found(params._splat, deps)),
  head: async ({ params: { _splat: path = '' }, loaderData }) => {
    await learn('kinds');
    return title(categoryName(path), loaderData, ...steps(path));
  },
  component: lazily('kinds', () => import('./category.tsx')),
});
