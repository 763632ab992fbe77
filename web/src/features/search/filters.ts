/** What a search may be narrowed by, as it stands in the address. */
import type { Asked } from '@tipple/api';

type Query = NonNullable<Asked<'/v1/catalogue/products'>['query']>;

export interface Filters extends Pick<Query, 'q' | 'country' | 'class' | 'container' | 'sort'> {
  in_stock?: true;
}

const SORTS = ['relevance', 'price', 'name'] as const;
const CLASSES = ['none', 'beer', 'wine', 'spirits'] as const;
const CONTAINERS = ['bottle', 'can', 'bag_in_box', 'carton', 'keg', 'pouch', 'other'] as const;

const one = <T extends string>(all: readonly T[], value: unknown) => all.find((each) => each === value);

/** Whatever an address says that makes no sense is left out. */
export function filters(search: Record<string, unknown>): Filters {
  const q =
    typeof search.q === 'string' || typeof search.q === 'number' ? String(search.q).slice(0, 200) : '';
  return {
    q: q || undefined,
    country:
      typeof search.country === 'string' && /^[A-Z]{2}$/.test(search.country) ? search.country : undefined,
    class: one(CLASSES, search.class),
    container: one(CONTAINERS, search.container),
    sort: one(SORTS, search.sort),
    in_stock: search.in_stock === true ? true : undefined,
  };
}
