import { createRoute } from '@tanstack/react-router';
import { t } from '@/lib/messages.ts';
import { shop } from '@/shop.tsx';
import { categoryName } from '@/ui/category-name.ts';
import { filters } from './filters.ts';
import { found } from './requests.ts';
import { Results } from './results.tsx';

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
  head: ({ match }) => title(match.search.q ? t('search.for', { words: match.search.q }) : t('search.title')),
  component: () => {
    const chosen = search.useSearch();
    return (
      <Results title={chosen.q ? t('search.for', { words: chosen.q }) : t('search.title')} chosen={chosen} />
    );
  },
});

export const category = createRoute({
  getParentRoute: () => shop,
  path: '/c/$',
  validateSearch: filters,
  loaderDeps: ({ search }) => search,
  loader: ({ context: { readings }, deps, params }) =>
    readings.ensureInfiniteQueryData(found(params._splat, deps)),
  head: ({ params }) => title(categoryName(params._splat ?? '')),
  component: () => {
    const { _splat: path = '' } = category.useParams();
    return <Results title={categoryName(path)} category={path} chosen={category.useSearch()} />;
  },
});
