import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { type Answer, address, type Schema } from '@tipple/api';
import { useMemo } from 'react';
import { ask } from '@/lib/network.ts';
import { reading } from '@/lib/reading.ts';

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

/** A decision that holds, and whether the product is for sale. */
export type Holding = Schema<'StandingDecision'>;

/** What holds now, by product. */
export function useStanding() {
  const { data, error, refetch } = useQuery(reading('/v1/insight/top-picks/decisions', {}));
  const standing = useMemo(() => data && new Map(data.items.map((one) => [one.product, one])), [data]);
  return { standing, error, refetch };
}

const RANKING = '/v1/insight/top-picks/ranking';
export type Ranked = Answer<typeof RANKING>['products']['items'][number];

/** What the score alone says, and of what it is made. */
export function useRanking() {
  return useInfiniteQuery({
    queryKey: [RANKING, 'pages'],
    queryFn: ({ pageParam: after, signal }) => {
      const query = { limit: 100, ...(after && { after }) };
      return ask(address(RANKING, { query }), { signal }) as Promise<Answer<typeof RANKING>>;
    },
    initialPageParam: '',
    getNextPageParam: ({ products }) => products.next ?? undefined,
  });
}
