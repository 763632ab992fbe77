import type { Schema } from '@tipple/api';
import { t } from '@/lib/messages.ts';
import { Bottle } from '@/ui/bottle.tsx';
import { categoryName } from '@/ui/category-name.ts';
import { fromPrice, size } from '@/ui/drink-card.tsx';

export type Proposal = { kind: string } | { drink: Schema<'ProductCard'> };

/** Many of them would push the drinks out of sight. */
const KINDS = 2;

export const keyOf = (one: Proposal) => ('kind' in one ? one.kind : one.drink.product);
export const optionOf = (list: string, place: number) => `${list}-${place}`;

/** The drinks that fit best, then the kinds that they are of, what is found most first. */
export function proposalsOf(drinks: Schema<'ProductCard'>[]): Proposal[] {
  const counts = new Map<string, number>();
  for (const { category } of drinks) counts.set(category, (counts.get(category) ?? 0) + 1);
  const kinds = [...counts].toSorted(([, a], [, b]) => b - a).slice(0, KINDS);
  return [...drinks.map((drink) => ({ drink })), ...kinds.map(([kind]) => ({ kind }))];
}

interface List {
  id: string;
  all: Proposal[];
  /** The key of what the arrow keys have come to. */
  active: string | undefined;
  go: (one: Proposal) => void;
}

/** The list beneath the field, which keeps the focus. */
export function Proposed({ id, all, active, go }: List) {
  return (
    <div role="listbox" id={id} aria-label={t('proposals.title')}>
      {all.map((one, place) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field, which keeps the focus
        // biome-ignore lint/a11y/useFocusableInteractive: the same
        <div
          key={keyOf(one)}
          role="option"
          id={optionOf(id, place)}
          aria-selected={keyOf(one) === active}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => go(one)}
          className="flex min-h-14 cursor-pointer items-center gap-3 px-4 py-1 hover:bg-bg aria-selected:bg-brand-soft"
        >
          <Shown one={one} />
        </div>
      ))}
    </div>
  );
}

function Shown({ one }: { one: Proposal }) {
  if ('kind' in one) {
    const parent = one.kind.split('/').slice(0, -1).join('/');
    return (
      <span className="ps-11">
        <bdi className="font-medium">{categoryName(one.kind)}</bdi>{' '}
        <span className="text-sm text-muted">
          {parent && (
            <>
              <bdi>{categoryName(parent)}</bdi> ·{' '}
            </>
          )}
          {t('search.category')}
        </span>
      </span>
    );
  }
  const { name, producer, category, container, from_price, in_stock } = one.drink;
  return (
    <>
      <span className="h-10 w-8 shrink-0">
        <Bottle category={category} container={container} />
      </span>
      <span className="min-w-0 flex-1">
        <span dir="auto" className="line-clamp-1 font-medium text-left [[dir=rtl]_&]:text-right">
          {name}
        </span>
        <span className="line-clamp-1 text-sm text-muted">
          <bdi>{producer}</bdi> · {size(one.drink)}
        </span>
      </span>
      <span className="shrink-0 text-end text-sm tabular-nums">
        {in_stock ? fromPrice(from_price) : t('stock.out')}
      </span>
    </>
  );
}
