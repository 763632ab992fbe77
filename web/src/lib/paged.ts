/** Long lists of the house, a page at a time. */
import { type InfiniteData, infiniteQueryOptions } from '@tanstack/react-query';
import { type Answer, type Asked, address } from '@tipple/api';
import type { Failed } from './network.ts';
import type { Listed } from './whole.ts';

/** The first page is what lies at the address without more: where the house has written it, it is there. */
export function paged<Path extends Listed>(path: Path, asked: Asked<Path>) {
  return infiniteQueryOptions<Answer<Path>, Failed, InfiniteData<Answer<Path>>, string[], string>({
    queryKey: [address(path, asked), 'pages'],
    queryFn: ({ pageParam: after, signal, meta }) => {
      const { query } = asked as { query?: object };
      const where = after ? address(path, { ...asked, query: { ...query, after } }) : address(path, asked);
      return meta?.source?.(where, signal) as Promise<Answer<Path>>;
    },
    initialPageParam: '',
    getNextPageParam: (page) => (page as { next?: string | null }).next ?? undefined,
  });
}
