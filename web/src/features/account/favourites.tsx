import { useQueries, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { favourites } from '@/features/product/favourite.tsx';
import { t } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { card, secondary } from '@/ui/button.ts';
import { DrinkCard, fromPrice } from '@/ui/drink-card.tsx';
import { Said } from '@/ui/said.tsx';
import { Bar } from '@/ui/waiting.tsx';

/** So many are asked for and shown at a time. */
const LIMIT = 48;

/** The drinks that the visitor has marked. */
export function Favourites() {
  const { data: marked, error: unread } = useQuery(favourites);
  const [pages, setPages] = useState(1);
  const ids = marked?.map((one) => one.product) ?? [];
  const found = useQueries({
    queries: Array.from({ length: Math.min(pages, Math.ceil(ids.length / LIMIT)) }, (_, page) => {
      const some = ids.slice(page * LIMIT, (page + 1) * LIMIT);
      return reading('/v1/catalogue/products', { query: { ids: some.join(','), limit: LIMIT } });
    }),
  });
  const all = found.flatMap(({ data }) => data?.items ?? []);
  const drinks = ids.flatMap((id) => all.filter((one) => one.product === id));
  const error = unread ?? found.find((one) => one.error)?.error;
  const coming = !marked || found.some(({ isPending }) => isPending);
  return (
    <section className={`${card} lg:col-span-2`}>
      <h2 className="mb-3 text-xl">{t('favourites.title')}</h2>
      {marked?.length === 0 && <p className="text-muted">{t('favourites.none')}</p>}
      <ul className="grid grid-cols-2 gap-3 md:grid-cols-4">
        {drinks.map((one) => (
          <li key={one.product}>
            <DrinkCard drink={one} price={fromPrice(one.from_price)} />
          </li>
        ))}
      </ul>
      {error && (
        <p role="alert">
          <Said of={error} />
        </p>
      )}
      {!error && coming && <Bar className="h-40 w-full" />}
      {!coming && pages * LIMIT < ids.length && (
        <div className="mt-6 text-center">
          <button type="button" onClick={() => setPages(pages + 1)} className={secondary}>
            {t('search.more')}
          </button>
        </div>
      )}
    </section>
  );
}
