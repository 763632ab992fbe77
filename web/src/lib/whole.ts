/** Lists of the house that are needed whole, read page by page. */
import { queryOptions } from '@tanstack/react-query';
import { type Answer, type Asked, address, type Readable } from '@tipple/api';

/** Paths that give one page of a longer list. */
export type Listed = {
  [Path in Readable]: Answer<Path> extends { items: unknown[]; next?: string | null } ? Path : never;
}[Readable];

type Item<Path extends Listed> = Answer<Path> extends { items: (infer One)[] } ? One : never;

/** Reads all pages of a list. */
export function whole<Path extends Listed>(path: Path, asked: Asked<Path>) {
  return queryOptions({
    queryKey: [address(path, asked), 'whole'],
    queryFn: async ({ signal, meta }) => {
      const { query } = asked as { query?: object };
      const all: Item<Path>[] = [];
      let after: string | undefined;
      do {
        const where = address(path, { ...asked, query: { ...query, limit: 100, after } });
        const page = (await meta?.source?.(where, signal)) as { items: Item<Path>[]; next?: string | null };
        all.push(...page.items);
        after = page.next ?? undefined;
      } while (after);
      return all;
    },
  });
}
