import { useInfiniteQuery } from '@tanstack/react-query';
import { type Answer, address, type Schema } from '@tipple/api';
import { useEffect, useMemo } from 'react';
import { ask } from '@/lib/network.ts';
import { reading } from '@/lib/reading.ts';
import { byTheHouse } from '@/lib/session.ts';

export type Pick = Schema<'Pick'>;
export type Decision = Schema<'CurationView'>;

/** The whole list, as many places as there are at most. */
export const list = reading('/v1/insight/top-picks', { query: { limit: 50 } });

const HISTORY = '/v1/insight/curations';

/** Everything that was decided, newest first, of one product or of all. */
export function useHistory(product?: string) {
  return useInfiniteQuery({
    queryKey: ['history', HISTORY, product],
    queryFn: ({ pageParam: after, signal }) => {
      const query = { limit: 100, ...(after && { after }), ...(product && { product }) };
      return ask(address(HISTORY, { query }), { signal }) as Promise<Answer<typeof HISTORY>>;
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  });
}

/** What holds now, by product; none before all of the history has come. */
export function useStanding() {
  const { data, error, refetch, hasNextPage, isFetching, isError, fetchNextPage } = useHistory();
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  const standing = useMemo(() => {
    if (!data || hasNextPage) return undefined;
    return standingOf(data.pages.flatMap(({ items }) => items));
  }, [data, hasNextPage]);
  return { standing, error, refetch };
}

/** The newest decision about a product is the one that counts, unless it has ended. */
export function standingOf(history: Decision[], now = byTheHouse()): Map<string, Decision> {
  const newest = new Map<string, Decision>();
  for (const one of history) if (!newest.has(one.product)) newest.set(one.product, one);
  for (const [product, { action, until }] of newest) {
    if (action === 'clear' || (until && Date.parse(until) <= now)) newest.delete(product);
  }
  return newest;
}
