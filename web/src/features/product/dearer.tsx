import { useInfiniteQuery } from '@tanstack/react-query';
import type { Answer } from '@tipple/api';
import { useLayoutEffect } from 'react';
import { More } from '@/ui/more.tsx';
import { drinkOf } from './requests.ts';

type Drink = Answer<'/v1/catalogue/products/{product}'>;

interface Shown {
  drink: Drink;
  next: string;
  /** Stands among what came with the drink. */
  show: (offers: Drink['offers']['items']) => void;
}

/** What is asked for a drink beyond the offers that came with it, for whoever wants to see it. */
export function Dearer({ drink: { product, offers }, next, show }: Shown) {
  const list = useInfiniteQuery({
    queryKey: [...drinkOf(product, next).queryKey, 'pages'],
    queryFn: ({ pageParam, signal, meta }) => {
      const where = String(drinkOf(product, pageParam).queryKey[0]);
      return meta?.source?.(where, signal) as Promise<Drink>;
    },
    initialPageParam: next,
    getNextPageParam: (page) => page.offers.next ?? undefined,
    // Read once it is wanted, and kept like all else from then on.
    enabled: ({ state }) => state.data !== undefined,
  });
  const { data } = list;
  useLayoutEffect(() => {
    // A price that changed between two pages puts a store on both.
    const read = data?.pages.flatMap((page) => page.offers.items);
    const found = new Map(read?.map((one) => [one.store, one]));
    for (const { store } of offers.items) found.delete(store);
    show([...found.values()]);
    return () => show([]);
  }, [data, offers, show]);
  return <More list={{ ...list, hasNextPage: !data || list.hasNextPage }} />;
}
