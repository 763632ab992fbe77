/** What a search may be narrowed by, as it stands in the address. */
import type { Asked } from '@tipple/api';

type Query = NonNullable<Asked<'/v1/catalogue/products'>['query']>;

/** From and to, in the interface's own units. */
export const RANGES = ['price', 'abv', 'volume'] as const;
export type Range = (typeof RANGES)[number];
export type Bound = `${Range}_${'min' | 'max'}`;

export interface Filters
  extends Pick<Query, 'q' | 'category' | 'country' | 'class' | 'container' | 'sort' | Bound> {
  in_stock?: true;
}

const SORTS = ['relevance', 'price', 'name'] as const;
const CLASSES = ['none', 'beer', 'wine', 'spirits'] as const;
const CONTAINERS = ['bottle', 'can', 'bag_in_box', 'carton', 'keg', 'pouch', 'other'] as const;
const MOST: Record<Range, number> = { price: 1_000_000_000, abv: 10_000, volume: 1_000_000 };

const one = <T extends string>(all: readonly T[], value: unknown) => all.find((each) => each === value);
const like = (form: RegExp, value: unknown) =>
  typeof value === 'string' && form.test(value) ? value : undefined;

function bounds(search: Record<string, unknown>): Pick<Filters, Bound> {
  return Object.fromEntries(
    RANGES.flatMap((range) => {
      const [min, max] = [search[`${range}_min`], search[`${range}_max`]].map((value) =>
        Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MOST[range]
          ? Number(value)
          : undefined,
      );
      const against = min !== undefined && max !== undefined && min > max;
      return [
        [`${range}_min`, min],
        [`${range}_max`, against ? undefined : max],
      ];
    }),
  );
}

/** Whatever an address says that makes no sense is left out. */
export function filters(search: Record<string, unknown>): Filters {
  const q =
    typeof search.q === 'string' || typeof search.q === 'number' ? String(search.q).slice(0, 200) : '';
  return {
    q: q || undefined,
    category: like(/^[a-z0-9/-]{1,200}$/, search.category),
    country: like(/^[A-Z]{2}$/, search.country),
    class: one(CLASSES, search.class),
    container: one(CONTAINERS, search.container),
    sort: one(SORTS, search.sort),
    in_stock: search.in_stock === true ? true : undefined,
    ...bounds(search),
  };
}
