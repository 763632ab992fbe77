import { useInfiniteQuery, useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Answer } from '@tipple/api';
import { Far, PlaceLine } from '@/features/place/line.tsx';
import { t } from '@/lib/messages.ts';
import { paged } from '@/lib/paged.ts';
import { near, usePlace } from '@/lib/place.ts';
import { secondary } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { More } from '@/ui/more.tsx';
import { StoreCard } from '@/ui/store-card.tsx';
import { all, LIMIT } from './requests.ts';

type Store = Answer<'/v1/catalogue/stores'>['items'][number];

/** All stores; to a certain door, those that come there first. */
export function Page(): React.ReactNode {
  const list = useSuspenseInfiniteQuery(all);
  const known = list.data.pages.flatMap(({ items }) => items);
  const place = usePlace();
  const around = useInfiniteQuery({
    ...paged('/v1/catalogue/stores', {
      query: { near: place ? near(place) : '', beyond: true, limit: LIMIT },
    }),
    enabled: place !== undefined,
  });
  const found = around.data?.pages.flatMap(({ items }) => items);
  const reaching = found?.filter(({ sells }) => sells.reaches);
  const others = found?.filter(({ sells }) => !sells.reaches) ?? [];
  return (
    <>
      <h1>{t(reaching?.length ? 'stores.reaching' : 'stores.title')}</h1>
      <PlaceLine />
      {known.length === 0 && (
        <Empty title={t('stores.none')} text={t('stores.none.text')}>
          <Link to="/search" className={secondary}>
            {t('stores.none.drinks')}
          </Link>
        </Empty>
      )}
      {reaching?.length === 0 && known.length > 0 && <Far nearest={others[0]} />}
      {/* Those that come to the door are another list, and nobody sees cards change places. */}
      <Cards key={reaching ? 'reaching' : 'known'} stores={reaching ?? known} under="h1" />
      {others.length > 0 && <h2 className="mt-8 text-xl">{t('stores.others')}</h2>}
      <Cards stores={others} under="h2" />
      <More list={reaching ? around : list} />
    </>
  );
}

function Cards({ stores, under }: { stores: Store[]; under: 'h1' | 'h2' }) {
  return (
    <ul className="mt-4 grid gap-3 empty:hidden md:grid-cols-2 lg:grid-cols-3">
      {stores.map((store) => (
        <li key={store.store}>
          <StoreCard store={store} under={under} />
        </li>
      ))}
    </ul>
  );
}
