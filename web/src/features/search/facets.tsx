import type { Schema } from '@tipple/api';
import { useEffect, useState } from 'react';
import { country, number } from '@/lib/format.ts';
import { type Key, t, word } from '@/lib/messages.ts';
import { quiet } from '@/ui/button.ts';
import { categoryName } from '@/ui/category-name.ts';
import { Between } from './between.tsx';
import type { Filters } from './filters.ts';
import { measures } from './measures.ts';

const SORTS = ['relevance', 'name', 'price'] as const;
const MOST = 12;

interface Shown {
  facets: Schema<'Facets'>;
  /** The category whose page it is. */
  within?: string;
  chosen: Filters;
  choose: (change: Partial<Filters>) => void;
  /** What is paid with. */
  currency?: string;
}

/** Ways to narrow a search, each with how much would be left. */
export function Facets({ facets, within, chosen, choose, currency }: Shown) {
  const units = measures(currency);
  // Where one is already in a category, those within it.
  const styles = facets.category.filter(({ value }) => !within || value.startsWith(`${within}/`));
  // Beside what was found there is room for them, above it there is not.
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const beside = matchMedia('(width >= 1024px)');
    const follow = () => setOpen(beside.matches);
    follow();
    beside.addEventListener('change', follow);
    return () => beside.removeEventListener('change', follow);
  }, []);
  return (
    <details
      open={open}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
      className="group self-start lg:sticky lg:top-20"
    >
      <summary className="flex min-h-11 w-fit cursor-pointer list-none items-center gap-2 font-semibold max-lg:rounded-pill max-lg:border max-lg:border-control max-lg:bg-surface max-lg:px-5 lg:text-lg [&::-webkit-details-marker]:hidden">
        {t('search.filters')}
        <svg
          viewBox="0 0 24 24"
          aria-hidden="true"
          className="size-4 fill-none stroke-current stroke-2 group-open:rotate-180"
        >
          <path d="M5 9l7 7 7-7" strokeLinecap="round" strokeLinejoin="round" />
        </svg>
      </summary>
      <div className="space-y-4 max-lg:mt-3">
        <label className="block text-sm font-medium">
          {t('search.sort')}
          <select
            value={chosen.sort ?? (chosen.q ? 'relevance' : 'name')}
            onChange={(event) => choose({ sort: event.target.value as Filters['sort'] })}
            className="mt-1 block h-11 w-full rounded-sm border border-control bg-surface px-3"
          >
            {SORTS.map((sort) => (
              <option key={sort} value={sort}>
                {t(`search.sort.${sort}` as Key)}
              </option>
            ))}
          </select>
        </label>
        <label className="flex min-h-11 items-center gap-3">
          <input
            type="checkbox"
            checked={chosen.in_stock ?? false}
            onChange={(event) => choose({ in_stock: event.target.checked || undefined })}
            className="size-5 accent-brand"
          />
          {t('search.inStock')}
        </label>
        <Facet name="category" counts={styles} chosen={chosen} choose={choose} say={categoryName} />
        <Between
          range="price"
          name={currency ? t('search.price.in', { currency }) : t('search.price')}
          scale={units.price.scale}
          chosen={chosen}
          choose={choose}
        />
        <Between
          range="abv"
          name={t('search.abv')}
          scale={units.abv.scale}
          least={facets.min_abv_bp}
          most={facets.max_abv_bp}
          chosen={chosen}
          choose={choose}
        />
        <Between
          range="volume"
          name={t('search.volume')}
          scale={units.volume.scale}
          least={facets.min_volume_ml}
          most={facets.max_volume_ml}
          chosen={chosen}
          choose={choose}
        />
        <Facet
          name="class"
          counts={facets.class}
          chosen={chosen}
          choose={choose}
          say={(value) => word('class', value)}
        />
        <Facet
          name="container"
          counts={facets.container}
          chosen={chosen}
          choose={choose}
          say={(value) => word('container', value)}
        />
        <Facet
          name="country"
          counts={facets.country}
          chosen={chosen}
          choose={choose}
          say={(value) => country(value)}
        />
      </div>
    </details>
  );
}

interface FacetShown {
  name: 'category' | 'class' | 'container' | 'country';
  counts: Schema<'FacetCount'>[];
  chosen: Filters;
  choose: (change: Partial<Filters>) => void;
  say: (value: string, name?: string) => string;
}

function Facet({ name, counts, chosen, choose, say }: FacetShown) {
  const [all, setAll] = useState(false);
  if (counts.length === 0) return null;
  // What was chosen stays in sight, wherever it stands among the others.
  const seen = counts.filter(({ value }, at) => all || at < MOST || value === chosen[name]);
  return (
    <fieldset className="min-w-0">
      <legend className="text-sm font-medium">{t(`search.${name}`)}</legend>
      {seen.map(({ value, name: called, products }) => (
        <label key={value} className="flex min-h-11 items-center gap-3 lg:min-h-8">
          <input
            type="checkbox"
            checked={chosen[name] === value}
            onChange={() => choose({ [name]: chosen[name] === value ? undefined : value })}
            className="size-5 accent-brand"
          />
          <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">{say(value, called)}</span>
          <span className="text-sm text-muted tabular-nums">{number(products)}</span>
        </label>
      ))}
      {counts.length > MOST && (
        <button type="button" aria-expanded={all} onClick={() => setAll(!all)} className={quiet}>
          {t('search.all', { n: number(counts.length) })}
        </button>
      )}
    </fieldset>
  );
}
