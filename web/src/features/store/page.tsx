import { useQuery, useSuspenseInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { PlaceLine } from '@/features/place/line.tsx';
import { money } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { near, usePlace } from '@/lib/place.ts';
import { reading } from '@/lib/reading.ts';
import { secondary } from '@/ui/button.ts';
import { DrinkCard, DrinkGrid } from '@/ui/drink-card.tsx';
import { Empty } from '@/ui/empty.tsx';
import { More } from '@/ui/more.tsx';
import { Selling } from '@/ui/selling.tsx';
import { rangeOf, storeOf } from './requests.ts';

const route = getRouteApi('/shop/s/$store');

/** A store, and what it sells. */
export function Page(): React.ReactNode {
  const id = route.useParams().store;
  const { data: shown } = useSuspenseQuery(storeOf(id));
  const place = usePlace();
  const around = useQuery({
    ...reading('/v1/catalogue/stores/{store}', {
      path: { store: id },
      query: { near: place ? near(place) : '' },
    }),
    enabled: place !== undefined,
  });
  const list = useSuspenseInfiniteQuery(rangeOf(id));
  const range = list.data.pages.flatMap(({ items }) => items);
  return (
    <>
      <h1>{shown.name}</h1>
      <p className="mt-1 text-muted">
        <bdi>{shown.address}</bdi>
      </p>
      <Selling store={around.data ?? shown} className="mt-1" />
      {shown.paused && (
        <p className="text-muted [overflow-wrap:anywhere]">
          <bdi>{shown.paused.reason}</bdi>
        </p>
      )}
      {shown.least_order && (
        <p className="mt-1 text-sm text-muted">{t('store.least', { amount: money(shown.least_order) })}</p>
      )}
      {shown.licence_number && (
        <p className="mt-1 text-sm text-muted">{t('store.licence', { number: shown.licence_number })}</p>
      )}
      <PlaceLine read={around} />
      <h2 className="mt-8 mb-3 text-xl">{t('store.range')}</h2>
      {range.length === 0 && (
        <Empty heading="h3" title={t('store.empty')} text={t('store.empty.text')}>
          <Link to="/stores" className={secondary}>
            {t('home.stores.all')}
          </Link>
        </Empty>
      )}
      <DrinkGrid>
        {range.map((drink) => (
          <li key={drink.product}>
            <DrinkCard
              drink={drink}
              price={money(drink.price)}
              stock={word('stock', drink.stock)}
              came={{ from: 'list', store: id }}
            />
          </li>
        ))}
      </DrinkGrid>
      <More list={list} />
    </>
  );
}
