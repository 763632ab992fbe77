/** All stores that sell at present, by name. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { type Answer, address } from '@tipple/api';
import { ask } from '@/lib/network.ts';

type Page = Answer<'/v1/catalogue/stores'>;
export type Store = Page['items'][number];

export const stores = queryOptions({
  queryKey: ['stores, all of them'],
  queryFn: async ({ signal }) => {
    const all: Store[] = [];
    let after: string | undefined;
    do {
      const where = address('/v1/catalogue/stores', { query: { limit: 100, after } });
      const page = (await ask(where, { signal })) as Page;
      all.push(...page.items);
      after = page.next ?? undefined;
    } while (after);
    return all.sort((a, b) => a.name.localeCompare(b.name));
  },
  // They come and go by the week.
  staleTime: 300_000,
});

export const useStores = () => useQuery(stores);
