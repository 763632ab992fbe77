/** All vendors, by name. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { type Answer, address } from '@tipple/api';
import { ask } from '@/lib/network.ts';

type Page = Answer<'/v1/catalogue/vendors'>;
export type Vendor = Page['items'][number];

const vendors = queryOptions({
  queryKey: ['vendors, all of them'],
  queryFn: async ({ signal }) => {
    const all: Vendor[] = [];
    let after: string | undefined;
    do {
      const where = address('/v1/catalogue/vendors', { query: { limit: 100, after } });
      const page = (await ask(where, { signal })) as Page;
      all.push(...page.items);
      after = page.next ?? undefined;
    } while (after);
    return all.sort((a, b) => a.name.localeCompare(b.name));
  },
  staleTime: 300_000,
});

export const useVendors = () => useQuery(vendors);
