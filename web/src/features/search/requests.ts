import { t } from '@/lib/messages.ts';
import { paged } from '@/lib/paged.ts';
import type { Filters } from './filters.ts';

/** All that fits, page after page. */
export function found(category: string | undefined, filters: Filters) {
  return paged('/v1/catalogue/products', {
    query: { ...filters, category: filters.category ?? category, facets: true, limit: 30 },
  });
}

/** What a search is called. */
export const titleOf = ({ q }: Filters) => (q ? t('search.for', { words: q }) : t('search.title'));
