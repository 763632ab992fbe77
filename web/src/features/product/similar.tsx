import { useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { t } from '@/lib/messages.ts';
import { DrinkCard, DrinkGrid, fromPrice } from '@/ui/drink-card.tsx';
import { MOST_SIMILAR, similarTo } from './requests.ts';

type Drink = Pick<Schema<'ProductView'>, 'product' | 'category'>;

/** Others of its kind that can be had now. */
export function Similar({ drink }: { drink: Drink }) {
  const { data } = useQuery(similarTo(drink));
  const others = data?.items.filter((one) => one.product !== drink.product).slice(0, MOST_SIMILAR);
  if (!others?.length) return null;
  return (
    <section className="mt-10 print:hidden">
      <h2 className="mb-3 text-xl">{t('product.similar')}</h2>
      <DrinkGrid>
        {others.map((one) => (
          <li key={one.product}>
            <DrinkCard drink={one} price={fromPrice(one.from_price)} />
          </li>
        ))}
      </DrinkGrid>
    </section>
  );
}
