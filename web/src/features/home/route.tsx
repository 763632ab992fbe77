import { useSuspenseQuery } from '@tanstack/react-query';
import { createRoute, Link } from '@tanstack/react-router';
import { t } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { shop } from '@/shop.tsx';
import { DrinkCard, DrinkGrid, fromPrice } from '@/ui/drink-card.tsx';
import { StoreCard } from '@/ui/store-card.tsx';

const categories = reading('/v1/catalogue/categories', { query: { limit: 100 } });
const drinks = reading('/v1/catalogue/products', { query: { in_stock: true, limit: 10 } });
const openStores = reading('/v1/catalogue/stores', { query: { limit: 12 } });

export const home = createRoute({
  getParentRoute: () => shop,
  path: '/',
  loader: ({ context: { readings } }) =>
    Promise.all(
      [categories, drinks, openStores].map((one) => readings.ensureQueryData<unknown>(one as never)),
    ),
  head: () => ({
    meta: [
      { title: `${t('home.title')} · ${t('site.name')}` },
      { name: 'description', content: t('site.tagline') },
    ],
  }),
  component: Home,
});

function Home() {
  const { data: all } = useSuspenseQuery(categories);
  const { data: found } = useSuspenseQuery(drinks);
  const { data: stores } = useSuspenseQuery(openStores);
  return (
    <>
      <h1>{t('home.title')}</h1>
      <p className="mt-2 text-muted">{t('site.tagline')}</p>
      <h2 className="mt-8 mb-3 text-xl">{t('home.categories')}</h2>
      <ul className="flex flex-wrap gap-2">
        {all.items
          .filter((one) => !one.path.includes('/'))
          .map((one) => (
            <li key={one.path}>
              <Link
                to="/c/$"
                params={{ _splat: one.path }}
                className="flex min-h-11 items-center rounded-pill border border-hairline bg-surface px-4 font-medium hover:border-control"
              >
                {one.name}
              </Link>
            </li>
          ))}
      </ul>
      <h2 className="mt-8 mb-3 text-xl">{t('home.picks')}</h2>
      <DrinkGrid>
        {found.items.map((drink) => (
          <li key={drink.product}>
            <DrinkCard drink={drink} price={fromPrice(drink.from_price)} />
          </li>
        ))}
      </DrinkGrid>
      <h2 className="mt-8 mb-3 text-xl">{t('home.stores')}</h2>
      <ul className="grid gap-3 md:grid-cols-2 lg:grid-cols-3">
        {stores.items.map((store) => (
          <li key={store.store}>
            <StoreCard store={store} />
          </li>
        ))}
      </ul>
    </>
  );
}
