/** Long lists of the house, a page at a time. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { type Answer, type Asked, address, type Readable } from '@tipple/api';
import { t } from '@/lib/messages.ts';
import type { Failed } from '@/lib/network.ts';
import { secondary } from '@/ui/button.ts';
import { Said } from '@/ui/said.tsx';

/** Paths that give one page of a longer list. */
type Listed = {
  [Path in Readable]: Answer<Path> extends { items: unknown[]; next?: string | null } ? Path : never;
}[Readable];

type Item<Path extends Listed> = Answer<Path> extends { items: (infer One)[] } ? One : never;

interface Pages<One> {
  /** What has come so far. */
  items?: One[];
  /** Why nothing is there, or why the rest is not. */
  error: Failed | null;
  more?: () => void;
  coming: boolean;
  again: () => void;
}

export function useList<Path extends Listed>(
  path: Path,
  asked: Asked<Path>,
  /** How often it is read anew, in milliseconds. */
  often: number | false = false,
): Pages<Item<Path>> {
  const all = useInfiniteQuery({
    refetchInterval: often,
    queryKey: [address(path, asked), 'pages'],
    queryFn: ({ pageParam: after, signal, meta }) => {
      const { query } = asked as { query?: object };
      const where = address(path, { ...asked, query: { ...query, after: after || undefined } });
      return meta?.source?.(where, signal) as Promise<{ items: Item<Path>[]; next?: string | null }>;
    },
    initialPageParam: '',
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  return {
    items: all.data?.pages.flatMap(({ items }) => items),
    error: all.error,
    more: all.hasNextPage ? () => void all.fetchNextPage() : undefined,
    coming: all.isFetchingNextPage,
    again: () => void (all.data && !all.isRefetchError ? all.fetchNextPage() : all.refetch()),
  };
}

/** What stands below a list: the rest of it, or that it could not be read. */
export function More({ list: { items, error, more, coming, again } }: { list: Pages<unknown> }) {
  if (error && items) {
    return (
      <p role="alert" className="mt-4 rounded-sm bg-accent-soft p-3 text-danger">
        <Said of={error} />{' '}
        <button type="button" onClick={again} className="min-h-11 px-1 font-medium underline">
          {t('problem.again')}
        </button>
      </p>
    );
  }
  if (!more) return null;
  return (
    <button type="button" aria-busy={coming} onClick={more} className={`${secondary} mx-auto mt-6 flex`}>
      {t('search.more')}
    </button>
  );
}
