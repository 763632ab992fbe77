import { country } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { quiet } from '@/ui/button.ts';
import { categoryName } from '@/ui/category-name.ts';
import { type Filters, RANGES } from './filters.ts';
import { chosenOf, measures } from './measures.ts';

interface Shown {
  chosen: Filters;
  choose: (change: Partial<Filters>) => void;
  currency?: string;
}

/** What is narrowed by; each can be taken away again. */
export function Chosen({ chosen, choose, currency }: Shown) {
  const units = measures(currency);
  const all: [text: string | undefined, without: Partial<Filters>][] = [
    [chosen.in_stock && t('search.inStock'), { in_stock: undefined }],
    [chosen.category && categoryName(chosen.category), { category: undefined }],
    ...RANGES.map((range): [string | undefined, Partial<Filters>] => [
      chosenOf(range, chosen, units[range]),
      { [`${range}_min`]: undefined, [`${range}_max`]: undefined },
    ]),
    [chosen.class && word('class', chosen.class), { class: undefined }],
    [chosen.container && word('container', chosen.container), { container: undefined }],
    [chosen.country && country(chosen.country), { country: undefined }],
  ];
  const shown = all.filter(([text]) => text);
  if (shown.length === 0) return null;
  return (
    <div className="mt-3 flex flex-wrap items-center gap-2">
      {shown.map(([text, without]) => (
        <button
          key={text}
          type="button"
          aria-label={t('search.without', { what: text as string })}
          onClick={() => choose(without)}
          className="flex min-h-11 items-center gap-2 rounded-pill border border-brand bg-brand-soft px-4 font-medium"
        >
          {text}
          <svg viewBox="0 0 12 12" aria-hidden="true" className="size-3 stroke-current stroke-2">
            <path d="M1 1l10 10M11 1 1 11" />
          </svg>
        </button>
      ))}
      {shown.length > 1 && (
        <button
          type="button"
          onClick={() => choose(Object.assign({}, ...all.map(([, without]) => without)))}
          className={quiet}
        >
          {t('search.clear')}
        </button>
      )}
    </div>
  );
}
