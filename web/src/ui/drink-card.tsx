import { Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import type { Came } from '@/lib/came.ts';
import { money, strength, volume } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { Bottle } from './bottle.tsx';

type Drink = Pick<
  Schema<'ProductView'>,
  'product' | 'name' | 'producer' | 'category' | 'container' | 'abv_bp' | 'volume_ml' | 'pack' | 'class'
>;

export function size({ volume_ml, pack }: Pick<Drink, 'volume_ml' | 'pack'>): string {
  const one = volume(volume_ml);
  return pack > 1 ? t('product.pack', { n: pack, volume: one }) : one;
}

interface Shown {
  drink: Drink;
  price?: string;
  stock?: string;
  /** What is above the list. */
  under?: 'h1' | 'h2';
  /** What kind of list it is. */
  came?: Came;
}

/** A drink in a list: what it is, how big, how strong, and what it costs. */
export function DrinkCard({ drink, price, stock, under = 'h2', came = { from: 'list' } }: Shown) {
  const Heading = under === 'h1' ? 'h2' : 'h3';
  return (
    <article className="relative flex text-left [[dir=rtl]_&]:text-right h-full flex-col rounded-md border border-hairline bg-surface p-3 hover:border-control">
      <div className="mb-3 h-32 rounded-sm bg-bg p-3">
        <Bottle category={drink.category} container={drink.container} />
      </div>
      {/* What is read from the other side is cut at its own end, and set as all else is. */}
      <Heading dir="auto" className="line-clamp-2 text-base">
        <Link
          to="/p/$product"
          params={{ product: drink.product }}
          state={came}
          className="after:absolute after:inset-0 after:rounded-md"
        >
          {drink.name}
        </Link>
      </Heading>
      <p dir="auto" className="line-clamp-1 text-sm text-muted">
        {drink.producer}
      </p>
      <p className="text-sm text-muted">
        {size(drink)} · {drink.abv_bp > 0 ? strength(drink.abv_bp) : word('class', 'none')}
      </p>
      <p className="mt-auto flex items-baseline justify-between gap-2 pt-2">
        <span className="font-semibold tabular-nums">{price}</span>
        {stock && <span className="text-sm text-muted">{stock}</span>}
      </p>
    </article>
  );
}

export const fromPrice = (price: Schema<'Money'> | null | undefined) =>
  price ? t('product.from', { price: money(price) }) : undefined;

export function DrinkGrid({ children }: { children: React.ReactNode }) {
  return <ul className="grid grid-cols-2 gap-3 md:grid-cols-3 lg:grid-cols-4 xl:grid-cols-5">{children}</ul>;
}
