import { type InfiniteData, useInfiniteQuery } from '@tanstack/react-query';
import { type Answer, address, type Schema } from '@tipple/api';
import type { Failed } from '@/lib/network.ts';

/** So often it is looked whether there is something new, in milliseconds. */
const OFTEN = 5_000;
/** So many are read at once, and drawn anew by a tablet every few seconds. */
const LIMIT = 40;
const QUEUE = '/v1/orders/stores/{store}/queue';

/** Waits for the store's yes or no. */
export const isNew = ({ state }: { state: string }) => state === 'paid';

/**
 * What a store has to accept, pack and hand out, never older than a few seconds, the most urgent first. What waits for
 * an answer is at its head, and is read to its end at once: all of it is counted, and rings.
 */
export function useQueue(store: string) {
  const list = useInfiniteQuery<
    Answer<typeof QUEUE>,
    Failed,
    InfiniteData<Answer<typeof QUEUE>>,
    string[],
    string
  >({
    queryKey: [address(QUEUE, { path: { store }, query: { limit: LIMIT } }), 'pages'],
    queryFn: async ({ pageParam: from, signal, meta }) => {
      const items: Schema<'OrderSummary'>[] = [];
      let after: string | undefined = from || undefined;
      do {
        const where = address(QUEUE, { path: { store }, query: { limit: LIMIT, after } });
        const page = (await meta?.source?.(where, signal)) as Answer<typeof QUEUE>;
        items.push(...page.items);
        after = page.next ?? undefined;
      } while (after && items.slice(-1).every(isNew));
      return { items, next: after };
    },
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    refetchInterval: OFTEN,
    // A tablet that lies face down rings too.
    refetchIntervalInBackground: true,
    refetchOnWindowFocus: 'always',
    staleTime: OFTEN / 2,
  });
  return { list, orders: list.data?.pages.flatMap(({ items }) => items) };
}
