import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { favourites } from '@/features/product/favourite.tsx';
import { t } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { card, secondary } from '@/ui/button.ts';
import { DrinkCard, fromPrice } from '@/ui/drink-card.tsx';
import { Unread } from '@/ui/unread.tsx';
import { Bar } from '@/ui/waiting.tsx';

/** So many are asked for and shown at a time. */
const LIMIT = 48;

/** The drinks that the visitor has marked. */
export function Favourites() {
  const list = useQuery(favourites);
  const [pages, setPages] = useState(1);
  const ids = list.data?.map((one) => one.product);
  return (
    <section className={`${card} lg:col-span-2`}>
      <h2 className="mb-3 text-xl">{t('favourites.title')}</h2>
      {ids?.length === 0 && <p className="text-muted">{t('favourites.none')}</p>}
      <div className="space-y-3">
        {Array.from({ length: ids ? Math.min(pages, Math.ceil(ids.length / LIMIT)) : 0 }, (_, page) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: what is marked moves from page to page
          <Drinks key={page} ids={ids?.slice(page * LIMIT, (page + 1) * LIMIT) ?? []} />
        ))}
      </div>
      <Unread of={list} />
      {!ids && !list.error && <Bar className="h-40 w-full" />}
      {ids && pages * LIMIT < ids.length && (
        <div className="mt-6 text-center">
          <button type="button" onClick={() => setPages(pages + 1)} className={secondary}>
            {t('search.more')}
          </button>
        </div>
      )}
    </section>
  );
}

/** Some of them, as they were marked. */
function Drinks({ ids }: { ids: string[] }) {
  const read = useQuery(reading('/v1/catalogue/products', { query: { ids: ids.join(','), limit: LIMIT } }));
  const drinks = ids.flatMap((id) => read.data?.items.filter((one) => one.product === id) ?? []);
  return (
    <>
      <ul className="grid grid-cols-2 gap-3 md:grid-cols-4 empty:hidden">
        {drinks.map((one) => (
          <li key={one.product}>
            <DrinkCard drink={one} price={fromPrice(one.from_price)} />
          </li>
        ))}
      </ul>
      <Unread of={read} />
      {read.isPending && <Bar className="h-40 w-full" />}
    </>
  );
}
