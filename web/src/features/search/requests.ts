import { infiniteQueryOptions } from '@tanstack/react-query';
import { type Answer, address } from '@tipple/api';
import type { Filters } from './filters.ts';

export type Found = Answer<'/v1/catalogue/products'>;

/** All that fits, page after page. */
export function found(category: string | undefined, filters: Filters) {
  const query = { ...filters, category, facets: true, limit: 30 };
  return infiniteQueryOptions({
    queryKey: [address('/v1/catalogue/products', { query })],
    queryFn: ({ pageParam, queryKey, signal, meta }) => {
      const next = address('/v1/catalogue/products', { query: { ...query, after: pageParam } });
      return meta?.source?.(pageParam ? next : String(queryKey[0]), signal) as Promise<Found>;
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  });
}
