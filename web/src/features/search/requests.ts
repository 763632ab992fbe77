import { paged } from '@/lib/paged.ts';
import type { Filters } from './filters.ts';

/** All that fits, page after page. */
export function found(category: string | undefined, filters: Filters) {
  return paged('/v1/catalogue/products', {
    query: { ...filters, category: filters.category ?? category, facets: true, limit: 30 },
  });
}
