/** What the first page shows of Top Picks. */
import { reading } from '@/lib/reading.ts';

export const picks = reading('/v1/insight/top-picks', { query: { limit: 10 } });

/** As they are sold now; where nothing is picked yet, what there is. */
export const drinksOf = (ids: string[]) =>
  reading('/v1/catalogue/products', {
    query: ids.length > 0 ? { ids: ids.join(','), limit: 50 } : { in_stock: true, limit: 10 },
  });
