/** What the first page shows. */
import { reading } from '@/lib/reading.ts';

export const picks = reading('/v1/insight/top-picks', { query: { limit: 10 } });

/** As they are sold now; where nothing is picked yet, what there is. */
export const drinksOf = (ids: string[]) =>
  reading('/v1/catalogue/products', {
    query: ids.length > 0 ? { ids: ids.join(','), limit: 50 } : { in_stock: true, limit: 10 },
  });

export const categories = reading('/v1/catalogue/categories', { query: { limit: 100 } });

/** So many stores stand here; the others have a page of their own. */
export const MOST = 12;
export const openStores = reading('/v1/catalogue/stores', { query: { limit: MOST } });
