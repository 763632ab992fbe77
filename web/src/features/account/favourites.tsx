import { useQuery } from '@tanstack/react-query';
import { favourites } from '@/features/product/favourite.tsx';
import { t } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { card } from '@/ui/button.ts';
import { DrinkCard, fromPrice } from '@/ui/drink-card.tsx';
import { Said } from '@/ui/said.tsx';
import { Bar } from '@/ui/waiting.tsx';

/** The drinks that the visitor has marked, the newest first. */
export function Favourites() {
  const { data: marked, error: unread } = useQuery(favourites);
  const ids = marked?.items.map((one) => one.product).slice(0, 50) ?? [];
  const { data: found, error: unfound } = useQuery({
    ...reading('/v1/catalogue/products', { query: { ids: ids.join(','), limit: 50 } }),
    enabled: ids.length > 0,
  });
  const drinks = ids.flatMap((id) => found?.items.filter((one) => one.product === id) ?? []);
  const error = unread ?? unfound;
  return (
    <section className={`${card} lg:col-span-2`}>
      <h2 className="mb-3 text-xl">{t('favourites.title')}</h2>
      {error && (
        <p role="alert">
          <Said of={error} />
        </p>
      )}
      {!error && (!marked || (ids.length > 0 && !found)) && <Bar className="h-40 w-full" />}
      {marked?.items.length === 0 && <p className="text-muted">{t('favourites.none')}</p>}
      <ul className="grid grid-cols-2 gap-3 md:grid-cols-4">
        {drinks.map((one) => (
          <li key={one.product}>
            <DrinkCard drink={one} price={fromPrice(one.from_price)} />
          </li>
        ))}
      </ul>
    </section>
  );
}
