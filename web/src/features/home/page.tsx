import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { PlaceFirst } from '@/features/place/first.tsx';
import { Far } from '@/features/place/line.tsx';
import { t } from '@/lib/messages.ts';
import { near, usePlace } from '@/lib/place.ts';
import { reading } from '@/lib/reading.ts';
import { secondary } from '@/ui/button.ts';
import { categoryName } from '@/ui/category-name.ts';
import { DrinkCard, DrinkGrid, fromPrice } from '@/ui/drink-card.tsx';
import { StoreCard } from '@/ui/store-card.tsx';
import { categories, drinksOf, MOST, openStores } from './requests.ts';

const route = getRouteApi('/shop/');

/** Where to, what there is, and who sells it. */
export function Page(): React.ReactNode {
  const { data: all } = useSuspenseQuery(categories);
  const ids = route.useLoaderData();
  const { data: found } = useSuspenseQuery(drinksOf(ids));
  const place = (product: string) => ids.indexOf(product);
  const drinks = found.items.toSorted((one, other) => place(one.product) - place(other.product));
  const { data: stores } = useSuspenseQuery(openStores);
  const read = useAround();
  const around = read.data;
  const reaching = around?.items.filter(({ sells }) => sells.reaches);
  // Where none delivers, those that are nearest say so.
  const some = reaching?.length ? reaching : (around ?? stores).items;
  const near = reaching?.length ?? 0;
  const others = (around ?? stores).next || (near > 0 && near < MOST);
  return (
    <>
      <h1>{t('home.title')}</h1>
      <p className="mt-2 text-muted">{t('site.tagline')}</p>
      <PlaceFirst read={read} />
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
                {categoryName(one.path, one.name)}
              </Link>
            </li>
          ))}
      </ul>
      <h2 className="mt-8 mb-3 text-xl">{t(ids.length > 0 ? 'home.picks' : 'home.drinks')}</h2>
      <DrinkGrid>
        {drinks.map((drink) => (
          <li key={drink.product}>
            <DrinkCard
              drink={drink}
              price={fromPrice(drink.from_price)}
              came={{ from: ids.length > 0 ? 'top_picks' : 'list' }}
            />
          </li>
        ))}
      </DrinkGrid>
      <h2 className="mt-8 mb-3 text-xl">{t(reaching?.length ? 'stores.reaching' : 'home.stores')}</h2>
      {reaching?.length === 0 && (
        <div className="mb-3">
          <Far heading="h3" nearest={around?.items[0]} />
        </div>
      )}
      <ul className="grid gap-3 md:grid-cols-2 lg:grid-cols-3">
        {some.map((store) => (
          <li key={store.store}>
            <StoreCard store={store} />
          </li>
        ))}
      </ul>
      {others && (
        <p className="mt-6 text-center">
          <Link to="/stores" className={secondary}>
            {t('home.stores.all')}
          </Link>
        </p>
      )}
    </>
  );
}

/** Stores around the visitor's door, those that deliver there first; unknown without a place. */
function useAround() {
  const place = usePlace();
  return useQuery({
    ...reading('/v1/catalogue/stores', {
      query: { near: place ? near(place) : '', beyond: true, limit: MOST },
    }),
    enabled: place !== undefined,
  });
}
