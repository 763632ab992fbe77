import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { createRoute, Link } from '@tanstack/react-router';
import { PlaceLine, useReaching } from '@/features/place/line.tsx';
import { t } from '@/lib/messages.ts';
import { paged } from '@/lib/paged.ts';
import { shop } from '@/shop.tsx';
import { secondary } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { More } from '@/ui/more.tsx';
import { StoreCard } from '@/ui/store-card.tsx';

const all = paged('/v1/catalogue/stores', { query: { limit: 60 } });

export const stores = createRoute({
  getParentRoute: () => shop,
  path: '/stores',
  loader: ({ context: { readings } }) => readings.ensureInfiniteQueryData(all),
  head: () => ({
    meta: [
      { title: `${t('stores.title')} · ${t('site.name')}` },
      { name: 'description', content: t('site.tagline') },
    ],
  }),
  component: Stores,
});

function Stores() {
  const list = useSuspenseInfiniteQuery(all);
  const known = list.data.pages.flatMap(({ items }) => items);
  const reaching = useReaching();
  return (
    <>
      <h1>{t(reaching ? 'stores.reaching' : 'stores.title')}</h1>
      <PlaceLine />
      {known.length === 0 && (
        <Empty title={t('stores.none')} text={t('stores.none.text')}>
          <Link to="/search" className={secondary}>
            {t('stores.none.drinks')}
          </Link>
        </Empty>
      )}
      {reaching?.length === 0 && <p className="mt-4 text-muted">{t('stores.far')}</p>}
      <ul className="mt-4 grid gap-3 md:grid-cols-2 lg:grid-cols-3">
        {(reaching ?? known).map((store) => (
          <li key={store.store}>
            <StoreCard store={store} under="h1" />
          </li>
        ))}
      </ul>
      {!reaching && <More list={list} />}
    </>
  );
}
