import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { t } from '@/lib/messages.ts';
import { DrinkCard, DrinkGrid, fromPrice } from '@/ui/drink-card.tsx';
import { More } from '@/ui/more.tsx';
import { Chosen } from './chosen.tsx';
import { Facets } from './facets.tsx';
import type { Filters } from './filters.ts';
import { found } from './requests.ts';

interface Shown {
  title: string;
  category?: string;
  chosen: Filters;
}

export function Results({ title, category, chosen }: Shown) {
  const list = useSuspenseInfiniteQuery(found(category, chosen));
  const { data } = list;
  const drinks = data.pages.flatMap((page) => page.items);
  const facets = data.pages[0]?.facets;
  const navigate = useNavigate();
  const choose = (change: Partial<Filters>) =>
    void navigate({ to: '.', search: { ...chosen, ...change }, resetScroll: false });
  const currency = useCurrency(drinks);
  const total = facets?.total ?? drinks.length;
  return (
    <div className="grid gap-6 lg:grid-cols-[15rem_1fr]">
      <div className="lg:col-span-2">
        <h1>{title}</h1>
        <p role="status" className="mt-1 text-muted">
          {t('search.results', { n: total })}
        </p>
        <Chosen chosen={chosen} choose={choose} currency={currency} />
      </div>
      {facets && (
        <Facets facets={facets} within={category} chosen={chosen} choose={choose} currency={currency} />
      )}
      <div>
        {drinks.length === 0 && <Nothing chosen={chosen} />}
        <DrinkGrid>
          {drinks.map((drink) => (
            <li key={drink.product}>
              <DrinkCard
                under="h1"
                drink={drink}
                came={{ from: chosen.q ? 'search' : 'list' }}
                price={fromPrice(drink.from_price)}
                stock={drink.in_stock ? undefined : t('stock.out')}
              />
            </li>
          ))}
        </DrinkGrid>
        <More list={list} />
      </div>
    </div>
  );
}

/** What is paid with here; where nothing is found any more, as it was. */
function useCurrency(drinks: Schema<'ProductCard'>[]): string | undefined {
  const found = drinks.find(({ from_price }) => from_price)?.from_price?.currency;
  const [known, setKnown] = useState(found);
  if (found && found !== known) setKnown(found);
  return found ?? known;
}

function Nothing({ chosen: { q } }: { chosen: Filters }) {
  const navigate = useNavigate();
  return (
    <section className="rounded-md border border-hairline bg-surface p-8 text-center">
      <h2 className="text-xl">{t('search.empty.title')}</h2>
      <p className="mt-2 text-muted">
        {q ? t('search.empty.words', { words: q }) : t('search.empty.filters')}
      </p>
      <button
        type="button"
        onClick={() => navigate({ to: '.', search: { q } })}
        className="mt-4 min-h-11 rounded-pill border border-control px-5 font-semibold"
      >
        {t('search.clear')}
      </button>
    </section>
  );
}
